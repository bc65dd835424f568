"""Segment: background, border, pet, person."""

from __future__ import annotations

import hashlib
import io
import math
import tarfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import degrade
import numpy as np
import torch
from data import load_shards, to_tensor
from PIL import Image
from scoring import Network
from torch import Tensor
from torch.nn import functional

from .base import Task, mean

BACKGROUND, BORDER, PET, PERSON = range(4)
COLORS = torch.tensor([[0.1, 0.1, 0.1], [0.95, 0.9, 0.3], [0.25, 0.65, 0.95], [0.95, 0.4, 0.45]])
HELD_OUT = 15  # percent


def held_out(stem: str) -> bool:
    """A fixed 15 % of all pictures."""
    return int.from_bytes(hashlib.sha256(stem.encode()).digest()[:4], "big") % 100 < HELD_OUT


def classes(mask: np.ndarray, person: bool) -> Tensor:
    """H x W, int64: pets have a trimap (1 pet, 2 background, 3 border), people 255."""
    table = np.full(256, BACKGROUND)
    if person:
        table[128:] = PERSON
    else:
        table[1], table[3] = PET, BORDER
    return torch.from_numpy(table[mask]).long()


def load_pairs(shard: Path, pattern: str, wanted: bool, limit: int) -> list[tuple[Tensor, Tensor]]:
    """Pictures (3 x H x W, uint8) and their classes (H x W); wanted: the held-out ones, or the others.
    Larger ones are reduced until the short side is `limit`."""
    files: dict[str, dict[str, bytes]] = {}
    with tarfile.open(shard) as tar:
        for member in tar:
            path = Path(member.name)
            if path.stem.startswith(pattern) and held_out(path.stem) == wanted:
                files.setdefault(path.stem, {})[path.suffix] = tar.extractfile(member).read()
    pairs = []
    for _, pair in sorted(files.items()):
        picture = Image.open(io.BytesIO(pair[".jpg"])).convert("RGB")
        mask = Image.open(io.BytesIO(pair[".png"])).convert("L")
        factor = min(1, limit / min(picture.size))
        size = tuple(max(1, round(factor * n)) for n in picture.size)
        picture, mask = picture.resize(size, Image.BICUBIC), mask.resize(size, Image.NEAREST)
        pairs.append((to_tensor(picture), classes(np.array(mask), shard.name.startswith("people"))))
    return pairs


