"""Presets: settings that give numbers which are known.

A preset names a family and everything that decides its numbers, as a lecture or makemore.py does it, together with
the numbers that are known and where they stand. Nothing here imports torch.

| file | what it is for |
|---|---|
| `preset` | what a preset is |
| `registry` | all of them by name |
| `lecture` | the networks of the makemore lectures |
| `makemore` | makemore.py's six types |
"""

from makemore_core.presets.preset import Figure, Preset
from makemore_core.presets.registry import PRESETS, find_preset

__all__ = ["PRESETS", "Figure", "Preset", "find_preset"]
