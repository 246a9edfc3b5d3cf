"""How much memory this process has: told with each heartbeat, so that a run that outgrows the machine is seen to."""

import os
import sys
from pathlib import Path

STATM = Path("/proc/self/statm")
"""Where Linux tells it, in pages: the second number is what is resident."""


def resident_bytes() -> int | None:
    """The bytes of this process that are in memory now; on macOS the most so far; None where the system says neither.

    What lies on an accelerator is not among them.
    """
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return _most_so_far() if sys.platform == "darwin" else None


def _most_so_far() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in bytes there, in kilobytes elsewhere
