"""What README and CONTRIBUTING name is there."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
PLACES = ("core", "data", "docs", "makemore_tui", "tests", "benchmarks")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "benchmarks/README.md"])
def test_every_file_that_is_named_exists(document: str) -> None:
    text = (CHECKOUT / document).read_text(encoding="utf-8")
    named = re.findall(rf"[`(]((?:{'|'.join(PLACES)})/[\w./-]+)[`)]", text)
    missing = [name for name in named if not (CHECKOUT / name).exists() and "FAMILY" not in name and "NAME" not in name]
    assert not missing


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "benchmarks/README.md"])
def test_every_make_target_that_is_named_exists(document: str) -> None:
    targets = set(re.findall(r"^(\w+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = (CHECKOUT / document).read_text(encoding="utf-8")
    assert set(re.findall(r"(?:^|`)make (\w+)", text, re.MULTILINE)) <= targets


def test_every_part_of_the_packages_is_on_the_map() -> None:
    text = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.+?)^```", text.partition("## The map of the house")[2], re.MULTILINE | re.DOTALL)
    on_the_map = set(re.findall(r"[\w.]+/?", blocks[0]))
    parts = set()
    for package in ("core/makemore_core", "makemore_tui"):
        parts |= {path.name for path in (CHECKOUT / package).glob("*.py") if not path.name.startswith("__")}
        parts |= {f"{path.parent.name}/" for path in (CHECKOUT / package).glob("*/__init__.py")}
    assert parts <= on_the_map
