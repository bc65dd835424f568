"""What a frozen encoder makes of many frames, computed once and kept on disk in half precision."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import torch
from encoder import pretrained
from torch import Tensor

FOLDER = Path(__file__).parent / "runs" / "features"
BATCH = 32
PART = 1024  # frames a file, so that an interrupted run goes on


def cached(key: str, count: int, views: Callable[[], Iterator[tuple[Tensor, Tensor]]]) -> dict[str, Tensor]:
    """For `count` views (frame and target, 1 x channels x H x W): frames, wanted, and the features s4 to s32. `key` says all that
    they depend on; a view is the same whenever it is drawn."""
    folder = FOLDER / hashlib.sha256(key.encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{start:06}.pt" for start in range(0, count, PART)]
    if not all(path.exists() for path in paths):
        encoder, drawn = pretrained(), views()
        for path in paths:
            part = list(islice(drawn, PART))
            if not path.exists():
                partial = path.with_suffix(".partial")
                torch.save(encoded(encoder, part), partial)
                partial.replace(path)
                print(f"features: {path.stem} of {count}", flush=True)
    parts = [torch.load(path, weights_only=True) for path in paths]
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


@torch.inference_mode()
def encoded(encoder: torch.nn.Module, views: list[tuple[Tensor, Tensor]]) -> dict[str, Tensor]:
    kept: dict[str, list[Tensor]] = {}
    for start in range(0, len(views), BATCH):
        some = views[start : start + BATCH]
        frames, wanted = (torch.cat(tensors) for tensors in zip(*some))
        made = encoder(frames.expand(-1, 3, -1, -1))._asdict() | {"frames": frames, "wanted": wanted}
        for name in ("frames", "wanted", "s4", "s8", "s16", "s32"):
            kept.setdefault(name, []).append(made[name].half())
    return {name: torch.cat(tensors) for name, tensors in kept.items()}
