"""Writes models/manifest.json: name, bytes, sha256 and facts of every ONNX file there.

    python manifest.py ../models
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import onnx

KEYS = (
    "task", "family", "strategy", "title", "input", "output", "tiling", "parameters", "flops_per_pixel", "license",
    "seed", "steps", "scores",
)  # fmt: skip


def value(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def entry(path: Path) -> dict[str, object]:
    content = path.read_bytes()
    facts = {p.key: p.value for p in onnx.load_from_string(content).metadata_props}
    return dict(
        file=path.name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest(),
        **{key: value(facts[key]) for key in KEYS if key in facts},
    )  # fmt: skip


def write_manifest(models: Path) -> None:
    entries = [entry(path) for path in sorted(models.glob("*.onnx"))]
    (models / "manifest.json").write_text(json.dumps(entries, indent=1) + "\n")


if __name__ == "__main__":
    write_manifest(Path(sys.argv[1]))
