"""Builds one case: an ONNX file, its inputs, and the outputs that PyTorch gives.

`module` exports a real PyTorch module; `node` writes a single operator whose attributes PyTorch's exporter would never
write, next to the PyTorch function that means the same. Both are checked against onnxruntime.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import onnx
import torch
from export import strip
from onnx import helper, numpy_helper
from torch import Tensor, nn

# What the engine promises to run; a case that needs more is a mistake here.
SHAPE_OPERATORS = [
    "Shape",
    "Gather",
    "Slice",
    "Concat",
    "Squeeze",
    "Unsqueeze",
    "Reshape",
    "Transpose",
    "Expand",
    "Where",
    "Range",
    "ConstantOfShape",
    "Identity",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Cast",
    "Constant",
    "ScatterND",
]
OPERATORS = SHAPE_OPERATORS + [
    "Conv",
    "ConvTranspose",
    "MaxPool",
    "MaxUnpool",
    "AveragePool",
    "GlobalAveragePool",
    "ReduceL2",
    "ReduceMean",
    "ReduceMax",
    "Resize",
    "DepthToSpace",
    "SpaceToDepth",
    "Pad",
    "Split",
    "Relu",
    "LeakyRelu",
    "PRelu",
    "Sigmoid",
    "Tanh",
    "Mish",
    "Softplus",
    "Clip",
    "HardSwish",
    "HardSigmoid",
    "Gelu",
    "Erf",
    "Softmax",
    "LogSoftmax",
    "ArgMax",
    "Gemm",
    "MatMul",
    "BatchNormalization",
    "InstanceNormalization",
    "GroupNormalization",
    "LayerNormalization",
]
# Of the largest magnitude: PyTorch and onnxruntime both sum in float32, in different orders.
TOLERANCE = 2e-5

Arrays = dict[str, np.ndarray]


@dataclass
class Case:
    name: str
    model: bytes
    inputs: Arrays
    outputs: Arrays
    external: dict[str, bytes] = field(default_factory=dict)


def generator(name: str) -> torch.Generator:
    """Seeded by the case's name, so that a new case changes no other."""
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))


def rand(name: str, *shape: int) -> Tensor:
    """Normally distributed: negative values as well."""
    return torch.randn(shape, generator=generator(name))


def randomise(net: nn.Module, name: str) -> nn.Module:
    """Every parameter and running statistic away from its default, at a scale that keeps values near 1."""
    g = generator(name)
    for key, value in [*net.named_parameters(), *net.named_buffers()]:
        if not value.is_floating_point():
            continue
        with torch.no_grad():
            if key.endswith("running_var"):
                value.copy_(0.5 + torch.rand(value.shape, generator=g))
            elif value.dim() > 1:
                value.copy_(torch.randn(value.shape, generator=g) * value[0].numel() ** -0.5)
            elif key.endswith("weight"):
                value.copy_(1 + 0.3 * torch.randn(value.shape, generator=g))
            else:
                value.copy_(0.2 * torch.randn(value.shape, generator=g))
    return net.eval()


def run_onnxruntime(model: bytes, inputs: Arrays, external: dict[str, bytes] | None = None) -> list[np.ndarray]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    if external:
        names, contents = list(external), list(external.values())
        options.add_external_initializers_from_files_in_memory(names, contents, [len(c) for c in contents])
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, inputs)


def differs(actual: np.ndarray, expected: np.ndarray) -> str | None:
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return f"{actual.dtype}{actual.shape} against {expected.dtype}{expected.shape}"
    if expected.dtype != np.float32:
        return None if np.array_equal(actual, expected) else "unequal integers"
    largest = max(float(np.abs(expected).max(initial=0)), 1e-6)
    error = float(np.abs(actual - expected).max(initial=0)) / largest
    return f"by {error:.1e} of the largest value" if not error <= TOLERANCE else None


