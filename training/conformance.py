"""Writes ONNX's own conformance cases for the supported operators, as fixtures for the engine's tests.

    python conformance.py [--out ../tests/fixtures/conformance]

The format is that of `fixtures.py`. The cases come with the `onnx` package (Apache-2.0), whose
reference implementation made the expected outputs. What has to be known before a run (shapes, axes,
pads) is an input there; here every input but the first is made a constant. Which operators are
supported is read from `docs/operators.md`, which the engine's tests write. Beside the fixtures
stand `conformance.rs`, which builds them into the tests, and `conformance.tsv`: every case of ONNX,
and why it is left out where it is.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases
from safetensors.numpy import save_file

# Operators whose first input has to be known before a run, too.
CONSTANT_ONLY = ("ConstantOfShape", "If", "Range")
# Operators whose further outputs are for training.
TRAINING_OUTPUTS = ("Dropout", "LayerNormalization")

# Outside what the engine does, by the beginning of the case's name.
LEFT_OUT = {
    "averagepool_3d": "three spatial dimensions",
    "convtranspose_3d": "three spatial dimensions",
    "maxpool_3d": "three spatial dimensions",
    "maxpool_2d_uint8": "integer pictures",
    "batchnorm_epsilon_training_mode": "training",
    "batchnorm_example_training_mode": "training",
    "training_dropout": "training",
    "resize_tf_crop_and_resize": "regions of interest",
    "resize_downsample_scales_cubic_align_corners": "fractional sizes, unlike PyTorch and onnxruntime",
    "resize_downsample_scales_linear_align_corners": "fractional sizes, unlike PyTorch and onnxruntime",
    "scatternd_": "reductions",
    "dequantizelinear_blocked": "scales of blocks",
    "quantizelinear_blocked": "scales of blocks",
    "gridsample_volumetric": "three spatial dimensions",
    "spacetodepth_crd": "newer than the supported versions",
}

# As what a test keeps the elements; the engine has every float type as float32, every integer type and bool
# as int64. float16 is left out: the expected values are rounded to it.
KEPT = {"float32": "float32", "float64": "float32", "int64": "int64", "int32": "int32", "uint8": "uint8", "bool": "bool"}
KEPT |= dict.fromkeys(("int8", "int16", "uint16", "uint32"), "int64")
MAX_BYTES = 60_000


def arrays(values) -> list[np.ndarray] | str:
    """The arrays as they are kept, or why they are not."""
    kept = []
    for value in values:
        if not isinstance(value, (np.ndarray, np.generic)):
            return "no tensor"
        array = np.asarray(value)
        if array.dtype.name not in KEPT:
            return f"element type {array.dtype.name}"
        kept.append(np.require(array.astype(KEPT[array.dtype.name]), requirements="C"))
    return kept


def supported() -> set[str]:
    text = (Path(__file__).parent.parent / "docs/operators.md").read_text()
    return set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


def left_out(case, op: str, operators: set[str]) -> str:
    """Why a case is no fixture; empty if it is one."""
    name = case.name.removeprefix("test_")
    if case.model.graph.node[0].domain not in ("", "ai.onnx"):
        return "another domain"
    if missing := {node.op_type for node in case.model.graph.node} - operators:
        return f"operator {min(missing)}"
    for prefix, reason in LEFT_OUT.items():
        if name.startswith(prefix):
            return reason
    if not case.data_sets:
        return "no data"
    for values, kept in zip(case.data_sets[0], (1, None)):
        found = arrays(values)
        if isinstance(found, str):
            return found
        if any(array.nbytes > MAX_BYTES for array in found[:kept]):
            return "large"
        if any(array.nbytes == 0 for array in found[:kept]):
            return "empty"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "tests/fixtures/conformance")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    operators = supported()
    files: dict[str, dict[str, np.ndarray]] = {}
    table = []
    for case in sorted(collect_testcases(None), key=lambda c: c.name):
        name = case.name.removeprefix("test_")
        # Functions written out in other operators come a second time.
        op = case.model.graph.node[0].op_type if len(case.model.graph.node) == 1 else ""
        if "_expanded" in name or not op:
            continue
        reason = left_out(case, op, operators)
        table.append((op, name, reason))
        if reason:
            continue
        inputs, outputs = (arrays(values) for values in case.data_sets[0])
        model = onnx.ModelProto()
        model.CopyFrom(case.model)
        kept = 0 if op in CONSTANT_ONLY else 1
        names = [value.name for value in model.graph.input]
        originals = [np.asarray(value) for value in case.data_sets[0][0]]
        for key, array in list(zip(names, originals, strict=True))[kept:]:
            model.graph.initializer.append(numpy_helper.from_array(array, key))
        del model.graph.input[kept:]
        if op in TRAINING_OUTPUTS:
            del model.graph.output[1:], model.graph.node[0].output[1:]
        for opset in model.opset_import:
            # Nothing has changed for these operators beyond the supported versions.
            opset.version = min(max(opset.version, 11), 25)
        content = files.setdefault(op, {})
        content[f"{name}/model"] = np.frombuffer(model.SerializeToString(), np.uint8)
        for key, array in list(zip(names, inputs, strict=True))[:kept]:
            content[f"{name}/in/{key}"] = array
        for value, array in zip(model.graph.output, outputs):
            content[f"{name}/out/{value.name}"] = array
    for old in args.out.glob("*.safetensors"):
        old.unlink()
    for op, content in sorted(files.items()):
        save_file(content, args.out / f"{op}.safetensors")
    rows = [f'    ("{op}", include_bytes!("{args.out.name}/{op}.safetensors")),' for op in sorted(files)]
    args.out.with_suffix(".rs").write_text("\n".join(["&[", *rows, "]", ""]))
    args.out.with_suffix(".tsv").write_text("".join("\t".join(row) + "\n" for row in sorted(table)))
    print(f"{sum(not reason for *_, reason in table)} of {len(table)} cases of {len(files)} operators")


if __name__ == "__main__":
    main()
