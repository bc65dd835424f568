"""The scores of restoration once more, through the engine: `unet-playground evaluate` of every file.

    cargo build --release
    python engine.py --command ../target/release/unet-playground --data ../../shared/data [--only denoise deblur]

Writes models/engine.json: by file and score, dB. The command has noise of its own, and rounds results to 8 bits: what comes out
further than TOLERANCE from what that makes of the file's own scores, which onnxruntime gave, is an error.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from config import task_facts

HERE = Path(__file__).parent
TOLERANCE = 0.03  # dB; where noise left pixels alone, rounding brings a result that is nearly right to the pixel itself

SIGMA = 25  # what the command measures noise at unless told otherwise


def compared() -> dict[str, dict[str, dict[str, str]]]:
    """By task and set of pictures: the command's protocols, and what the files call their scores. Other protocols are measured
    differently (models/README.md says how)."""
    same: dict[str, dict[str, dict[str, str]]] = {}
    for task in task_facts(HERE):
        for protocol in task.get("protocols", ()):
            for name in protocol.get("sets", ()):
                of_set = same.setdefault(task["id"], {}).setdefault(name, {})
                of_set[protocol["name"].format(sigma=SIGMA)] = protocol["score"]
    return same


def rounded(score: str, psnr: float) -> float:
    """What is left of it once the picture has 8 bits, which adds a twelfth of a level squared to the error. Luma is measured of
    8 bits already."""
    return psnr if "luma" in score else -10 * math.log10(10 ** (-psnr / 10) + 1 / 12 / 255**2)


def measured(
    command: Path, models: Path, entries: list[dict], task: str, pictures: Path, options: Sequence[str] = ()
) -> list[dict]:
    """The rows of the command's report, of these entries of the manifest."""
    with tempfile.TemporaryDirectory() as folder:
        some, report = Path(folder) / "models", Path(folder) / "scores.json"
        some.mkdir()
        for name in {of["file"] for entry in entries for of in (entry, *entry.get("data", ()))}:
            (some / name).symlink_to(models.resolve() / name)
        call = [command, "evaluate", task, "--data", pictures, "--models", some, "--backend", "cpu", "--json", report, *options]
        subprocess.run(list(map(str, call)), check=True, stdout=subprocess.DEVNULL)
        return json.loads(report.read_text())


def estimates(entry: dict) -> bool:
    """Whether the engine estimates how strong the noise is, which the file's own scores are told."""
    return any(of["kind"] == "noise-level" for of in entry.get("optional", {}).values())


def main() -> None:
    same = compared()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", type=Path, required=True, help="the native command")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds eval/")
    parser.add_argument("--models", type=Path, default=HERE.parent / "models")
    parser.add_argument("--only", nargs="+", choices=list(same), help="tasks")
    parser.add_argument("--surveys", action="store_true", help="the surveys' networks too")
    args = parser.parse_args()
    entries = json.loads((args.models / "manifest.json").read_text())
    wanted = [entry for entry in entries if args.surveys or "survey" not in entry]
    stated = {entry["file"]: entry["scores"] for entry in wanted if not estimates(entry)}
    file = args.models / "engine.json"
    scores = json.loads(file.read_text()) if file.exists() else {}
    far = []
    for task in args.only or same:
        of_task: dict[str, dict[str, float]] = {}
        for name, protocols in same[task].items():
            for row in measured(args.command, args.models, wanted, task, args.data / "eval" / name):
                score = f"{name} {protocols.get(row['protocol'])}"
                if score in stated.get(row["model"], {}):
                    value = row["after"]["psnr_luma" if "luma" in score else "psnr"]
                    of_task.setdefault(row["model"], {})[score] = round(value, 3)
                    difference = value - rounded(score, stated[row["model"]][score])
                    print(f"{row['model']}: {score}: {value:.3f}, {difference:+.3f} from onnxruntime's", flush=True)
                    if abs(difference) > TOLERANCE:
                        far.append(f"{row['model']}: {score}")
        scores |= of_task
    listed = [entry["file"] for entry in entries if entry["file"] in scores]
    file.write_text(json.dumps({name: scores[name] for name in listed}, indent=1) + "\n")
    if far:
        raise SystemExit(f"further than {TOLERANCE} dB from onnxruntime's: {', '.join(far)}")


if __name__ == "__main__":
    main()
