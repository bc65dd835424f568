"""Writes models/manifest.json (name, bytes, sha256 and facts of every ONNX file there), models/tasks.json (what the recipes say
of their tasks) and the tables of models/README.md.

python manifest.py ../models
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from pathlib import Path

import onnx
from config import task_facts
from weights import facts

HERE = Path(__file__).parent

# The fact that speed.py adds to a file.
SPEED = "milliseconds_per_megapixel"
# Scores that are parts of a whole, not decibels.
UNITLESS = ("IoU", "chroma", "hues")


def value(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def file(path: Path) -> dict[str, object]:
    content = path.read_bytes()
    return dict(file=path.name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def data_files(path: Path) -> list[Path]:
    """The external data files of an ONNX file."""
    model = onnx.load(str(path), load_external_data=False)
    entries = [entry for tensor in model.graph.initializer for entry in tensor.external_data if entry.key == "location"]
    return [path.with_name(name) for name in dict.fromkeys(entry.value for entry in entries)]


def entry(path: Path) -> dict[str, object]:
    data = [file(of) for of in data_files(path)]
    told = {key: value(text) for key, text in facts(path).items()}
    return file(path) | ({"data": data} if data else {}) | told


def name(entry: dict) -> str:
    return entry.get("design") or "-".join(filter(None, [entry["strategy"], entry.get("variant", "")]))


def time(entry: dict) -> str:
    """Nothing until it is measured."""
    return f"{entry[SPEED]:,}" if SPEED in entry else ""


def table(entries: list[dict], spread: float) -> str:
    """The scores of one task's files: a row a score, a column a strategy; in bold the best of a row as it is printed, and of
    decibels what ties with it. Where all of them do, none is."""
    rows = [["", *(f"`{name(e)}`" for e in entries)], ["---"] * (1 + len(entries))]
    for score in dict.fromkeys(name for e in entries for name in e["scores"]):
        values = [round(e["scores"].get(score, -math.inf), 2) for e in entries]
        texts = [f"{v:.2f}" if math.isfinite(v) else "" for v in values]
        tie = 0 if any(u in score for u in UNITLESS) else spread
        best = [v > max(values) - tie - 0.001 for v in values]
        rows.append([score, *(f"**{t}**" if b and not all(best) else t for t, b in zip(texts, best))])
    rows.append(["steps", *(f"{e['steps']:,}" for e in entries)])
    rows.append(["minutes", *(f"{e['minutes']:.0f}" for e in entries)])
    rows.append(["parameters", *(f"{e['parameters']:,}" for e in entries)])
    rows.append(["kFLOP a pixel", *(f"{e['flops_per_pixel'] / 1000:.0f}" for e in entries)])
    rows.append(["ms a megapixel", *(time(e) for e in entries)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def survey_table(entries: list[dict], spread: float) -> str:
    """A survey's networks, from the best on: a row a network; in bold what ties with the best of its column."""
    names = [name for name in entries[0]["scores"] if ", " not in name]
    rows = [["", "survey", *names, "kFLOP a pixel", "ms a megapixel", "parameters", "steps", "minutes"]]
    rows.append(["---"] * len(rows[0]))
    best = {name: max(round(e["scores"][name], 2) for e in entries) for name in names}
    for e in sorted(entries, key=lambda e: -e["scores"][names[0]]):
        scores = [round(e["scores"][name], 2) for name in names]
        ties = {name: 0 if any(u in name for u in UNITLESS) else spread for name in names}
        texts = [f"**{v:.2f}**" if v > best[name] - ties[name] - 0.001 else f"{v:.2f}" for name, v in zip(names, scores)]
        costs = [
            f"{e['flops_per_pixel'] / 1000:.0f}",
            time(e),
            f"{e['parameters']:,}",
            f"{e['steps']:,}",
            f"{e['minutes']:.0f}",
        ]
        rows.append([f"`{e['design']}`", e["survey"], *texts, *costs])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def files_table(entries: list[dict], files: dict[str, dict[str, list[float]]]) -> str:
    """What networks gain on each kind of file, beside the PSNR of the files: a row a network."""
    kinds = list(dict.fromkeys(kind for of in files.values() for kind in of))
    rows = [["", *kinds], ["---"] * (1 + len(kinds))]
    for e in entries:
        if e["file"] in files:
            pairs = (files[e["file"]].get(kind) for kind in kinds)
            cells = [
                f"{after - before:+.1f} ({before:.1f})" if pair else "" for pair in pairs for before, after in [pair or (0, 0)]
            ]
            rows.append([f"`{e['file'].removesuffix('.onnx')}`", *cells])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def write_tables(readme: Path, entries: list[dict]) -> None:
    """Each task's table stands between `<!-- <task> -->` and `<!-- end -->`, that of its surveys after `<!-- <task> surveys -->`, that of
    files.py after `<!-- files -->`.
    A task without a place for it gets a section at the end."""
    text, seeds = readme.read_text(), readme.parent / "seeds.json"
    # Of the zoo's strategies (seeds.py) and of a survey's plain network (train.py --seed).
    files = (seeds, seeds.with_name("survey-seeds.json"))
    spreads = [json.loads(file.read_text())["spread"] if file.exists() else 0.0 for file in files]
    for task, surveyed in dict.fromkeys((e["task"], "survey" in e) for e in entries):
        begin = f"<!-- {task} surveys -->\n" if surveyed else f"<!-- {task} -->\n"
        if begin not in text:
            text += f"\n## `{task}`{', surveys' if surveyed else ''}\n{begin}<!-- end -->\n"
        before, _, rest = text.partition(begin)
        _, end, after = rest.partition("<!-- end -->")
        listed = [e for e in entries if e["task"] == task and ("survey" in e) == surveyed]
        text = before + begin + (survey_table if surveyed else table)(listed, spreads[surveyed]) + "\n" + end + after
    files = readme.with_name("files.json")
    if files.exists():
        before, begin, rest = text.partition("<!-- files -->\n")
        _, end, after = rest.partition("<!-- end -->")
        text = before + begin + files_table(entries, json.loads(files.read_text())) + "\n" + end + after
    readme.write_text(text)


def write_tasks(path: Path) -> None:
    path.write_text(json.dumps(task_facts(HERE), indent=1) + "\n")


def write_manifest(models: Path) -> None:
    entries = [entry(path) for path in sorted(models.glob("*.onnx"))]
    (models / "manifest.json").write_text(json.dumps(entries, indent=1) + "\n")
    write_tasks(models / "tasks.json")
    if (models / "README.md").exists():
        write_tables(models / "README.md", entries)


if __name__ == "__main__":
    write_manifest(Path(sys.argv[1]))
