"""Trains and exports every task: the shared run of a configuration's strategies, then each strategy alone; and what the
page shows of training itself.

    python zoo.py --data ../../shared/data [--hours 30] [--only denoise colorize]

Stopped and started again, it goes on where it was. `--hours` scales the configurations' minutes, all alike; what the page shows
of training is small and beside them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from config import read_config
from manifest import write_manifest

HERE = Path(__file__).parent
MODELS = HERE.parent / "models"


def refined(config: dict) -> list[str]:
    """The strategies that shared a run and are trained on alone after it."""
    return config["strategies"] if "fine_tune" in config["training"] else []


def total(config: dict) -> float:
    """Minutes of the shared run and of refining each strategy, for a share of its steps."""
    training = config["training"]
    return training.get("minutes", 0) * (1 + training.get("fine_tune", 0) * len(refined(config)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--hours", type=float, help="of training in all; default: the configurations' minutes")
    parser.add_argument("--only", nargs="+", help="names of tasks")
    parser.add_argument("rest", nargs="*", help="passed on to train.py, after --")
    args = parser.parse_args()
    configs = {path.stem: read_config(path) for path in sorted(HERE.glob("*.toml"))}
    trainable = {n: c for n, c in configs.items() if {"minutes", "steps"} & c.get("training", {}).keys()}
    usual = [n for n, c in trainable.items() if "minutes" in c["training"]]
    chosen = {n: trainable[n] for n in args.only or usual if n in trainable}
    if unknown := set(args.only or ()) - set(chosen):
        parser.error(f"unknown tasks {', '.join(sorted(unknown))}")
    factor = 60 * args.hours / sum(map(total, chosen.values())) if args.hours else 1.0

    def call(script: str, name: str, *more: str) -> None:
        command = [sys.executable, str(HERE / script), str(HERE / f"{name}.toml"), "--data", str(args.data), *more]
        subprocess.run(command, check=True)

    for name, config in chosen.items():
        minutes = config["training"].get("minutes")
        call("train.py", name, *(["--budget-minutes", str(factor * minutes)] if minutes else []), *args.rest)
        for strategy in refined(config):
            call("train.py", name, "--fine-tune", strategy, *args.rest)
        call("export.py", name)
    if not args.only:
        scripts = ["seeds.py"] if (MODELS / "learning" / "curve.json").exists() else ["learning.py", "seeds.py"]
        for script in scripts:
            subprocess.run([sys.executable, str(HERE / script), "--data", str(args.data)], check=True)
        write_manifest(MODELS)


if __name__ == "__main__":
    main()
