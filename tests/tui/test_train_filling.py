"""What the form of a new run is filled with: the settings of another run, or those used last."""

import json
from dataclasses import replace
from typing import Any

import pytest

from makemore_core.corpus import corpus_from_bytes
from makemore_core.models.registry import FAMILIES
from makemore_core.presets import PRESETS
from makemore_core.training.config import DataConfig, TrainConfig, default_config
from makemore_tui.panes.train.family import LoadedFamily, filling_note, filling_title
from makemore_tui.panes.train.filling import Filling, copied, filling_of
from makemore_tui.panes.train.form import NewRunForm
from makemore_tui.settings import Settings, load_settings, remember_run, remember_theme, save_settings, settings_file
from tests.tui.train_app import TrainApp, open_form, quick, until
from tests.tui.train_views import StandInEngine, small_corpus

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]

CORPUS = small_corpus()
DATA = DataConfig.of(CORPUS)


def form_of(family: LoadedFamily) -> dict[str, str]:
    """What the fields hold at first."""
    fields = [*family.model_fields(), *family.training_fields()]
    return {one.key: one.default if (text := family.first(one.key)) is None else text for one in fields}


def settings_copied(config: TrainConfig) -> TrainConfig | None:
    """The settings of an untouched form that was filled from a run."""
    family = LoadedFamily.load(config.type, CORPUS)
    family = replace(family, filling=copied(family, DATA, run="one", config=config))
    return family.check(form_of(family), DATA).config


# Copies


@pytest.mark.parametrize("type", list(FAMILIES))
def test_an_untouched_copy_is_the_very_run(type: str) -> None:
    changes: dict[str, Any] = {"seed": 7}
    if not FAMILIES[type].counts:
        changes |= {"max_steps": 900, "learning_rate": 1 / 3, "warmup": 17, "grad_clip": 0.5, "eval_interval": 300}
        changes |= {"betas": (0.8, 0.95), "patience": 4, "schedule": "cosine", "final_factor": 0.25}
    config = default_config(type, CORPUS, split={"kind": "lecture", "seed": 3}, **changes)
    found = settings_copied(config)
    assert found is not None
    if FAMILIES[type].counts:  # in one step, whatever the settings of training say
        assert (found.model, found.split, found.seed) == (config.model, config.split, config.seed)
    else:
        assert found == config


@pytest.mark.parametrize("type", [name for name, family in FAMILIES.items() if not family.counts])
def test_an_untouched_form_is_what_train_would_do_on_a_list_of_long_items(type: str) -> None:
    corpus = corpus_from_bytes(b"\n".join([b"ab" * 400] * 12), name="long", source="-")
    family, data = LoadedFamily.load(type, corpus), DataConfig.of(corpus)
    assert family.check(form_of(family), data).config == default_config(type, corpus)


def test_what_a_family_cannot_be_trained_with_is_a_fault_of_the_form() -> None:
    family = LoadedFamily.load("gru", CORPUS)
    checked = family.check({**form_of(family), "batch_by": "positions"}, DATA)
    assert checked.config is None
    assert list(checked.faults.values()) == [
        "batches must be of items or all for gru, which remembers any number of characters"
    ]


@pytest.mark.parametrize("name", list(PRESETS))
def test_the_copy_of_a_preset_needs_the_preset_no_more(name: str) -> None:
    config = default_config(PRESETS[name].type, CORPUS, preset=name)
    found = settings_copied(config)
    assert found is not None
    assert found.model == config.model
    assert found.split == config.split
    if not FAMILIES[config.type].counts:
        assert found == config


def test_a_copy_that_is_made_shorter_is_looked_at_as_often_as_others() -> None:
    config = default_config("bigram", CORPUS, max_steps=1000, eval_interval=1000, warmup=500)
    family = LoadedFamily.load("bigram", CORPUS)
    family = replace(family, filling=copied(family, DATA, run="one", config=config))
    shorter = family.check({**form_of(family), "max_steps": "100"}, DATA).config
    assert shorter is not None
    assert (shorter.eval_interval, shorter.warmup) == (5, 100)


def test_what_has_no_field_is_named() -> None:
    filling = Filling(texts={"seed": "7"}, hidden={"warmup": 17, "grad_clip": 0.5}, split={"seed": 3}, copy_of="one")
    assert filling_title(filling) == "as in one; with warmup 17, grad clip 0.5, split seed 3"
    for note in (filling_note(filling, 3), filling_note(Filling(texts={"seed": "7"}), 1), filling_note(None, 12)):
        assert 0 < len(note) <= 33
    assert filling_note(None, 0) == filling_note(Filling(), 0) == filling_title(None) == ""


# What is remembered


def test_what_was_typed_is_kept_as_text_and_comes_back() -> None:
    family = LoadedFamily.load("mlp", CORPUS)
    values = {**form_of(family), "max_steps": "1,234", "model.hidden": "33", "name": "mine"}
    config = family.check(values, DATA).config
    assert config is not None
    filling = filling_of(family, values, config)
    assert filling.texts == {"max_steps": "1,234", "model.hidden": "33"}  # a name is for one run
    again = Filling.read(json.loads(json.dumps(filling.stored())))
    assert again == filling
    assert replace(family, filling=again).check(form_of(replace(family, filling=again)), DATA).config == config


@pytest.mark.parametrize(
    "stored",
    [
        *(None, 3, [], {}),
        *(
            {"preset": 1},
            {"texts": {"seed": 7}},
            {"steps": "many"},
            {"split": {"seed": "x"}},
            {"split": {"kind": "none"}},
        ),
        *({"hidden": {"no_such_setting": 1}}, {"hidden": {"eval_interval": "often"}}, {"hidden": {"betas": 3}}),
    ],
)
def test_what_is_damaged_is_left_aside(stored: Any) -> None:
    whole = Filling(texts={"seed": "7"}).stored()
    assert Filling.read({**whole, **stored} if isinstance(stored, dict) and stored else stored) is None
    assert Filling.read(whole) is not None


