"""Writes the fixtures that the engine's tests compare with: PyTorch's operators, and whole networks.

    python fixtures.py [--only conv max_pool ...] [--out ../tests/fixtures]

`ops/<operator>.safetensors` and `nets/<net>.safetensors` hold, for every case:
    <case>/model             the bytes of an ONNX file (uint8)
    <case>/in/<name>         an input
    <case>/out/<name>        what the output must be
    <case>/external/<file>   the bytes of a data file that belongs to the ONNX file
A model with several input sizes has `<case>/in@HxW/<name>` and `<case>/out@HxW/<name>` for each.

Deterministic: every case is seeded by its own name.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from cases import FILES
from cases.build import Case
from safetensors.numpy import save_file

LIMITS = {"ops": 2 << 20, "nets": 7 << 19}
HERE = Path(__file__).parent


def tensors(case: Case) -> dict[str, np.ndarray]:
    result = {f"{case.name}/model": np.frombuffer(case.model, np.uint8)}
    for kind, arrays in (("in", case.inputs), ("out", case.outputs)):
        for name, array in arrays.items():
            size, at, plain = name.rpartition("@")
            key = f"{case.name}/{kind}@{size}/{plain}" if at else f"{case.name}/{kind}/{name}"
            result[key] = np.require(array, requirements="C")
    for name, content in case.external.items():
        result[f"{case.name}/external/{name}"] = np.frombuffer(content, np.uint8)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", help="names of files, without folder and ending")
    parser.add_argument("--out", type=Path, default=HERE.parent / "tests" / "fixtures")
    args = parser.parse_args()
    torch.set_num_threads(1)
    for kind, files in FILES.items():
        folder = args.out / kind
        folder.mkdir(parents=True, exist_ok=True)
        for name, make in files.items():
            if args.only and name not in args.only:
                continue
            cases = make()
            if len({c.name for c in cases}) != len(cases):
                raise ValueError(f"{name}: two cases of one name")
            content: dict[str, np.ndarray] = {}
            for case in cases:
                content |= tensors(case)
            path = folder / f"{name}.safetensors"
            save_file(content, path)
            print(f"{kind}/{name}: {len(cases)} cases, {path.stat().st_size} bytes", flush=True)
        total = sum(p.stat().st_size for p in folder.glob("*.safetensors"))
        if total > LIMITS[kind]:
            raise ValueError(f"{kind} takes {total} bytes; at most {LIMITS[kind]} are committed")


if __name__ == "__main__":
    main()
