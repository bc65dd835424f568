"""Networks that keep their channels last, in the forms in which tf2onnx and Keras write them; onnxruntime answers."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from cases.build import Case, rand, run_onnxruntime

TO_FIRST, TO_LAST = [0, 3, 1, 2], [0, 2, 3, 1]
UNKNOWN = ("unk__1", "unk__2", "unk__3")


class Net:
    """A graph under construction; every method appends nodes and gives the name of the result."""

    def __init__(self, name: str):
        self.name, self.nodes, self.weights = name, [], []

    def constant(self, values: object, dtype: type = np.float32) -> str:
        name = f"const_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes: object) -> str:
        names = [f"{kind.lower()}_{len(self.nodes)}" + (f":{i}" if i else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names[0]

    def first(self, x: str) -> str:
        return self.op("Transpose", x, perm=TO_FIRST)

    def last(self, x: str) -> str:
        return self.op("Transpose", x, perm=TO_LAST)

    def random(self, *shape: int) -> np.ndarray:
        scale = np.prod(shape[1:]) ** -0.5 if len(shape) > 1 else 0.2
        return rand(f"{self.name} {len(self.weights)}", *shape).numpy() * scale

    def conv(self, x: str, inputs: int, outputs: int, kernel: int = 3, **attributes: object) -> str:
        weights = (self.constant(self.random(outputs, inputs, kernel, kernel)), self.constant(self.random(outputs)))
        attributes = attributes or {"auto_pad": "SAME_UPPER"}
        return self.op("Conv", x, *weights, kernel_shape=[kernel] * 2, **attributes)

    def up(self, x: str, inputs: int, outputs: int) -> str:
        weights = (self.constant(self.random(inputs, outputs, 2, 2)), self.constant(self.random(outputs)))
        return self.op("ConvTranspose", x, *weights, kernel_shape=[2, 2], strides=[2, 2])

    def pool(self, x: str) -> str:
        return self.op("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])

    def case(self, shape: tuple[object, ...], output: str, made: tuple[object, ...], sizes: list[tuple[int, ...]]) -> Case:
        value = helper.make_tensor_value_info
        self.nodes.append(helper.make_node("Identity", [output], ["y"], name="output"))
        graph = helper.make_graph(
            self.nodes, self.name, [value("x", TensorProto.FLOAT, shape)], [value("y", TensorProto.FLOAT, made)],
            self.weights,
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
        model.producer_name = "tf2onnx"
        onnx.checker.check_model(model, full_check=True)
        data = model.SerializeToString()
        inputs, outputs = {}, {}
        for i, size in enumerate(sizes):
            # Bytes of a picture, so that it can go in as one.
            levels = np.random.default_rng(len(self.name) + i).integers(0, 256, size)
            x = (levels / 255).astype(np.float32)
            tag = "x".join(map(str, size)) + "@"
            inputs[tag + "x"], outputs[tag + "y"] = x, run_onnxruntime(data, {"x": x})[0]
        return Case(self.name, data, inputs, outputs)


def unet(net: Net, x: str, inputs: int, outputs: int) -> str:
    """Of N×C×H×W."""
    a = net.op("Relu", net.conv(x, inputs, 8))
    b = net.op("Relu", net.conv(net.pool(a), 8, 12))
    return net.conv(net.op("Concat", net.up(b, 12, 8), a, axis=1), 16, outputs)


def free() -> Case:
    net = Net("free size, transposed at both ends")
    y = net.op("Sigmoid", net.last(unet(net, net.first("x"), 3, 3)))
    return net.case((*UNKNOWN, 3), y, (*UNKNOWN, 3), [(1, 16, 24, 3), (1, 32, 20, 3)])


def fixed() -> Case:
    net = Net("fixed size and batch, scaled before the transposition")
    x = net.op("Sub", net.op("Mul", "x", net.constant(2.0)), net.constant([0.9, 1.0, 1.1]))
    y = net.last(net.op("Tanh", unet(net, net.first(x), 3, 3)))
    return net.case((1, 16, 24, 3), y, (1, 16, 24, 3), [(1, 16, 24, 3)])


def gray() -> Case:
    net = Net("gray, reshaped instead of transposed")
    shape = net.op("Shape", "x")
    n, h, w = (net.op("Slice", shape, *(net.constant([at], np.int64) for at in (i, i + 1))) for i in range(3))
    one = net.constant([1], np.int64)
    y = net.op("Sigmoid", unet(net, net.op("Reshape", "x", net.op("Concat", n, one, h, w, axis=0)), 1, 1))
    y = net.op("Reshape", y, net.op("Concat", n, h, w, one, axis=0))
    return net.case((*UNKNOWN, 1), y, (None, None, None, None), [(1, 16, 24, 1), (1, 20, 12, 1)])


def fixed_gray() -> Case:
    net = Net("gray, of fixed size, reshaped")
    x = net.op("Reshape", "x", net.constant([-1, 1, 16, 16], np.int64))
    y = net.op("Reshape", unet(net, x, 1, 1), net.constant([-1, 16, 16, 1], np.int64))
    return net.case(("batch", 16, 16, 1), y, ("batch", 16, 16, 1), [(1, 16, 16, 1)])


def unnamed() -> Case:
    net = Net("no dimension is known")
    y = net.last(unet(net, net.first(net.op("Cast", "x", to=TensorProto.FLOAT)), 3, 3))
    return net.case((None,) * 4, y, (None,) * 4, [(1, 16, 24, 3)])


def residual() -> Case:
    net = Net("added to its input, and clipped")
    y = net.op("Add", "x", net.last(unet(net, net.first("x"), 3, 3)))
    y = net.op("Clip", y, net.constant(0.0), net.constant(1.0))
    return net.case((*UNKNOWN, 3), y, (*UNKNOWN, 3), [(1, 16, 24, 3)])


def layers() -> Case:
    """As Keras on PyTorch or JAX writes it: every layer turns its input and its output."""
    net = Net("every layer transposed, normalisation spelt out")
    x, skips, channels = "x", [], 3
    for width in (8, 8):
        x = net.last(net.conv(net.first(x), channels, width))
        x = net.op("Mul", net.op("Sub", x, net.constant(net.random(width))), net.constant(1 + net.random(width)))
        x = net.op("PRelu", x, net.constant(net.random(1, 1, width)))
        skips.append(x)
        channels = width
    x = net.op("Concat", *skips, axis=-1)
    padded = net.op("Pad", x, net.constant([0, 1, 1, 0, 0, 1, 1, 0], np.int64), mode="reflect")
    x = net.last(net.conv(net.first(padded), 16, 6, pads=[0, 0, 0, 0]))
    halves = net.op("Split", x, outputs=2, axis=3)
    x = net.op("Mul", halves, net.op("Sigmoid", halves + ":1"))
    scales = net.constant([1, 2, 2, 1])
    x = net.op("Resize", x, "", scales, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    cut = [net.constant(values, np.int64) for values in ([1, 1], [-1, -1], [1, 2])]
    return net.case((*UNKNOWN, 3), net.op("Slice", x, *cut), (None, None, None, 3), [(1, 12, 20, 3), (1, 9, 14, 3)])


def squeezed() -> Case:
    net = Net("channel attention and dense layers")
    x = net.last(net.op("Relu", net.conv(net.first("x"), 3, 8)))
    mean = net.op("ReduceMean", x, axes=[1, 2], keepdims=1)
    weight = net.op("Sigmoid", net.op("MatMul", mean, net.constant(net.random(8, 8))))
    x = net.op("MatMul", net.op("Mul", x, weight), net.constant(net.random(8, 3)))
    most = net.op("ReduceMax", x, axes=[3], keepdims=1)
    return net.case((*UNKNOWN, 3), net.op("Sub", x, most), (*UNKNOWN, 3), [(1, 12, 20, 3)])


def classes() -> Case:
    net = Net("classes by softmax along the last axis")
    y = net.op("Softmax", net.last(unet(net, net.first("x"), 3, 5)), axis=-1)
    return net.case((*UNKNOWN, 3), y, (*UNKNOWN, 5), [(1, 16, 24, 3)])


def mixed() -> Case:
    net = Net("channels last in, first out")
    y = unet(net, net.first("x"), 3, 3)
    return net.case((*UNKNOWN, 3), y, ("unk__1", 3, "unk__2", "unk__3"), [(1, 16, 24, 3)])


def resized() -> Case:
    net = Net("bilinear upsampling of what has channels last")
    x = net.last(net.pool(net.op("Relu", net.conv(net.first("x"), 3, 3))))
    x = net.op("Resize", x, "", net.constant([1, 2, 2, 1]), mode="linear", coordinate_transformation_mode="half_pixel")
    return net.case((*UNKNOWN, 3), x, (*UNKNOWN, 3), [(1, 16, 24, 3)])


def channels_last() -> list[Case]:
    forms = (free, fixed, gray, fixed_gray, unnamed, residual, layers, squeezed, classes, mixed, resized)
    return [form() for form in forms]
