"""Takes the weights out of the networks that training/bench_nets.py writes, and notes their sizes and
standard deviations: the benchmark draws random ones alike, which keeps the files small.

    python training/bench_nets.py FOLDER && python benches/web/nets.py FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

OUT = Path(__file__).parent / "nets"


# Smaller tensors stay: some are scales, which shape inference reads.
SMALLEST = 16


def strip(model: onnx.ModelProto) -> list[tuple[int, float]]:
    """Makes the large float initializers refer to one external file; returns (elements, deviation) of each."""
    weights, offset = [], 0
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALLEST:
            continue
        weights.append((values.size, float(f"{values.std():.4g}")))
        tensor.ClearField("raw_data")
        tensor.ClearField("float_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", "weights"), ("offset", offset), ("length", values.nbytes)):
            tensor.external_data.add(key=key, value=str(value))
        offset += values.nbytes
    return weights


def main() -> None:
    nets = {}
    OUT.mkdir(exist_ok=True)
    for path in sorted(Path(sys.argv[1]).glob("*.onnx")):
        model = onnx.load(path)
        nets[path.stem] = strip(model)
        (OUT / path.name).write_bytes(model.SerializeToString())
    (OUT / "weights.json").write_text(
        "{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(weights)}" for name, weights in nets.items()) + "\n}\n"
    )


if __name__ == "__main__":
    main()
