"""Small graphs that people's files contain, as onnxruntime computes them: those in `reported/`, and graphs of the same kinds
written here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from cases.build import Case, rand, run_onnxruntime

FOLDER = Path(__file__).parent / "reported"
FREE = {"batch": 1, "unk__1": 1}


def from_onnxruntime(name: str, model: onnx.ModelProto, scale: float = 1.0) -> Case:
    """The case with random inputs; sizes that the file leaves free are 16."""
    inputs = {}
    initializers = {tensor.name for tensor in model.graph.initializer}
    for info in model.graph.input:
        if info.name not in initializers:
            dims = [d.dim_value or FREE.get(d.dim_param, 16) for d in info.type.tensor_type.shape.dim]
            inputs[info.name] = scale * rand(f"{name} {info.name}", *dims).numpy()
    data = model.SerializeToString()
    names = [info.name for info in model.graph.output]
    return Case(name, data, inputs, dict(zip(names, run_onnxruntime(data, inputs), strict=True)))


def floats(name: str, *shape: int) -> TensorProto:
    return numpy_helper.from_array(rand(name, *shape).numpy() * 0.3, name)


def ints(name: str, values) -> TensorProto:
    return numpy_helper.from_array(np.array(values, np.int64), name)


def graph(
    nodes: list[onnx.NodeProto], constants: list[TensorProto], x: list[int], outputs: list[str] | None = None,
    opset: int = 17, kind: int = TensorProto.FLOAT,
) -> onnx.ModelProto:  # fmt: skip
    results = [helper.make_tensor_value_info(o, kind, None) for o in outputs or ["y"]]
    body = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, x)], results, constants)
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


N = helper.make_node
PICTURE = [1, 8, 12, 16]


def written() -> dict[str, onnx.ModelProto]:
    cases = {}
    scattered = np.stack(np.meshgrid(np.arange(12)[::-1], np.arange(0, 16, 3), indexing="ij"), -1)
    cases["gathernd, reversed rows and every third column"] = graph(
        [N("Transpose", ["x"], ["t"], perm=[2, 3, 0, 1]), N("GatherND", ["t", "i"], ["g"]),
         N("Transpose", ["g"], ["y"], perm=[2, 3, 0, 1])],
        [ints("i", scattered)], PICTURE,
    )  # fmt: skip
    cases["gathernd, single pixels"] = graph(
        [N("Transpose", ["x"], ["t"], perm=[2, 3, 0, 1]), N("GatherND", ["t", "i"], ["y"])],
        [ints("i", [[0, 0], [3, -1], [11, 7], [3, -1]])], PICTURE,
    )  # fmt: skip
    cases["gathernd, with a batch axis"] = graph(
        [N("GatherND", ["x", "i"], ["y"], batch_dims=2)],
        [ints("i", np.random.default_rng(1).integers(0, 12, (1, 8, 5, 1)))], PICTURE,
    )  # fmt: skip
    cases["scatternd, channels"] = graph(
        [N("Transpose", ["x"], ["t"], perm=[1, 0, 2, 3]), N("Slice", ["t", "s", "e"], ["h"]), N("Relu", ["h"], ["r"]),
         N("ScatterND", ["t", "i", "r"], ["u"]), N("Transpose", ["u"], ["y"], perm=[1, 0, 2, 3])],
        [ints("i", [[5], [1], [2]]), ints("s", [0]), ints("e", [3])], PICTURE,
    )  # fmt: skip
    block = np.stack(np.meshgrid([0], np.arange(8), np.arange(2, 6), np.arange(3, 10), indexing="ij"), -1)
    cases["scatternd, a block of pixels"] = graph(
        [N("Slice", ["x", "s", "e", "a"], ["h"]), N("Tanh", ["h"], ["r"]), N("ScatterND", ["x", "i", "r"], ["y"])],
        [ints("i", block), ints("s", [0, 0]), ints("e", [4, 7]), ints("a", [2, 3])], PICTURE,
    )  # fmt: skip
    for equation in ("bchw,bcij->bhwij", "bchw,bchw->bhw", "bchw,bdhw->bcd", "b...w,b...w->b...", "bchw->bwc", "bchw,bchw"):
        cases[f"einsum {equation}"] = graph([N("Einsum", ["x", "x"][: equation.count(",") + 1], ["y"], equation=equation)],
                                            [], [2, 3, 4, 5])  # fmt: skip
    cases["einsum of three"] = graph(
        [N("Einsum", ["x", "a", "b"], ["y"], equation="bchw,cd,dw->bdh")], [floats("a", 8, 6), floats("b", 6, 16)], PICTURE
    )
    cases["einsum of a diagonal"] = graph([N("Einsum", ["x"], ["y"], equation="bchh->bch")], [], [1, 3, 6, 6])
    cases["sin and cos"] = graph(
        [N("Mul", ["x", "s"], ["m"]), N("Sin", ["m"], ["a"]), N("Cos", ["m"], ["b"]), N("Sign", ["x"], ["c"]),
         N("Concat", ["a", "b", "c"], ["y"], axis=1)],
        [numpy_helper.from_array(np.float32(40), "s")], PICTURE,
    )  # fmt: skip
    masks = [
        N("Greater", ["x", "t"], ["g"]), N("Less", ["x", "u"], ["l"]), N("And", ["g", "l"], ["a"]), N("Not", ["a"], ["n"]),
        N("Xor", ["n", "g"], ["e"]), N("Or", ["e", "l"], ["o"]),
    ]  # fmt: skip
    bounds = [numpy_helper.from_array(np.float32(-0.3), "t"), numpy_helper.from_array(np.float32(0.6), "u")]
    cases["masks of a picture"] = graph([*masks, N("Cast", ["o"], ["y"], to=TensorProto.FLOAT)], bounds, PICTURE)
    cases["masks as an output"] = graph([*masks, N("Identity", ["o"], ["y"])], bounds, PICTURE, kind=TensorProto.BOOL)
    cases["where, minus infinity"] = graph(
        [N("Greater", ["x", "t"], ["g"]), N("Where", ["g", "x", "i"], ["w"]), N("Softmax", ["w"], ["y"], axis=-1)],
        [bounds[0], numpy_helper.from_array(np.float32(-np.inf), "i")], PICTURE,
    )  # fmt: skip
    cases["where, both computed, broadcast"] = graph(
        [N("ReduceMean", ["x"], ["m"], axes=[1], keepdims=1), N("GreaterOrEqual", ["m", "t"], ["g"]), N("Exp", ["x"], ["e"]),
         N("Where", ["g", "e", "x"], ["y"])],
        [bounds[0]], PICTURE,
    )  # fmt: skip
    cases["class masks"] = graph(
        [N("ArgMax", ["x"], ["c"], axis=1, keepdims=1), N("Equal", ["c", "k"], ["e"]), N("Cast", ["e"], ["f"], to=1),
         N("Mul", ["x", "f"], ["y"])],
        [ints("k", 3)], PICTURE,
    )  # fmt: skip
    cases["mod"] = graph(
        [N("Mod", ["x", "t"], ["a"], fmod=1), N("Concat", ["a", "x"], ["y"], axis=1)],
        [numpy_helper.from_array(np.float32(0.4), "t")], PICTURE,
    )  # fmt: skip
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            for align in (0, 1):
                cases[f"grid_sample, {mode}, {padding}, align_corners {align}"] = graph(
                    [N("Conv", ["x", "w"], ["o"]), N("Transpose", ["o"], ["g"], perm=[0, 2, 3, 1]),
                     N("GridSample", ["x", "g"], ["y"], mode=mode, padding_mode=padding, align_corners=align)],
                    [floats("w", 2, 8, 1, 1)], PICTURE, opset=16,
                )  # fmt: skip
    cases["topk, least, of rows, with positions"] = graph(
        [N("TopK", ["x", "k"], ["y", "i"], axis=-1, largest=0), N("Cast", ["i"], ["p"], to=1)],
        [ints("k", [5])], PICTURE, outputs=["y", "p"],
    )  # fmt: skip
    cases["cumsum, exclusive and reversed"] = graph(
        [N("CumSum", ["x", "a"], ["y"], exclusive=1, reverse=1)], [ints("a", 2)], PICTURE
    )
    cases["lp normalization, p 1"] = graph([N("LpNormalization", ["x"], ["y"], axis=1, p=1)], [], PICTURE)
    for line in ("Conv", "ConvTranspose"):
        cases[f"{line} along a line"] = graph(
            [N("Reshape", ["x", "s"], ["t"]), N(line, ["t", "w", "b"], ["y"], kernel_shape=[3], strides=[2], pads=[1, 1])],
            [ints("s", [1, 8, -1]), floats("w", 8, 8, 3), floats("b", 8)], PICTURE,
        )  # fmt: skip
    for line in ("MaxPool", "AveragePool"):
        cases[f"{line} along a line"] = graph(
            [N("Reshape", ["x", "s"], ["t"]), N(line, ["t"], ["y"], kernel_shape=[3], strides=[2])],
            [ints("s", [1, 8, -1])], PICTURE,
        )  # fmt: skip
    cases["transposed convolution of one pixel"] = graph(
        [N("GlobalAveragePool", ["x"], ["g"]), N("ConvTranspose", ["g", "w", "b"], ["t"], strides=[2, 2]),
         N("ConvTranspose", ["t", "v"], ["y"], strides=[2, 2], pads=[1, 1, 1, 1])],
        [floats("w", 8, 6, 4, 4), floats("b", 6), floats("v", 6, 3, 4, 4)], PICTURE,
    )  # fmt: skip
    cases["transposed convolution of one pixel, cut, groups"] = graph(
        [N("GlobalAveragePool", ["x"], ["g"]),
         N("ConvTranspose", ["g", "w", "b"], ["y"], strides=[3, 3], pads=[1, 0, 0, 1], output_padding=[1, 2],
           dilations=[2, 1], group=2)],
        [floats("w", 8, 3, 4, 4), floats("b", 6)], PICTURE,
    )  # fmt: skip
    levels = numpy_helper.from_array(np.random.default_rng(2).integers(0, 255, (4, 8, 3, 3)).astype(np.uint8), "w")
    cases["dynamic quantization"] = graph(
        [N("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), N("ConvInteger", ["q", "w", "z", "p"], ["c"], pads=[1, 1, 1, 1]),
         N("Cast", ["c"], ["f"], to=1), N("Mul", ["s", "u"], ["m"]), N("Mul", ["f", "m"], ["y"])],
        [levels, numpy_helper.from_array(np.uint8(120), "p"), numpy_helper.from_array(np.float32(0.01), "u")], PICTURE,
    )  # fmt: skip
    cases["static quantization"] = graph(
        [N("QuantizeLinear", ["x", "s", "z"], ["q"]), N("DequantizeLinear", ["q", "s", "z"], ["d"]),
         N("DequantizeLinear", ["w", "ws", "wz"], ["f"], axis=0), N("Conv", ["d", "f"], ["y"])],
        [numpy_helper.from_array(np.float32(0.02), "s"), numpy_helper.from_array(np.int8(-3), "z"),
         numpy_helper.from_array(np.random.default_rng(3).integers(-128, 127, (4, 8, 3, 3)).astype(np.int8), "w"),
         numpy_helper.from_array(np.linspace(0.001, 0.004, 4, dtype=np.float32), "ws"),
         numpy_helper.from_array(np.zeros(4, np.int8), "wz")], PICTURE,
    )  # fmt: skip
    cases["fourier transform and back"] = graph(
        [N("Reshape", ["x", "s"], ["r"]), N("DFT", ["r"], ["f"], axis=3, onesided=1), N("DFT", ["f"], ["g"], axis=2),
         N("Mul", ["g", "h"], ["m"]), N("DFT", ["m"], ["b"], axis=2, inverse=1), N("ReduceSum", ["b", "a"], ["y"])],
        [ints("s", [1, 8, 12, 16, 1]), floats("h", 1, 8, 1, 1, 1), ints("a", [1])], PICTURE,
    )  # fmt: skip
    cases["tril of attention"] = graph(
        [N("Trilu", ["x"], ["t"], upper=0), N("Trilu", ["t", "k"], ["y"], upper=1)], [ints("k", -3)], PICTURE
    )

    def branch(op: str) -> onnx.GraphProto:
        out = helper.make_tensor_value_info("r", TensorProto.FLOAT, None)
        return helper.make_graph([N(op, ["x"], ["h"]), N("Mul", ["h", "c"], ["r"])], op, [], [out], [floats("c", 1)])

    cases["if on a constant"] = graph(
        [N("If", ["t"], ["y"], then_branch=branch("Relu"), else_branch=branch("Neg"))],
        [numpy_helper.from_array(np.array(False), "t")], PICTURE,
    )  # fmt: skip
    cases["if on a fixed shape"] = graph(
        [N("Shape", ["x"], ["s"]), N("Gather", ["s", "i"], ["d"]), N("Equal", ["d", "e"], ["t"]),
         N("If", ["t"], ["y"], then_branch=branch("Relu"), else_branch=branch("Neg"))],
        [ints("i", 1), ints("e", 8)], PICTURE,
    )  # fmt: skip
    cases["functions of functions"] = functions()
    return cases


def functions() -> onnx.ModelProto:
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("pkg", 1)]
    inner = helper.make_function("pkg", "leak", ["a"], ["b"], [N("LeakyRelu", ["a"], ["t"]), N("Neg", ["t"], ["b"])],
                                 opsets, attributes=["slope"])  # fmt: skip
    inner.node[0].attribute.append(onnx.AttributeProto(name="alpha", type=1, ref_attr_name="slope"))
    outer = helper.make_function(
        "pkg", "twice", ["a", "b"], ["c", "a_again"],
        [N("leak", ["a"], ["t"], domain="pkg", slope=0.2), N("leak", ["t"], ["u"], domain="pkg", slope=0.7),
         N("Add", ["u", "b"], ["c"]), N("Identity", ["a"], ["a_again"])], opsets,
    )  # fmt: skip
    body = helper.make_graph(
        [N("twice", ["x", "x"], ["t", "same"], domain="pkg"), N("twice", ["t", "same"], ["y", ""], domain="pkg")], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, PICTURE)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    )  # fmt: skip
    return helper.make_model(body, opset_imports=opsets, functions=[inner, outer], ir_version=8)


def reported() -> list[Case]:
    files = {path.stem: onnx.load(path) for path in sorted(FOLDER.glob("*.onnx"))}
    return [from_onnxruntime(name, model) for name, model in {**files, **written()}.items()]
