"""Scores an ONNX file on its task's evaluation sets, with seeded noise: what the model card states.

python evaluate.py ../models/denoise-bilinear.onnx --data ../../shared/data
"""

from __future__ import annotations

import argparse
from pathlib import Path

from config import of_network, read_config
from scoring import onnx_network, padded
from tasks import task_of
from weights import facts

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds restore/, color/, segment/, eval/")
    parser.add_argument("--multiple", type=int, default=16, help="of height and width, that the network needs")
    args = parser.parse_args()
    for path in args.models:
        told = facts(path)
        if "task" not in told:
            parser.error(f"{path} does not say what its task is (metadata_props)")
        # A variant or a survey's network may be scored in its own way.
        variant = "survey" if "survey" in told else told.get("variant", "")
        names = ["-".join(filter(None, [told["task"], variant])), told["task"]]
        config = next(path for path in (HERE / f"{name}.toml" for name in names) if path.exists())
        task = task_of(of_network(read_config(config), told.get("design", "")), args.data)
        for name, value in task.report(padded(onnx_network(path), args.multiple)).items():
            print(f"{path.stem}: {name}: {value:.3f}", flush=True)


if __name__ == "__main__":
    main()
