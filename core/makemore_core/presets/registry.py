"""Every preset by name. A new one is an entry in the file of its source, and nothing else."""

from collections.abc import Mapping

from makemore_core.errors import SettingsError
from makemore_core.presets.lecture import LECTURE_PRESETS
from makemore_core.presets.makemore import MAKEMORE_PRESETS
from makemore_core.presets.preset import Preset

PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in (*LECTURE_PRESETS, *MAKEMORE_PRESETS)}


def find_preset(name: str) -> Preset:
    """The preset of this name. Raises SettingsError where there is none."""
    if name not in PRESETS:
        raise SettingsError(f"there is no preset '{name}': choose one of {', '.join(PRESETS)}")
    return PRESETS[name]
