"""Two apps that watch and steer one run: the commands of both are taken, and both see what came of them."""

import threading
from pathlib import Path

import pytest

from makemore_core.runs.commands import send
from makemore_core.runs.folder import find_run
from makemore_core.runs.snapshot import RunView
from makemore_core.runs.status import RunState
from makemore_core.runs.store import Store
from makemore_tui.panes.train.engine import Engine
from tests.core.runs.making import make_run, wait_for
from tests.tui.test_train_pane_real import app, engine, start, until

__all__ = ["app", "engine"]

SENT = 40


def rates(view: RunView) -> list[float]:
    """The learning rates that were set by hand."""
    return [event.detail["value"] for event in view.events if event.kind == "learning_rate"]


@pytest.mark.usefixtures("quick_trainers")
async def test_both_steer_and_both_see(app, runs_home):
    """One app is driven by keys; the other is an engine of its own with a reader of its own, as an app has them."""

    def mine():
        return app.subject.run_view

    async with app.run_test(size=(80, 24)) as pilot:
        await start(app, pilot, max_steps="1000000000", name="shared")
        await until(pilot, lambda: mine() and mine().state is RunState.RUNNING and mine().step > 0)
        other = Engine(runs_home)
        reader = other.reader("shared")
        try:
            other.send("shared", "pause")  # the other app pauses, and this one shows it
            await until(pilot, lambda: mine().state is RunState.PAUSED)
            await pilot.press("less_than_sign")  # this one halves the rate, and the other sees it
            await until(pilot, lambda: rates(reader.poll()))
            (halved,) = rates(reader.poll())
            other.send("shared", "learning_rate", halved / 5)
            await until(pilot, lambda: len(rates(mine())) == 2)
            held = mine().step
            await pilot.press("space")  # this one lets it go on
            await until(pilot, lambda: reader.poll().state is RunState.RUNNING and reader.poll().step > held)
            assert rates(mine()) == rates(reader.poll()) == [halved, halved / 5]
            other.send("shared", "stop")  # and the other stops it
            await until(pilot, lambda: mine().state is RunState.STOPPED)
        finally:
            reader.close()
    wait_for(find_run("shared", runs_home), lambda view: not view.state.is_live)


def test_of_many_commands_at_once_each_is_taken_once(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=1)

        def ask(first: int) -> None:
            for number in range(first, first + SENT):
                send(folder, "learning_rate", 1.0 + number)

        apps = [threading.Thread(target=ask, args=(first,)) for first in (0, 1000)]
        for one in apps:
            one.start()
        taken: list[float] = []
        while any(one.is_alive() for one in apps) or len(taken) < 2 * SENT:
            for command in store.commands():
                assert command.value is not None
                taken.append(command.value - 1.0)
                store.answer(command, "done")
            store.flush()
        for one in apps:
            one.join()
        assert store.commands() == []
    # Each app's commands come in the order in which it asked, none is lost and none comes twice.
    assert [value for value in taken if value < 1000] == list(range(SENT))
    assert [value for value in taken if value >= 1000] == list(range(1000, 1000 + SENT))
