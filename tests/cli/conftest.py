"""What the tests of several commands need."""

from pathlib import Path

import pytest

from tests.cli.calling import NAMES


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """A list of a few names."""
    path = tmp_path / "few.txt"
    path.write_text("\n".join(NAMES))
    return path