def test_a_run_and_a_theme_are_remembered_beside_each_other() -> None:
    remember_theme("nord")
    remember_run("mlp", {"texts": {"seed": "7"}})
    remember_run("gru", {})
    remember_theme("gruvbox")
    settings, note = load_settings()
    assert note is None
    assert settings == Settings("gruvbox", "gru", {"mlp": {"texts": {"seed": "7"}}, "gru": {}})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "left aside"),
        (b"[" * 100_000, "left aside"),
        (b'{"theme": "nord", "used": 3}', "of runs"),
        (b'{"theme": "nord", "used": {"mlp": 3}}', "of runs"),
        (b'{"theme": "nord", "last_type": 3}', "expected form"),
        (b'{"format": "x"}', "expected form"),
        (b'{"format": 2, "theme": {"name": "nord"}}', "newer version"),
    ],
)
def test_a_file_that_cannot_be_used_is_left_as_it_is(content: bytes, words: str) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_bytes(content)
    settings, note = load_settings()
    assert note is not None and words in note
    assert settings.used == {} and settings.last_type is None
    remember_run("mlp", {})
    assert settings_file().read_bytes() == content


def test_a_newer_file_keeps_its_theme() -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text('{"format": 2}', encoding="utf-8")
    remember_theme("nord")
    assert settings_file().read_text(encoding="utf-8") == '{"format": 2}'


async def start(app: TrainApp, pilot, form: NewRunForm) -> None:
    await pilot.press("ctrl+s")
    await until(pilot, lambda: app.pane.mode == "live")
    await until(pilot, lambda: settings_file().exists())


async def test_the_form_opens_with_the_settings_used_last(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        assert "what suits this model best" in app.text()
        form.query_one("#family").value = "mlp"
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "mlp")
        form.row("max_steps").value = "123"
        form.row("name").value = "mine"
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.max_steps == 123)
        assert "steps           ●123" in app.text()
        assert "1 changed: ctrl+r goes back" in app.text()
        await start(app, pilot, form)
    app = TrainApp(StandInEngine(tmp_path))  # another day
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        config = form.checked.config
        assert (config.type, config.max_steps, form.row("name").value) == ("mlp", 123, "")
        assert "steps           ●123" in app.text()
        assert "as last time: ctrl+r for defaults" in app.text()
        form.query_one("#family").value = "bigram"  # which has not been used
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "bigram")
        assert form.checked.config.max_steps != 123 and "●" not in app.text()
        form.query_one("#family").value = "mlp"
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "mlp")
        assert form.checked.config.max_steps == 123
        form.row("max_steps").control.focus()
        await pilot.press("end", "left")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: form.checked.config.max_steps != 123)
        assert "●" not in app.text() and "what suits this model best" in app.text()
        assert form.checked.config == form._family.check(form_of(LoadedFamily.load("mlp", CORPUS)), DATA).config
        await pilot.press("4", "2")  # what is typed next takes the place of the default
        await until(pilot, lambda: form.row("max_steps").value == "42")


async def test_the_values_of_a_sweep_come_back(tmp_path):
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        form.query_one("#family").value = "mlp"
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "mlp")
        form.row("model.embedding").value = "4, 16"
        await until(pilot, lambda: len(form.sweep.configs) == 2)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.pane.mode == "sweep" and settings_file().exists())
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        await until(pilot, lambda: len(form.sweep.configs) == 2)
        assert [config.model["embedding"] for config in form.sweep.configs] == [4, 16]
        assert form.row("model.embedding").value == "4, 16"


async def test_a_preset_that_was_used_comes_back_with_what_was_changed_in_it(tmp_path):
    remember_run("batchnorm", Filling("lecture-batchnorm", {"max_steps": "50"}).stored())
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(app, pilot)
        assert form.query_one("#preset").value == "lecture-batchnorm"
        assert (form.checked.config.max_steps, form.checked.config.optimizer) == (50, "sgd")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: form.checked.config.max_steps == 200_000)
        assert form.query_one("#preset").value == "lecture-batchnorm"
        await pilot.press("ctrl+r")
        await until(pilot, lambda: form.query_one("#preset").value == "")


async def test_a_word_that_a_field_does_not_have_is_left_aside(tmp_path):
    remember_run("bigram", Filling(texts={"split": "odd", "optimizer": "", "max_steps": "lots", "gone": "1"}).stored())
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.corpus = small_corpus()
        form = app.pane.form
        await until(pilot, lambda: form._complete and form.row("max_steps").fault)
        assert (form.row("split").value, form.row("optimizer").value) == (
            "disjoint",
            form.row("optimizer").field.default,
        )
        await pilot.press("ctrl+r")
        await until(pilot, lambda: form.checked.config is not None)


async def test_what_cannot_be_remembered_is_said(tmp_path, monkeypatch):
    def full(settings: Settings) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("makemore_tui.settings.save_settings", full)
    app = TrainApp(StandInEngine(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("cannot be remembered" in notice for notice in app.notices))
        assert app.pane.mode == "live"


def test_settings_with_a_mark_of_their_form_are_read_back() -> None:
    save_settings(Settings("nord", "mlp", {}))
    assert json.loads(settings_file().read_text(encoding="utf-8"))["format"] == 1
    assert load_settings() == (Settings("nord", "mlp", {}), None)
