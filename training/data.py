"""Photos in memory, and patches of them. Tar shards in WebDataset style, decoded once into uint8."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


def to_tensor(picture: Image.Image) -> Tensor:
    """3 x H x W, uint8."""
    return torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1).contiguous()


def load_shards(
    shards: list[Path], smallest: int, wanted: Callable[[str], bool] = lambda name: True
) -> list[tuple[str, Tensor]]:
    """Name and picture of all in the shards whose sides are at least `smallest` pixels and whose names are wanted."""
    pictures = []
    for shard in shards:
        with tarfile.open(shard) as tar:
            for member in tar:
                if Path(member.name).suffix.lower() in PICTURES and wanted(member.name):
                    picture = to_tensor(Image.open(io.BytesIO(tar.extractfile(member).read())))
                    if min(picture.shape[1:]) >= smallest:
                        pictures.append((member.name, picture))
    if not pictures:
        raise FileNotFoundError(f"no picture of at least {smallest} pixels in {[str(s) for s in shards]}")
    return pictures


def load_folder(folder: Path) -> list[tuple[str, Tensor]]:
    """Name and picture, sorted by name."""
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in PICTURES)
    return [(p.stem, to_tensor(Image.open(p))) for p in files]


class Patches:
    """Random square patches in random orientation; values 0-1."""

    def __init__(self, pictures: list[Tensor], side: int, generator: torch.Generator):
        self.pictures, self.side, self.generator = pictures, side, generator

    def draw(self, below: int) -> int:
        return int(torch.randint(below, (1,), generator=self.generator))

    def one(self) -> Tensor:
        picture = self.pictures[self.draw(len(self.pictures))]
        y = self.draw(picture.shape[1] - self.side + 1)
        x = self.draw(picture.shape[2] - self.side + 1)
        patch = picture[:, y : y + self.side, x : x + self.side]
        orientation = self.draw(8)
        patch = torch.rot90(patch, orientation % 4, (1, 2))
        return patch.flip(2) if orientation >= 4 else patch

    def batch(self, size: int) -> Tensor:
        return torch.stack([self.one() for _ in range(size)]).float().div_(255)
