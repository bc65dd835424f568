"""How long each network takes on the CPU, by the engine: `unet-playground profile`, one thread.

    cargo build --release
    python speed.py --command ../target/release/unet-playground [--only super-resolve-x4 denoise]

Writes `milliseconds_per_megapixel` (of its output) into each file, and the manifest and the tables anew. All files are measured in
turns and the least of them counts, since what else a machine does only adds to a time; compare figures of one machine alone.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import subprocess
from pathlib import Path

import onnx
from config import task_facts
from manifest import SPEED, write_manifest
from onnx import helper

HERE = Path(__file__).parent
SIDE = 256  # of the output, in pixels
ROUNDS = 3


def milliseconds(command: Path, file: Path, side: int) -> float:
    """Of one run on side x side pixels, all kernels together."""
    call = [command, "profile", file, "--size", f"{side}x{side}", "--csv", "--backend", "cpu"]
    report = subprocess.run(list(map(str, call)), check=True, capture_output=True, text=True).stdout
    return float(list(csv.DictReader(io.StringIO(report)))[-1]["ms"])


def write(file: Path, value: float) -> None:
    model = onnx.load(str(file), load_external_data=False)
    told = {entry.key: entry.value for entry in model.metadata_props} | {SPEED: json.dumps(value)}
    helper.set_model_props(model, told)
    file.write_bytes(model.SerializeToString())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", type=Path, required=True, help="the native command")
    parser.add_argument("--models", type=Path, default=HERE.parent / "models")
    parser.add_argument("--only", nargs="+", metavar="TASK", help="tasks")
    args = parser.parse_args()
    listed = json.loads((args.models / "manifest.json").read_text())
    entries = [entry for entry in listed if not args.only or entry["task"] in args.only]
    scales = {task["id"]: task["scale"] for task in task_facts(HERE)}
    times: dict[str, float] = {}
    for _ in range(ROUNDS):
        for entry in entries:
            # Of the network alone: some take the picture enlarged already.
            scale = scales[entry["task"]] // entry["input"].get("scale", 1)
            time = milliseconds(args.command, args.models / entry["file"], SIDE // scale) / SIDE**2 * 1e6
            times[entry["file"]] = min(time, times.get(entry["file"], time))
    for name, time in times.items():
        print(f"{name}: {time:.0f} ms", flush=True)
        write(args.models / name, round(time))
    write_manifest(args.models)


if __name__ == "__main__":
    main()
