"""What every test starts from: a fixed terminal look, and no trace of the person's own settings and runs.

Fixtures for all tests:

- `names_file`: the path of the canonical list of 32,033 names; skips where it is missing.
- `runs_home`: an empty folder for training runs, also set as MAKEMORE_RUNS.
- `quick_trainers`: training processes that the test starts need not load torch; see `tests/trainers.py`.

The variables below are read by Textual, Rich and torch when they are imported, so they are set before anything else.
"""

import os
import sys

FIXED_ENVIRONMENT = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "TEXTUAL_COLOR_SYSTEM": "truecolor",
    "TEXTUAL_ANIMATIONS": "none",
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
    "OMP_NUM_THREADS": "1",  # several tests at a time have a core each; torch's own threads would spin for it
}
REMOVED_VARIABLES = (
    "MAKEMORE_CACHE",
    "MAKEMORE_DOWNLOAD_URL",
    "PYTHONDONTWRITEBYTECODE",
    "NO_COLOR",
    "FORCE_COLOR",
    "TEXTUAL_THEME",
    "TEXTUAL_FILTERS",
    "TEXTUAL",
    "COLUMNS",
    "LINES",
    "LC_ALL",
)
os.environ.update(FIXED_ENVIRONMENT)
for variable in REMOVED_VARIABLES:
    os.environ.pop(variable, None)
# What is compiled once is kept: the processes that tests start, and the next run of the tests, find it.
sys.dont_write_bytecode = False

import gc  # noqa: E402
import shutil  # noqa: E402
import signal  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from itertools import count  # noqa: E402
from pathlib import Path  # noqa: E402

# The tests make and remove thousands of small files, and stores that wait for the disk at each commit: where there is
# room in memory, their folders are there. They take some 60 MB, and are gone after a run without failures.
SHARED_MEMORY = Path("/dev/shm")
if os.access(SHARED_MEMORY, os.W_OK) and shutil.disk_usage(SHARED_MEMORY).free > 1 << 31:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(SHARED_MEMORY))

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

from tests.trainers import POSSIBLE, Trainers  # noqa: E402

# A busy machine is slow now and then: how long an example takes proves nothing. In CI the examples are always the
# same ones; everywhere else each run looks for new ones.
settings.register_profile("untimed", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("untimed")

# A shell starts a job in the background with Ctrl+C ignored, and every process that is started inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)

CHECKOUT = Path(__file__).resolve().parents[1]
CANONICAL_LIST = CHECKOUT.parent / "shared" / "data" / "names.txt"


WAITING = ("tests/terminal/", "test_queueing.py", "test_kills.py", "test_full_disk.py", "test_wheel.py", "_real.py")
"""Files of few tests, each of which waits long for other processes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with many tests come first, those that wait lie among the first half of them: none is left for the end.

    Each worker takes the next file when it has done with one (`--dist loadfile`).
    """
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    waiting = [name for name in files if any(part in name for part in WAITING)]
    order = sorted((name for name in files if name not in waiting), key=lambda name: -len(files[name]))
    step = max(1, len(order) // (2 * len(waiting) + 1))
    for place, name in enumerate(waiting, 1):
        order.insert(place * (step + 1) - 1, name)
    items[:] = [item for name in order for item in files[name]]


def pytest_collection_finish() -> None:
    """What is imported by now stays until the end: the collector of garbage need not go through it again and again.

    An app makes and drops so many objects that the usual thresholds have it look for garbage for a fifth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def names_file() -> Path:
    """The canonical list of names; it is not part of the project, so the tests that need it may be skipped."""
    if not CANONICAL_LIST.is_file():
        pytest.skip(f"the canonical list is not at {CANONICAL_LIST}")
    return CANONICAL_LIST


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Paths of folders that do not exist yet, without end."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def isolated_folders(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test: nothing is read from or written to the person's settings, cache and runs."""
    home = next(homes)
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("MAKEMORE_RUNS", str(home / "runs"))
    return home


@pytest.fixture
def runs_home(isolated_folders: Path) -> Path:
    """An empty folder for training runs; MAKEMORE_RUNS names it."""
    folder = isolated_folders / "runs"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def trainer_to_fork() -> Iterator[Trainers]:
    """The process that is forked for each training."""
    made = Trainers()
    yield made
    made.close()


@pytest.fixture
def quick_trainers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Training processes are forked from one that has loaded torch, where the system can do that."""
    if POSSIBLE:
        from makemore_core.training import launch

        monkeypatch.setattr(launch, "_launch", request.getfixturevalue("trainer_to_fork").launch)