def turned(frame: Tensor, mask: Tensor, degrees: float) -> tuple[Tensor, Tensor]:
    """Picture (3 x H x W) and classes (H x W) about their middle; what comes from outside is gray and of no class (-1)."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    grid = functional.affine_grid(torch.tensor([[[cos, -sin, 0], [sin, cos, 0]]]), [1, 1, *mask.shape], align_corners=False)
    seen = functional.grid_sample(frame[None] - 0.5, grid, align_corners=False)[0] + 0.5
    label = functional.grid_sample(mask[None, None] + 1.0, grid, mode="nearest", align_corners=False)[0, 0] - 1
    return seen, label.long()


class Segment(Task):
    """[data] sets (shard, the beginning of its names, how often it is drawn), side, zoom (how much larger or smaller; of people to
    three times that), turn (degrees either way); and how often: framed (people seen from near, as in portraits), swapped
    (people before another background, out of `backgrounds`), gray, blurred.
    """

    outputs = 4
    unit = "mIoU"

    def pairs(self, wanted: bool) -> list[list[tuple[Tensor, Tensor]]]:
        limit = round(1.25 * self.settings["side"])
        return [load_pairs(self.data / shard, prefix, wanted, limit) for shard, prefix, _ in self.settings["sets"]]

    def load(self) -> int:
        self.sets = self.pairs(False)
        self.often = torch.tensor([float(often) for *_, often in self.settings["sets"]])
        self.backgrounds = self.load_backgrounds(**self.settings["backgrounds"]) if "backgrounds" in self.settings else []
        return sum(len(s) for s in self.sets)

    def load_backgrounds(self, shards: str, only: list[str]) -> list[Tensor]:
        found = load_shards(sorted(self.data.glob(shards)), 64, lambda name: any(fnmatch(name, pattern) for pattern in only))
        return [picture for _, picture in found]

    def chance(self, name: str) -> bool:
        return float(torch.rand(1, generator=self.generator)) < self.settings[name]

    def swapped(self, picture: Tensor, mask: Tensor) -> Tensor:
        """The person before another photo, which is enlarged and so as soft as what is out of focus."""
        other = self.backgrounds[self.draw(len(self.backgrounds))][None].float() / 255
        behind = functional.interpolate(other, mask.shape, mode="bilinear", align_corners=False)[0]
        person = functional.avg_pool2d((mask == PERSON)[None, None].float(), 3, 1, 1, count_include_pad=False)[0]
        return behind + person * (picture - behind)

    def near(self, mask: Tensor) -> tuple[float, float]:
        """A place of the upper half of the person, as parts of the height and the width."""
        rows, columns = (mask == PERSON).any(1).nonzero()[:, 0], (mask == PERSON).any(0).nonzero()[:, 0]
        top, bottom, left, right = (float(n) for n in (rows[0], rows[-1], columns[0], columns[-1]))
        down, along = torch.rand(2, generator=self.generator).tolist()
        y, x = top + 0.45 * down * (bottom - top), left + (0.3 + 0.4 * along) * (right - left)
        return y / mask.shape[0], x / mask.shape[1]

    def one(self) -> tuple[Tensor, Tensor]:
        """A picture at a random scale, shifted, mirrored, turned, a little brighter or darker; what lies outside of it is gray
        and belongs to no class (-1)."""
        of = self.sets[self.pick(self.often)]
        picture, mask = of[self.draw(len(of))]
        whole, people = picture.float() / 255, bool((mask == PERSON).any())
        if people and self.chance("swapped"):
            whole = self.swapped(whole, mask)
        side, (low, high) = self.settings["side"], self.settings["zoom"]
        center = self.near(mask) if people and self.chance("framed") else None
        zoom, bright, contrast, tint, turn = torch.rand(5, generator=self.generator).tolist()
        factor = (low + (high - low) * zoom) * (1 + 2 * zoom if center else 1) * side / min(mask.shape)
        size = [max(1, round(factor * n)) for n in mask.shape]
        seen = functional.interpolate(whole[None], size, mode="bilinear", antialias=True)[0]
        label = functional.interpolate(mask[None, None].float(), size, mode="nearest")[0, 0].long()
        seen = ((seen - 0.5) * (0.7 + 0.6 * contrast) + 0.5 + 0.3 * (bright - 0.5)).clamp(0, 1)
        seen = (seen * (1 + 0.2 * (tint - 0.5) * seen.new_tensor([1, 0, -1]).view(3, 1, 1))).clamp(0, 1)
        if self.chance("gray"):
            seen = degrade.luma(seen[None])[0].expand(3, -1, -1)
        if self.chance("blurred"):
            seen = degrade.blur(seen[None], [degrade.gaussian_kernel(0.5 + 1.5 * bright)])[0]
        frame, wanted = torch.full((3, side, side), 0.5), torch.full((side, side), -1)
        source, target = [], []
        for axis, n in enumerate(size):
            shift = self.draw(abs(n - side) + 1)
            if center and n > side:
                shift = min(max(0, round(center[axis] * n - side / 2)), n - side)
            length = min(n, side)
            source.append(slice(shift, shift + length) if n > side else slice(0, length))
            target.append(slice(0, length) if n > side else slice(shift, shift + length))
        frame[:, target[0], target[1]] = seen[:, source[0], source[1]]
        wanted[target[0], target[1]] = label[source[0], source[1]]
        frame, wanted = turned(frame, wanted, self.settings["turn"] * (2 * turn - 1))
        return (frame.flip(2), wanted.flip(1)) if self.draw(2) else (frame, wanted)

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        frames, masks = zip(*(self.one() for _ in range(size)))
        return torch.stack(frames), torch.stack(masks)

    def loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        """Cross-entropy of logits, at their resolution. Pictures of people do not label a border: there it is left out."""
        people = (wanted == PERSON).flatten(1).any(1).view(-1, 1, 1, 1)
        border = torch.zeros(len(made), made.shape[1], 1, 1, dtype=torch.bool, device=made.device)
        border[:, BORDER] = True
        stride = wanted.shape[1] // made.shape[2]
        seen = wanted[:, stride // 2 :: stride, stride // 2 :: stride]
        return functional.cross_entropy(made.masked_fill(border & people, -30), seen, ignore_index=-1)

    def held_out(self, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        yield from self.sized([pair for of in self.pairs(True) for pair in of][::stride])

    def sized(self, pairs: list[tuple[Tensor, Tensor]]) -> Iterator[tuple[Tensor, Tensor]]:
        side = self.settings["side"]
        for picture, mask in pairs:
            factor = side / min(mask.shape)
            size = [max(32, 32 * round(factor * n / 32)) for n in mask.shape]
            yield functional.interpolate(picture[None].float() / 255, size, mode="bilinear", antialias=True), mask[None]

    def predicted(self, run: Network, x: Tensor, mask: Tensor) -> Tensor:
        made = functional.interpolate(run(x), mask.shape[1:], mode="bilinear")
        if (mask == PERSON).any():
            made[:, BORDER] = 0
        return made.argmax(1)

    def scores(self, run: Network, cases: Iterator[tuple[Tensor, Tensor]]) -> tuple[float, float]:
        """Mean IoU of the pets' three classes, and the IoU of person, over all pixels of their pictures."""
        both, either = torch.zeros(2, 4), torch.zeros(2, 4)
        for x, mask in cases:
            people = int((mask == PERSON).any())
            found = self.predicted(run, x, mask)
            for index in range(4):
                both[people, index] += ((found == index) & (mask == index)).sum()
                either[people, index] += ((found == index) | (mask == index)).sum()
        iou = both / either.clamp(min=1)
        return float(iou[0, :PERSON].mean()), float(iou[1, PERSON])

    def check(self, run: Network, stride: int) -> float:
        return mean(list(self.scores(run, self.held_out(stride))))

    def report(self, run: Network) -> dict[str, float]:
        pets, person = self.scores(run, self.held_out())
        shard, prefix = self.settings["portraits"]
        limit = round(1.25 * self.settings["side"])
        portraits = [pair for wanted in (False, True) for pair in load_pairs(self.data / shard, prefix, wanted, limit)]
        return {"pets mean IoU": pets, "person IoU": person, "portraits person IoU": self.scores(run, self.sized(portraits))[1]}

    def show(self, x: Tensor, y: Tensor) -> Tensor:
        colors = torch.einsum("nchw,ck->nkhw", y.clamp(0, 1), COLORS.to(y))
        return 0.4 * x + 0.6 * colors
