"""What all parts of a report have in common."""

from dataclasses import asdict
from typing import Any, cast


class Part:
    """The base of frozen dataclasses that hold plain values."""

    def to_json(self) -> dict[str, Any]:
        """Its fields by name, as JSON has them; numbers may be infinite or NaN, which JSON lacks."""
        return asdict(cast(Any, self))
