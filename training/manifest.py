"""Writes models/manifest.json (name, bytes, sha256 and facts of every ONNX file there) and the tables of models/README.md.

    python manifest.py ../models
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from weights import facts

KEYS = (
    "task", "family", "strategy", "variant", "title", "input", "output", "tiling", "parameters", "flops_per_pixel", "license",
    "seed", "steps", "minutes", "scores",
)  # fmt: skip

# Scores that are parts of a whole, not decibels.
UNITLESS = ("IoU", "chroma")


def value(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def entry(path: Path) -> dict[str, object]:
    content, told = path.read_bytes(), facts(path)
    return dict(
        file=path.name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest(),
        **{key: value(told[key]) for key in KEYS if key in told},
    )  # fmt: skip


def name(entry: dict) -> str:
    return "-".join(filter(None, [entry["strategy"], entry.get("variant", "")]))


def table(entries: list[dict], spread: float) -> str:
    """The scores of one task's files: a row a score, a column a strategy; in bold the best of a row, and of decibels what
    ties with it."""
    rows = [["", *(f"`{name(e)}`" for e in entries)], ["---"] * (1 + len(entries))]
    for score in dict.fromkeys(name for e in entries for name in e["scores"]):
        values = [e["scores"].get(score) for e in entries]
        texts = ["" if v is None else f"{v:.2f}" for v in values]
        least = max(v for v in values if v is not None) - (0.005 if any(u in score for u in UNITLESS) else max(0.005, spread))
        best = [v is not None and v >= least for v in values]
        rows.append([score, *(f"**{t}**" if b and not all(best) else t for t, b in zip(texts, best))])
    rows.append(["steps", *(f"{e['steps']:,}" for e in entries)])
    rows.append(["minutes", *(f"{e['minutes']:.0f}" for e in entries)])
    rows.append(["parameters", *(f"{e['parameters']:,}" for e in entries)])
    rows.append(["kFLOP a pixel", *(f"{e['flops_per_pixel'] / 1000:.0f}" for e in entries)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def write_tables(readme: Path, entries: list[dict]) -> None:
    """Each task's table stands between `<!-- <task> -->` and `<!-- end -->`."""
    text, seeds = readme.read_text(), readme.parent / "seeds.json"
    spread = json.loads(seeds.read_text())["spread"] if seeds.exists() else 0.0
    for task in dict.fromkeys(e["task"] for e in entries):
        begin = f"<!-- {task} -->\n"
        if begin not in text:
            raise ValueError(f"{readme} has no place for the scores of {task}: {begin.strip()} <!-- end -->")
        before, _, rest = text.partition(begin)
        _, end, after = rest.partition("<!-- end -->")
        text = before + begin + table([e for e in entries if e["task"] == task], spread) + "\n" + end + after
    readme.write_text(text)


def write_manifest(models: Path) -> None:
    entries = [entry(path) for path in sorted(models.glob("*.onnx"))]
    (models / "manifest.json").write_text(json.dumps(entries, indent=1) + "\n")
    if (models / "README.md").exists():
        write_tables(models / "README.md", entries)


if __name__ == "__main__":
    write_manifest(Path(sys.argv[1]))
