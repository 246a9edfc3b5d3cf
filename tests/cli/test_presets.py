"""`presets`, and `--preset` in `train` and in a file of settings."""

import json
from pathlib import Path
from typing import Any

import pytest

from makemore_core.errors import SettingsError
from makemore_core.presets import PRESETS
from makemore_core.runs.folder import find_run, list_runs
from makemore_tui.cli import presets, training
from makemore_tui.cli.train_options import Wanted
from tests.cli.calling import Commands
from tests.core.models import small_corpus

commands = Commands(presets, training)
invoke = commands.invoke


def test_all_are_listed_with_their_help_and_figures() -> None:
    text = invoke("presets").stdout
    assert max(map(len, text.splitlines())) <= 80
    words = " ".join(text.split())
    for preset in PRESETS.values():
        assert f"{preset.name}: {preset.title} {preset.help}" in words
    assert "part 3: 12,097 parameters, loss 3.3239, train 2.0674 at step 200,000, dev 2.1057 at step 200,000" in words


def test_one_as_json() -> None:
    (found,) = json.loads(invoke("presets", "lecture-bigram", "--json").stdout)["presets"]
    assert found["name"] == "lecture-bigram"
    assert found["settings"]["type"] == "bigram"
    assert found["settings"]["learning_rate"] == 50
    assert found["settings"]["split"] == "none"
    assert {"what": "loss", "step": 99, "value": "2.4901", "source": "part 1, video"} in found["figures"]
    assert len(json.loads(invoke("presets", "--json").stdout)["presets"]) == len(PRESETS)


def test_the_help_of_train_names_them() -> None:
    letters = "".join(invoke("train", "--help").stdout.replace("│", " ").split())  # long names are broken into lines
    assert all(name in letters for name in PRESETS)


@pytest.mark.usefixtures("quick_trainers")
def test_a_run_from_a_preset_with_an_option_beside_it(tmp_path: Path, runs_home: Path) -> None:
    path = tmp_path / "few.txt"
    path.write_text("emma\nolivia\nava\nisabella\nsophia\nmia\namelia\nevelyn\nabigail\nharper\n")
    invoke("train", str(path), "--preset", "lecture-mlp", "--max-steps", "3", "--n-embd", "4", "--name", "a")
    config = find_run("a", runs_home).read_config()
    assert (config.type, config.optimizer, config.learning_rate, config.max_steps) == ("mlp", "sgd", 0.1, 3)
    assert (config.model["hidden"], config.model["embedding"], config.model["bias_std"]) == (200, 4, 1.0)
    assert config.split.kind == "lecture"


def test_the_file_overrides_the_preset_and_options_override_the_file(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text('preset = "lecture-wavenet"\nmax-steps = 50\nseed = 7\nsplit = "disjoint"\n[model]\nhidden = 16\n')
    config = Wanted.of({"seed": 8}, path, ["embedding=5"]).config(small_corpus())
    assert (config.type, config.max_steps, config.seed, config.batch_size) == ("wavenet", 50, 8, 32)
    assert (config.split.kind, config.split.seed) == ("disjoint", 42)
    assert [config.model[name] for name in ("hidden", "embedding", "group", "context")] == [16, 5, 2, 8]


def test_the_option_wins_over_the_preset_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text('preset = "lecture-wavenet"\n')
    assert Wanted.of({"preset": "lecture-bigram"}, path, []).type == "bigram"


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_written_into_a_file_of_settings_is_the_same_run(name: str, tmp_path: Path) -> None:
    """All that TOML can say of it: it has no word for a setting that is switched off."""
    values = PRESETS[name].values()
    model = values.pop("model")
    lines = [f"{key} = {toml(value)}" for key, value in {"preset": name, **values}.items() if value is not None]
    lines += ["[model]", *(f"{key} = {toml(value)}" for key, value in model.items())]
    path = tmp_path / "run.toml"
    path.write_text("\n".join(lines))
    written = Wanted.of({}, path, []).config(small_corpus())
    assert written == Wanted.of({"preset": name}, None, []).config(small_corpus())


def toml(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["presets", "lecture-gpt"], r"^there is no preset 'lecture-gpt': choose one of lecture-bigram, .*"),
        (["train", "--preset", "lecture-gpt"], r"^there is no preset 'lecture-gpt': choose one of lecture-bigram, .*"),
        (
            ["train", "--preset", "lecture-mlp", "--type", "gru"],
            r"^the preset lecture-mlp is of type mlp, not gru: leave out one of the two$",
        ),
        (["train", "--resume", "a", "--preset", "lecture-mlp"], r".*leave out --preset$"),
    ],
)
def test_what_is_wrong_is_one_line_and_makes_no_run(arguments: list[str], message: str, runs_home: Path) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        invoke(*arguments)
    assert "\n" not in str(caught.value)
    assert not list_runs(runs_home)


def test_a_preset_in_a_file_is_a_word(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("preset = 3\n")
    with pytest.raises(SettingsError, match="preset must be a word in quotes, not 3"):
        Wanted.of({}, path, [])
