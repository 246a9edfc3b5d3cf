"""What the Train pane tells a person, what it offers, and what is seen where room is short."""

from dataclasses import replace

import numpy as np
import pytest

from makemore_core.runs.snapshot import RunEvent, Series
from makemore_core.training.config import content_hash
from makemore_tui.panes.train.curves import apart
from makemore_tui.panes.train.metric_picker import metric_lines
from makemore_tui.panes.train.metrics import DEV, LOSS, Metric
from makemore_tui.panes.train.run_line import Columns, details, summary_line
from makemore_tui.panes.train.status import quality, rate_now
from tests.tui.train_app import TrainApp, open_form, quick, told, until, watch
from tests.tui.train_views import StandInEngine, a_summary, a_view, small_corpus

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]


# What a person is told


@pytest.mark.parametrize(
    ("state", "shown", "hidden"),
    [
        ("running", {"pause", "stop", "rate", "save"}, {"go on", "resume"}),
        ("paused", {"go on", "stop", "rate", "save"}, {"pause", "resume"}),
        ("finished", {"new run", "runs"}, {"pause", "go on", "resume", "stop", "rate", "save"}),
        ("died", {"resume", "new run"}, {"pause", "go on", "stop", "rate", "save"}),
    ],
)
async def test_only_keys_that_do_something_are_offered(tmp_path, state, shown, hidden):
    app = TrainApp(StandInEngine(tmp_path, views=[a_view(state=state)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        offered = {active.binding.description for active in app.screen.active_bindings.values() if active.enabled}
        assert shown <= offered
        assert not hidden & offered


@pytest.mark.parametrize("key", ["space", "s", "l", "c", "less_than_sign"])
async def test_a_key_that_does_nothing_says_why(tmp_path, key):
    engine = StandInEngine(tmp_path, views=[a_view(2000, "finished")])
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press(key)
        await pilot.pause()
        assert "bigram-1 is finished: " in told(app)
        assert not any(one[0] in ("send", "resume") for one in engine.asked)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (a_view(2000, "finished"), "finished: 2 sees its map, 4 samples from it, n starts another"),
        (a_view(2000, "finished", type="gru"), "finished: 4 samples from it, n starts another"),
        (a_view(state="stopped"), "space goes on from there"),
        (a_view(state="paused"), "paused: space goes on"),
        (a_view(state="died"), "space tries again from its last checkpoint"),
    ],
)
async def test_what_can_be_done_next_is_said(tmp_path, view, words):
    app = TrainApp(StandInEngine(tmp_path, views=[view]))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        assert words in app.text()


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("learning_rate", {"value": 0.5}, "learning rate set to 0.5"),
        ("overfitting", {"best_step": 1000, "best_dev_nll": 2.0712}, "overfitting: best step 1,000, best dev nll 2.07"),
        ("a_new_kind", {}, "a new kind"),
        ("diverged", {"what": "the loss is inf", "advice": "try a lower rate"}, "the loss is inf; try a lower rate"),
    ],
)
async def test_the_newest_event_is_told_whatever_its_kind(tmp_path, kind, detail, words):
    view = a_view()
    event = RunEvent(9, 1_700_000_009.0, 1234, kind, detail)
    app = TrainApp(StandInEngine(tmp_path, views=[view, replace(view, events=(*view.events, event))]))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await until(pilot, lambda: f"step 1,234: {words}" in app.text() or (kind == "diverged" and words in app.text()))


async def test_the_rate_that_was_set_is_shown_before_a_step_is_made_with_it(tmp_path):
    view = a_view(state="paused")
    rates = Series(np.arange(view.step), np.full(view.step, 50.0))  # a step is counted by those made before it
    view = replace(view, series={**view.series, "learning_rate": rates})
    event = RunEvent(9, 1_700_000_009.0, view.step, "learning_rate", {"value": 12.5})
    app = TrainApp(StandInEngine(tmp_path, views=[view, replace(view, events=(*view.events, event))]))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await until(pilot, lambda: "rate 12.5 " in app.text())


def test_the_rate_is_the_recorded_one_once_steps_were_made_with_it():
    view = a_view()
    assert rate_now(view) == 50.0  # an event of step 500 says 25, and 740 steps have been recorded since


