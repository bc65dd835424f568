"""What networks gain in the laboratory and on files as people have them, by the engine: `unet-playground evaluate`.

    cargo build --release
    python files.py --command ../target/release/unet-playground --data ../../shared/data [--only denoise deblur]

Every third picture of Kodak24 is damaged as the task's protocols say, with noise of the command's own, and measured as it is; then the same
is saved as JPEG before the network sees it, in color and in gray. Writes models/files.json: by file and kind of file, dB before and after,
the mean over the protocols.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from config import task_facts
from engine import measured
from manifest import write_manifest

HERE = Path(__file__).parent
QUALITY = "90"
# By what the table calls them: the command's options.
KINDS = {
    "laboratory": (),
    "JPEG 4:2:0": ("--jpeg", QUALITY),
    "JPEG 4:4:4": ("--jpeg", QUALITY, "--subsampling", "444"),
    "gray JPEG": ("--jpeg", QUALITY, "--gray"),
}
STRIDE = 3


def kinds_of(task: dict) -> list[str]:
    """All, but for tasks whose pictures are gray anyhow."""
    is_gray = any("gray" in protocol["damage"] for protocol in task["protocols"])
    return [kind for kind, options in KINDS.items() if not (is_gray and "--gray" in options)]


def mean(rows: list[dict]) -> list[float]:
    return [round(sum(row[end]["psnr"] for row in rows) / len(rows), 2) for end in ("before", "after")]


def main() -> None:
    tasks = {task["id"]: task for task in task_facts(HERE) if "protocols" in task}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", type=Path, required=True, help="the native command")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds eval/")
    parser.add_argument("--models", type=Path, default=HERE.parent / "models")
    parser.add_argument("--only", nargs="+", choices=list(tasks), help="tasks")
    args = parser.parse_args()
    listed = json.loads((args.models / "manifest.json").read_text())
    entries = [entry for entry in listed if "survey" not in entry]
    file = args.models / "files.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    pictures = sorted((args.data / "eval" / "Kodak24").resolve().glob("*.png"))[::STRIDE]
    with tempfile.TemporaryDirectory() as folder:
        for picture in pictures:
            (Path(folder) / picture.name).symlink_to(picture)
        for task in args.only or tasks:
            of_task = [entry for entry in entries if entry["task"] == task]
            for entry in of_task:
                known[entry["file"]] = {}
            for kind in kinds_of(tasks[task]):
                rows = measured(args.command, args.models, of_task, task, Path(folder), KINDS[kind])
                for entry in of_task:
                    # Noise as papers add it is in no file.
                    own = [r for r in rows if r["model"] == entry["file"] and "unclipped" not in r["protocol"]]
                    known[entry["file"]][kind] = mean(own)
                    print(f"{entry['file']}: {kind}: {known[entry['file']][kind]}", flush=True)
    there = [entry["file"] for entry in listed if entry["file"] in known]
    file.write_text(json.dumps({name: known[name] for name in there}, indent=1) + "\n")
    write_manifest(args.models)


if __name__ == "__main__":
    main()
