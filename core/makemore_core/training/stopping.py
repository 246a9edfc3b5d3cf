"""How a training process learns that it is to stop. Without torch, so that it can be set up before torch is loaded."""

import signal
from types import FrameType


class StopRequest:
    """Why the run is to stop; None while it is not. The loop looks at it between two events."""

    def __init__(self) -> None:
        self.reason: str | None = None

    def listen(self) -> None:
        """Take SIGTERM and SIGINT as a request to save and stop; outlive the terminal."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.reason = f"by {signal.Signals(number).name}"