def checked(case: Case, reference: list[np.ndarray] | None = None) -> Case:
    """reference: instead of onnxruntime's answer, where onnxruntime is known to stray from the standard."""
    model = onnx.load_from_string(case.model)
    foreign = {n.op_type for n in model.graph.node} - set(OPERATORS)
    if foreign:
        raise ValueError(f"case {case.name} needs {', '.join(sorted(foreign))}, which the engine does not promise")
    answers = reference or run_onnxruntime(case.model, case.inputs, case.external)
    for (name, expected), actual in zip(case.outputs.items(), answers, strict=True):
        if problem := differs(actual, expected):
            raise ValueError(f"case {case.name}, output {name}: PyTorch and onnxruntime differ {problem}")
    return case


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The exporters warn of what is meant here: old opsets, the legacy path, fixed sizes."""
    for name in ("onnxscript", "torch.onnx", "onnx_ir"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def export(
    net: nn.Module, inputs: tuple[Tensor, ...], opset: int, legacy: bool, dynamic: dict[int, object] | None
) -> onnx.ModelProto:
    names = [f"x{i}" if len(inputs) > 1 else "x" for i in range(len(inputs))]
    with quiet():
        if legacy:
            file = io.BytesIO()
            axes = {n: {a: f"d{a}" for a in dynamic} for n in names} if dynamic else None
            torch.onnx.export(net, inputs, file, dynamo=False, opset_version=opset, input_names=names, dynamic_axes=axes)
            return onnx.load_from_string(file.getvalue())
        shapes = tuple(dynamic for _ in inputs) if dynamic else None
        program = torch.onnx.export(
            net, inputs, dynamo=True, opset_version=opset, input_names=names, dynamic_shapes=shapes, verbose=False
        )
        return program.model_proto


def module(
    name: str, net: nn.Module, *inputs: Tensor, opset: int = 18, legacy: bool = False,
    dynamic: dict[int, object] | None = None,
) -> Case:  # fmt: skip
    """The module as PyTorch exports it. dynamic: axis to torch.export.Dim, alike for every input."""
    net = randomise(net, name)
    model = strip(export(net, inputs, opset, legacy, dynamic))
    with torch.inference_mode():
        results = net(*inputs)
    results = results if isinstance(results, tuple) else (results,)
    return checked(
        Case(
            name,
            model.SerializeToString(),
            {v.name: x.numpy() for v, x in zip(model.graph.input, inputs, strict=True)},
            {v.name: y.numpy() for v, y in zip(model.graph.output, results, strict=True)},
        )
    )


def value_info(name: str, array: np.ndarray) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)


def unknown(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)


def node(
    name: str, operator: str, inputs: dict[str, Tensor | None], expected: Callable[..., object] | None = None, *,
    constants: tuple[str, ...] = (), opset: int = 18, outputs: int = 1, trusted: bool = True, **attributes: object,
) -> Case:  # fmt: skip
    """One ONNX node. inputs in the operator's order, None where left out; those in `constants` become initializers.

    expected: a PyTorch function of the given inputs; without one, onnxruntime is the reference (no PyTorch equivalent).
    trusted: False where onnxruntime cannot run the case or strays from the standard; `expected` then stands alone.
    """
    arrays = {k: v.contiguous().numpy() for k, v in inputs.items() if v is not None}
    present = [k if v is not None else "" for k, v in inputs.items()]
    results = [f"y{i}" if outputs > 1 else "y" for i in range(outputs)]
    wanted = None
    if expected:
        with torch.inference_mode():
            wanted = expected(*(v for v in inputs.values() if v is not None))
        wanted = [w.contiguous().numpy() for w in (wanted if isinstance(wanted, tuple) else (wanted,))]
    fed = {k: a for k, a in arrays.items() if k not in constants}
    imports = [helper.make_opsetid("", opset)]

    def model(answers: list[np.ndarray] | None) -> bytes:
        graph = helper.make_graph(
            [helper.make_node(operator, present, results, name=operator.lower(), **attributes)],
            name,
            [value_info(k, a) for k, a in fed.items()],
            [value_info(r, answers[i]) if answers else unknown(r) for i, r in enumerate(results)],
            [numpy_helper.from_array(arrays[k], k) for k in constants if k in arrays],
        )
        version = helper.find_min_ir_version_for(imports)
        return helper.make_model(graph, opset_imports=imports, ir_version=version).SerializeToString()

    wanted = wanted or run_onnxruntime(model(None), fed)
    data = model(wanted)
    case = Case(name, data, fed, dict(zip(results, wanted, strict=True)))
    return checked(case, None if trusted else wanted)
