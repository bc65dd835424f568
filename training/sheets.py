"""A contact sheet for each task of models/manifest.json: the page's sample photos, made worse, and what every file makes of
them, through the native command.

    cargo build --release
    python sheets.py --command ../target/release/unet-playground [--only denoise colorize]

Writes models/sheets/<task>.jpg: a row a photo; its columns are the input, each file's result, and the photo.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import degrade
import torch
from data import to_tensor
from manifest import name
from PIL import Image, ImageDraw
from samples import to_picture
from torch import Tensor

HERE = Path(__file__).parent
CELL, GAP, HEAD = 160, 6, 18

Worse = Callable[[Tensor], Tensor]
# Photo, the part of it that is seen (left, top, width, height), and what is done to it.
Case = tuple[str, tuple[int, int, int, int] | None, Worse]


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def noise(kind: Callable[..., Tensor], strength: float) -> Worse:
    return lambda x: kind(x, torch.tensor([strength]), seeded())


def blurred(kernel: Tensor) -> Worse:
    return lambda x: degrade.add_gaussian(degrade.blur(x, [kernel]), torch.tensor([2 / 255]), seeded())


def smaller(scale: int) -> Worse:
    return lambda x: degrade.resize(x, x.shape[2] // scale, x.shape[3] // scale)


def gray(x: Tensor) -> Tensor:
    return degrade.luma(x).expand(-1, 3, -1, -1)


def noisy_gray(x: Tensor) -> Tensor:
    return degrade.add_gaussian(degrade.luma(x), torch.tensor([25 / 255]), seeded()).expand(-1, 3, -1, -1)


def drawing(x: Tensor) -> Tensor:
    """Of the size at which the network sees it."""
    factor = 128 / min(x.shape[2:])
    small = degrade.resize(x, *(round(factor * n) for n in x.shape[2:]))
    return 1 - degrade.edges(small).expand(-1, 3, -1, -1)


CAT, CUP, FACE = (130, 40, 192, 192), (180, 60, 192, 192), (130, 20, 192, 192)
SAW, WHOLE = (200, 60, 192, 192), None


def enlarged(scale: int) -> list[Case]:
    return [
        ("chelsea.jpg", CAT, smaller(scale)),
        ("astronaut.jpg", FACE, smaller(scale)),
        ("text-chart.png", SAW, smaller(scale)),
    ]


CASES: dict[str, list[Case]] = {
    "denoise": [
        ("chelsea.jpg", CAT, noise(degrade.add_gaussian, 25 / 255)),
        ("coffee.jpg", CUP, noise(degrade.add_salt_and_pepper, 0.1)),
        ("astronaut.jpg", FACE, noise(degrade.add_speckle, 0.2)),
        ("rocket.jpg", (150, 120, 192, 192), noise(degrade.add_poisson, 30)),
    ],
    "super-resolve-x2": enlarged(2),
    "super-resolve-x4": enlarged(4),
    "deblur": [
        ("chelsea.jpg", CAT, blurred(degrade.gaussian_kernel(2))),
        ("astronaut.jpg", FACE, blurred(degrade.disk_kernel(3.5))),
        ("coffee.jpg", CUP, blurred(degrade.motion_kernel(10, 30))),
    ],
    "colorize": [(photo, WHOLE, gray) for photo in ("astronaut.jpg", "coffee.jpg", "rocket.jpg", "chelsea.jpg")],
    "denoise-colorize": [(photo, WHOLE, noisy_gray) for photo in ("astronaut.jpg", "coffee.jpg", "rocket.jpg")],
    "edges-to-scene": [(photo, WHOLE, drawing) for photo in ("rocket.jpg", "camera.jpg", "brick.jpg", "coffee.jpg")],
    "segment": [(photo, WHOLE, lambda x: x) for photo in ("chelsea.jpg", "astronaut.jpg", "camera.jpg")],
}


def fitted(shown: Image.Image) -> Image.Image:
    """Fills a cell, its middle seen."""
    factor = CELL / min(shown.size)
    shown = shown.convert("RGB").resize([max(CELL, round(factor * n)) for n in shown.size], Image.Resampling.BICUBIC)
    left, top = ((n - CELL) // 2 for n in shown.size)
    return shown.crop((left, top, left + CELL, top + CELL))


def sheet(task: str, files: list[dict], command: Path, models: Path, photos: Path) -> Image.Image:
    with tempfile.TemporaryDirectory() as folder:
        inputs, columns = Path(folder) / "inputs", {"input": [], "photo": []}
        inputs.mkdir()
        for index, (photo, box, worse) in enumerate(CASES[task]):
            clean = Image.open(photos / photo).convert("RGB")
            clean = clean.crop((box[0], box[1], box[0] + box[2], box[1] + box[3])) if box else clean
            made = to_picture(worse(to_tensor(clean)[None].float() / 255))
            made.save(inputs / f"{index}.png")
            columns["input"].append(made)
            columns["photo"].append(clean)
        for entry in files:
            results = Path(folder) / Path(entry["file"]).stem
            run = [command, "run", "--backend", "cpu", "--model", models / entry["file"], inputs, "-o", results]
            subprocess.run(list(map(str, run)), check=True, stderr=subprocess.DEVNULL)
            columns[name(entry)] = [Image.open(results / f"{i}.png") for i in range(len(CASES[task]))]
        columns["photo"] = columns.pop("photo")
        whole = Image.new("RGB", (len(columns) * (CELL + GAP) + GAP, HEAD + len(CASES[task]) * (CELL + GAP)), "white")
        for x, (title, cells) in enumerate(columns.items()):
            ImageDraw.Draw(whole).text((GAP + x * (CELL + GAP), 4), title, fill="black")
            for y, cell in enumerate(cells):
                whole.paste(fitted(cell), (GAP + x * (CELL + GAP), HEAD + y * (CELL + GAP)))
        return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", type=Path, required=True, help="the native command")
    parser.add_argument("--models", type=Path, default=HERE.parent / "models")
    parser.add_argument("--photos", type=Path, default=HERE.parent / "www/public/samples")
    parser.add_argument("--only", nargs="+", choices=list(CASES), help="tasks")
    args = parser.parse_args()
    entries = json.loads((args.models / "manifest.json").read_text())
    (args.models / "sheets").mkdir(exist_ok=True)
    for task in args.only or CASES:
        if files := [entry for entry in entries if entry["task"] == task]:
            sheet(task, files, args.command, args.models, args.photos).save(args.models / f"sheets/{task}.jpg", quality=80)
            print(f"sheets/{task}.jpg: {len(files)} files", flush=True)


if __name__ == "__main__":
    main()
