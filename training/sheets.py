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
from pathlib import Path

from config import read_config
from manifest import name
from PIL import Image, ImageDraw

HERE = Path(__file__).parent
CELL, GAP, HEAD = 160, 6, 18


def sheets() -> dict[str, list[dict]]:
    """By task, the rows of its recipe: a photo, the `part` of it that is seen (left, top, width, height), and its `damage` as the
    command reads it, in order."""
    recipes = [config for path in sorted(HERE.glob("*.toml")) if "sheet" in (config := read_config(path))]
    return {config["task"]: config["sheet"]["rows"] for config in recipes}


def fitted(shown: Image.Image) -> Image.Image:
    """Fills a cell, its middle seen."""
    factor = CELL / min(shown.size)
    shown = shown.convert("RGB").resize([max(CELL, round(factor * n)) for n in shown.size], Image.Resampling.BICUBIC)
    left, top = ((n - CELL) // 2 for n in shown.size)
    return shown.crop((left, top, left + CELL, top + CELL))


def sheet(rows: list[dict], files: list[dict], command: Path, models: Path, photos: Path) -> Image.Image:
    with tempfile.TemporaryDirectory() as folder:
        inputs, columns = Path(folder) / "inputs", {"input": [], "photo": []}
        inputs.mkdir()
        for index, row in enumerate(rows):
            clean, made = Image.open(photos / row["photo"]).convert("RGB"), inputs / f"{index}.png"
            if "part" in row:
                left, top, width, height = row["part"]
                clean = clean.crop((left, top, left + width, top + height))
            clean.save(whole := Path(folder) / f"{index}.png" if row["damage"] else made)
            if row["damage"]:
                filters = [word for damage in row["damage"] for word in ("--filter", damage)]
                run = [command, "run", *filters, whole, "-o", made]
                subprocess.run(list(map(str, run)), check=True, stderr=subprocess.DEVNULL)
            columns["input"].append(Image.open(made).convert("RGB"))
            columns["photo"].append(clean)
        for entry in files:
            results = Path(folder) / Path(entry["file"]).stem
            run = [command, "run", "--backend", "cpu", "--model", models / entry["file"], inputs, "-o", results]
            subprocess.run(list(map(str, run)), check=True, stderr=subprocess.DEVNULL)
            columns[name(entry)] = [Image.open(results / f"{i}.png") for i in range(len(rows))]
        columns["photo"] = columns.pop("photo")
        whole = Image.new("RGB", (len(columns) * (CELL + GAP) + GAP, HEAD + len(rows) * (CELL + GAP)), "white")
        for x, (title, cells) in enumerate(columns.items()):
            ImageDraw.Draw(whole).text((GAP + x * (CELL + GAP), 4), title, fill="black")
            for y, cell in enumerate(cells):
                whole.paste(fitted(cell), (GAP + x * (CELL + GAP), HEAD + y * (CELL + GAP)))
        return whole


def main() -> None:
    of_task = sheets()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", type=Path, required=True, help="the native command")
    parser.add_argument("--models", type=Path, default=HERE.parent / "models")
    parser.add_argument("--photos", type=Path, default=HERE.parent / "www/public/samples")
    parser.add_argument("--only", nargs="+", choices=list(of_task), help="tasks")
    args = parser.parse_args()
    entries = json.loads((args.models / "manifest.json").read_text())
    (args.models / "sheets").mkdir(exist_ok=True)
    for task in args.only or of_task:
        # The surveys' networks are compared with one another in the page.
        if files := [e for e in entries if e["task"] == task and e.get("survey") in (None, "best-quality")]:
            made = sheet(of_task[task], files, args.command, args.models, args.photos)
            made.save(args.models / f"sheets/{task}.jpg", quality=80)
            print(f"sheets/{task}.jpg: {len(files)} files", flush=True)


if __name__ == "__main__":
    main()
