"""Writes ONNX's own conformance cases for the supported operators, as fixtures for the engine's tests.

    python conformance.py [--out ../tests/fixtures/conformance]

The format is that of `fixtures.py`. The cases come with the `onnx` package (Apache-2.0), whose
reference implementation made the expected outputs. What has to be known before a run (shapes, axes,
pads) is an input there; here every input but the first is made a constant.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases
from safetensors.numpy import save_file

OPERATORS = (
    "ArgMax AveragePool BatchNormalization Add Sub Mul Div Pow Min Max Sum Mod Equal Less LessOrEqual Greater "
    "GreaterOrEqual And Or Xor Not Cast Clip Concat ConstantOfShape Constant Conv ConvTranspose DepthToSpace Expand "
    "Gather Gemm GlobalAveragePool GlobalMaxPool GroupNormalization InstanceNormalization LayerNormalization MatMul "
    "MaxPool MaxUnpool PRelu Pad Range ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum "
    "Reshape Flatten Squeeze Unsqueeze Dropout Resize ScatterND Shape Size Slice Softmax LogSoftmax SpaceToDepth Split Tile Transpose Where Identity "
    "Relu LeakyRelu Sigmoid Tanh HardSwish HardSigmoid Gelu Erf Swish Mish Celu Elu Selu "
    "Softplus Exp Log Sqrt Reciprocal Abs Neg Floor Ceil Round"
).split()

# Outside what the engine does, by the beginning of the case's name.
LEFT_OUT = {
    "averagepool_1d": "one spatial dimension",
    "averagepool_3d": "three spatial dimensions",
    "convtranspose_1d": "one spatial dimension",
    "convtranspose_3d": "three spatial dimensions",
    "maxpool_1d": "one spatial dimension",
    "maxpool_3d": "three spatial dimensions",
    "maxpool_2d_uint8": "integer pictures",
    "batchnorm_epsilon_training_mode": "training",
    "batchnorm_example_training_mode": "training",
    "training_dropout": "training",
    "resize_tf_crop_and_resize": "regions of interest",
    "resize_downsample_scales_cubic_align_corners": "fractional sizes, unlike PyTorch and onnxruntime",
    "resize_downsample_scales_linear_align_corners": "fractional sizes, unlike PyTorch and onnxruntime",
    "scatternd_": "reductions",
    "spacetodepth_crd": "newer than the supported versions",
}

# What the engine keeps exactly; float16 and float64 become float32, and are tested by the loader's tests.
TYPES = {np.dtype(t) for t in ("float32", "int64", "int32", "uint8", "bool")}
MAX_BYTES = 60_000


def arrays(values) -> list[np.ndarray] | None:
    if not all(isinstance(v, (np.ndarray, np.generic)) and np.asarray(v).dtype in TYPES for v in values):
        return None
    return [np.require(np.asarray(v), requirements="C") for v in values]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "tests/fixtures/conformance")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    files: dict[str, dict[str, np.ndarray]] = {}
    for case in sorted(collect_testcases(None), key=lambda c: c.name):
        nodes = case.model.graph.node
        op = nodes[0].op_type if len(nodes) == 1 else ""
        if op not in OPERATORS or case.name.endswith("_expanded") or not case.data_sets:
            continue
        name = case.name.removeprefix("test_")
        if any(name.startswith(prefix) for prefix in LEFT_OUT):
            continue
        inputs, outputs = (arrays(values) for values in case.data_sets[0])
        if inputs is None or outputs is None or not all(0 < a.nbytes < MAX_BYTES for a in inputs[:1] + outputs):
            continue
        model = onnx.ModelProto()
        model.CopyFrom(case.model)
        kept = 0 if op in ("ConstantOfShape", "Range") else 1
        names = [value.name for value in model.graph.input]
        for key, array in list(zip(names, inputs, strict=True))[kept:]:
            model.graph.initializer.append(numpy_helper.from_array(array, key))
        del model.graph.input[kept:]
        if op in ("Dropout", "LayerNormalization"):
            # Outputs for training.
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
    for op, content in sorted(files.items()):
        save_file(content, args.out / f"{op}.safetensors")
        print(f"{op}: {sum(key.endswith('/model') for key in content)} cases")


if __name__ == "__main__":
    main()
