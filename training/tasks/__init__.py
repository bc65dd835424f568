"""What each network learns: one class a task, named in its configuration."""

from __future__ import annotations

from pathlib import Path

import torch

from .base import Task
from .color import Colorize, DenoiseColorize, EdgesToScene
from .repair import Repair
from .restore import Deblur, Denoise, DenoiseSurvey, SuperResolve
from .segment import Segment

TASKS: dict[str, type[Task]] = {
    "denoise": Denoise,
    "denoise-survey": DenoiseSurvey,
    "super-resolve-x2": SuperResolve,
    "super-resolve-x4": SuperResolve,
    "deblur": Deblur,
    "repair": Repair,
    "colorize": Colorize,
    "denoise-colorize": DenoiseColorize,
    "edges-to-scene": EdgesToScene,
    "segment": Segment,
}


def task_of(config: dict, data: Path, generator: torch.Generator | None = None) -> Task:
    """data: the folder that holds restore/, color/, segment/ and eval/."""
    name = config.get("learned_as", config["task"])
    if name not in TASKS:
        raise ValueError(f"unknown task {name!r}; one of {', '.join(TASKS)}")
    return TASKS[name](config, data, generator or torch.Generator().manual_seed(0))