async def test_the_rate_is_doubled_twice_where_the_key_is_pressed_twice(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        await pilot.press("greater_than_sign", "greater_than_sign")
        await until(pilot, lambda: len([one for one in engine.asked if one[0] == "send"]) == 2)
        assert {one[3] for one in engine.asked if one[0] == "send"} == {100.0, 200.0}


async def test_time_left_is_not_shown_before_it_is_known(tmp_path):
    app = TrainApp(StandInEngine(tmp_path, views=[a_view(3, steps_per_second=0.0)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        assert "elapsed" in app.text()
        assert "left" not in app.text()


# The form and the list where room is short


@pytest.mark.parametrize("family", ["transformer", "batchnorm"])
async def test_the_start_is_seen_below_the_fields_of_the_largest_families(tmp_path, family):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        form.query_one("#family").value = family
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == family)
        await pilot.pause()
        text = app.text()
        assert "Start training" in text and "ctrl+s" in text and "parameters" in text
        form.row("name").control.focus()
        await pilot.press("down")
        assert app.focused is form.query_one("#start")
        await pilot.press("escape", "n")
        await until(pilot, lambda: app.focused is form.query_one("#family"))
        await pilot.pause()
        assert form.region.contains_region(app.focused.region)
        assert app.focused.region.y < 3


async def test_a_preset_fills_the_fields(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        form.row("name").value = "mine"
        form.query_one("#preset").value = "lecture-batchnorm"
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "batchnorm")
        await until(pilot, lambda: form.row("name").value == "mine")
        config = form.checked.config
        # The network of the lecture, and what the form does not show.
        assert (config.model["context"], config.model["hidden"], config.model["hidden_gain"]) == (3, 200, 5 / 3)
        assert (config.max_steps, config.batch_size, config.optimizer) == (200_000, 32, "sgd")
        assert (config.split.kind, config.split.seed, config.decay_at) == ("lecture", 42, (0.5,))
        form.query_one("#family").value = "bigram"
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "bigram")
        assert form.query_one("#preset").value == ""
        assert form.checked.config.split.kind == "disjoint"


async def test_without_runs_the_list_says_what_to_do(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        await pilot.press("escape")
        await until(pilot, lambda: app.pane.mode == "runs")
        await pilot.pause()
        assert "no runs yet: n starts one" in app.text()
        await pilot.press("n")
        await until(pilot, lambda: app.pane.mode == "form")


async def test_runs_of_another_list_are_marked_and_the_list_is_named(tmp_path):
    here = content_hash(small_corpus())
    runs = [
        a_summary("mine", "finished", content=here),
        a_summary("a-run-with-a-very-long-name-that-does-not-fit", "stopped", data="towns of the world", content="x"),
    ]
    app = TrainApp(StandInEngine(tmp_path, runs=runs))
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.corpus = small_corpus()
        await until(pilot, lambda: app.pane.mode == "runs")
        await until(pilot, lambda: "≠ towns" in app.text())
        assert "≠ names" not in app.text()
        await pilot.press("down")
        await pilot.pause()
        text = " ".join(app.text().replace("│", " ").split())
        assert "a-run-with-a-very-long-name-that-does-not-fit: bigram" in text
        assert "learnt from towns of the world, another list" in text


def test_the_losses_of_a_run_are_those_of_its_best_checkpoint():
    """As `runs` prints them, not those of the last weights beside them."""
    last = {"train_nll": 1.1111, "dev_nll": 2.3528, "test_nll": 2.4444}
    best = {"best_step": 1800, "best_train_nll": 2.2222, "best_dev_nll": 2.3517, "best_test_nll": 2.3666}
    run = a_summary("bigram-1", "finished", **last, **best)
    assert "dev 2.3517" in summary_line(run, Columns(20, 20, 20)).plain
    assert "best dev 2.3517 at step 1,800 (train 2.2222, test 2.3666)" in details(run).plain
    for words in (summary_line(run, Columns(20, 20, 20)).plain, details(run).plain):
        assert "2.3528" not in words and "2.4444" not in words
    earlier = a_summary("bigram-1", "stopped", step=2000, **last, best_step=1800, best_dev_nll=2.3517)
    assert "test" not in details(earlier).plain  # that of the best was not measured
    at_end = replace(earlier, best_step=2000)
    assert "best dev 2.3517 at step 2,000 (train 1.1111, test 2.4444)" in details(at_end).plain
    none = dict.fromkeys(best)
    alone = a_summary("bigram-1", "finished", **last, **none)
    assert "dev 2.3528" in summary_line(alone, Columns(20, 20, 20)).plain and "test 2.4444" in details(alone).plain
    view = replace(a_view(2000, "finished"), best=(1800, 2.3517), best_test_nll=2.3666)
    assert dict(quality(view))["best dev"] == "2.3517 @ 1,800" and dict(quality(view))["test"] == "2.3666"


def test_columns_leave_room_for_the_name_of_the_list_at_80_columns():
    assert Columns.for_room(75, 60).data >= 9  # names.txt
    assert Columns.for_room(44, 60) == Columns(18, 0, 0)
    assert Columns.for_room(112, 60).name > 30


def test_the_line_of_dev_begins_at_the_first_look_after_the_start():
    steps, values = apart(np.array([0, 500, 1000]), np.array([3.3, 2.4, 2.3]))
    assert np.isnan(values[1]) and 0 < steps[1] < 500
    assert steps.tolist()[2:] == [500, 1000] and values[[0, 2, 3]].tolist() == [3.3, 2.4, 2.3]
    assert apart(np.array([500, 1000]), np.array([2.4, 2.3]))[0].tolist() == [500, 1000]


def test_long_names_of_recorded_metrics_leave_the_units_where_they_are():
    """A metric of the diagnostics may be called after a parameter, which would push the units out of the list."""
    long = Metric("x", "update:data of blocks.0.attention.project.weight")
    assert [line.plain for line in metric_lines((LOSS, DEV, long))] == [
        "loss      in nats per character",
        "dev loss  in nats per character",
        long.title,
    ]
