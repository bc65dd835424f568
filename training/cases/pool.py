"""MaxPool, MaxUnpool, AveragePool, GlobalAveragePool, ReduceMean, ReduceMax."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.build import Case, module, node, rand
from cases.conv import same_pads


def plane_to_tensor(indices: Tensor, shape: torch.Size, column_major: bool = False) -> Tensor:
    """PyTorch counts within a plane, ONNX within the whole tensor."""
    height, width = shape[2:]
    if column_major:
        indices = indices % width * height + indices // width
    planes = torch.arange(shape[0] * shape[1]).view(shape[0], shape[1], 1, 1)
    return indices + planes * height * width


def max_pool() -> list[Case]:
    cases = []

    def add(name: str, shape: tuple[int, ...], kernel: object, legacy=False, opset=18, **more):
        cases.append(module(name, nn.MaxPool2d(kernel, **more), rand(name, *shape), legacy=legacy, opset=opset))

    for side in range(2, 18, 3):
        add(f"2x2, {side}x{19 - side}", (1, 3, side, 19 - side), 2, legacy=True, opset=11 + side % 8)
    add("2x2, batch 2", (2, 3, 6, 4), 2, opset=22)
    add("3x3 stride 2 pad 1", (1, 5, 9, 8), 3, stride=2, padding=1)
    add("3x3 stride 1 pad 1", (1, 2, 5, 7), 3, stride=1, padding=1, opset=19)
    add("3x3 stride 2, ceil_mode", (1, 2, 8, 6), 3, stride=2, ceil_mode=True)
    add("2x2, ceil_mode, odd", (1, 3, 7, 5), 2, ceil_mode=True, opset=20)
    # The last window would start in the padding: PyTorch leaves it out.
    add("2x2 stride 3 pad 1, ceil_mode", (1, 2, 6, 7), 2, stride=3, padding=1, ceil_mode=True)
    add("3x3 dilation 2", (1, 2, 9, 8), 3, stride=1, dilation=2)
    add("3x2 dilation 1 by 3, stride 2 by 1, pad 1", (1, 2, 8, 9), (3, 2), stride=(2, 1), dilation=(1, 3), padding=1)
    add("5x5 stride 1 pad 2", (1, 2, 6, 6), 5, stride=1, padding=2)
    add("1x1", (1, 2, 3, 4), 1)

    for name, shape, kernel, stride, pads in (
        ("indices 2x2", (2, 3, 6, 8), 2, 2, 0),
        ("indices 3x3 stride 2 pad 1", (1, 3, 7, 8), 3, 2, 1),
        ("indices 3x3 stride 1", (2, 2, 5, 4), 3, 1, 0),
    ):
        for column_major in (False, True):
            x = rand(name, *shape)

            def pooled(x: Tensor) -> tuple[Tensor, Tensor]:
                y, indices = F.max_pool2d(x, kernel, stride, pads, return_indices=True)
                return y, plane_to_tensor(indices, x.shape, column_major)

            cases.append(
                node(
                    name + (", storage_order 1" if column_major else ""), "MaxPool", {"x": x}, pooled, outputs=2,
                    kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pads] * 4, storage_order=int(column_major),
                    opset=12,
                )
            )  # fmt: skip
    tied = torch.tensor([[1.0, 1, -2, -2, 0, 0], [1, 1, -2, -2, 0, 0], [3, 0, 0, 3, 5, 5], [0, 3, 3, 0, 5, 5]])
    cases.append(
        node(
            "indices of ties: the first wins", "MaxPool", {"x": tied.view(1, 1, 4, 6)},
            lambda x: F.max_pool2d(x, 2, return_indices=True), outputs=2, kernel_shape=[2, 2], strides=[2, 2],
        )
    )  # fmt: skip
    x = rand("auto", 1, 2, 7, 8)
    for auto in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        for kernel, stride in (((3, 3), 2), ((2, 4), 1)):
            pads = [0, 0, 0, 0] if auto == "VALID" else same_pads((7, 8), kernel, stride, 1, auto == "SAME_UPPER")
            cases.append(
                node(
                    f"auto_pad {auto}, {kernel[0]}x{kernel[1]} stride {stride}", "MaxPool", {"x": x},
                    lambda x: F.max_pool2d(F.pad(x, pads, value=float("-inf")), kernel, stride),
                    kernel_shape=kernel, strides=[stride] * 2, auto_pad=auto, opset=11,
                )
            )  # fmt: skip
    cases.append(
        node(
            "pads 1 0 0 2", "MaxPool", {"x": x},
            lambda x: F.max_pool2d(F.pad(x, (0, 2, 1, 0), value=float("-inf")), 3, 2),
            kernel_shape=[3, 3], strides=[2, 2], pads=[1, 0, 0, 2],
        )
    )  # fmt: skip
    return cases


class PoolAndUnpool(nn.Module):
    """What SegNet does: the maxima, changed by a convolution, back at their places."""

    def __init__(self, channels: int, kernel: int, stride: int | None = None, padding: int = 0):
        super().__init__()
        self.pool = nn.MaxPool2d(kernel, stride, padding, return_indices=True)
        self.conv = nn.Conv2d(channels, channels, 1)
        self.unpool = nn.MaxUnpool2d(kernel, stride, padding)

    def forward(self, x: Tensor) -> Tensor:
        y, indices = self.pool(x)
        return self.unpool(self.conv(y), indices, output_size=x.shape[2:])


class UnpoolElsewhere(nn.Module):
    """Overlapping windows, unpooled as if they were those of 2x2."""

    def forward(self, x: Tensor) -> Tensor:
        y, indices = F.max_pool2d(x, 3, 2, 1, return_indices=True)
        return F.max_unpool2d(y, indices, 2, 2)


def max_unpool() -> list[Case]:
    n, h, w = (torch.export.Dim(d) for d in "nhw")
    cases = [
        module("pool and unpool, fixed size", PoolAndUnpool(3, 2), rand("a", 1, 3, 6, 8)),
        module("pool and unpool, fixed size, batch 2", PoolAndUnpool(3, 2), rand("b", 2, 3, 4, 6), opset=21),
        module(
            "pool and unpool, dynamic size", PoolAndUnpool(4, 2), rand("c", 2, 4, 8, 6),
            dynamic={0: n, 2: 2 * h, 3: 2 * w},
        ),
        module("pool of overlapping windows, unpool of others", UnpoolElsewhere(), rand("e", 1, 3, 8, 8)),
        module("pool and unpool, odd size", PoolAndUnpool(2, 2), rand("d", 1, 2, 7, 5)),
    ]  # fmt: skip

    def unpooled(name: str, shape: tuple[int, ...], kernel: int, size: list[int] | None, **attributes: object) -> None:
        x = rand(name, *shape)
        y, indices = F.max_pool2d(x, kernel, return_indices=True)
        flat = plane_to_tensor(indices, x.shape)
        inputs: dict[str, Tensor | None] = {"x": y, "i": flat}
        if size:
            inputs["size"] = torch.tensor(size)
        cases.append(
            node(
                name, "MaxUnpool", inputs,
                lambda y, *_: F.max_unpool2d(y, indices, kernel, output_size=size[2:] if size else None),
                constants=("size",), kernel_shape=[kernel] * 2, strides=[kernel] * 2, opset=11, **attributes,
            )
        )  # fmt: skip

    unpooled("2x2", (2, 3, 6, 8), 2, None)
    unpooled("3x3", (1, 2, 6, 9), 3, None)
    unpooled("2x2, output_shape of the pooled picture", (1, 2, 6, 8), 2, [1, 2, 6, 8])
    return cases


def average_pool() -> list[Case]:
    cases = []

    def add(name: str, shape: tuple[int, ...], kernel: object, legacy=False, opset=18, **more):
        cases.append(module(name, nn.AvgPool2d(kernel, **more), rand(name, *shape), legacy=legacy, opset=opset))

    add("2x2", (1, 3, 6, 8), 2, legacy=True, opset=11)
    add("2x2, odd, batch 2", (2, 3, 7, 5), 2, opset=22)
    add("3x3 stride 2 pad 1, padding counted", (1, 2, 7, 8), 3, stride=2, padding=1)
    add("3x3 stride 1 pad 1, padding not counted", (1, 2, 5, 6), 3, stride=1, padding=1, count_include_pad=False)
    add("3x2 stride 2 by 1", (1, 2, 6, 5), (3, 2), stride=(2, 1), legacy=True, opset=13)
    add("2x2, ceil_mode, odd", (1, 2, 7, 5), 2, ceil_mode=True, count_include_pad=False, opset=19)
    add("3x3 stride 2 pad 1, ceil_mode, not counted", (1, 2, 6, 8), 3, stride=2, padding=1, ceil_mode=True,
        count_include_pad=False, opset=20)  # fmt: skip
    x = rand("auto", 1, 2, 7, 8)
    ones = torch.ones(1, 1, 7, 8)
    for auto in ("SAME_UPPER", "SAME_LOWER"):
        pads = same_pads((7, 8), (3, 3), 2, 1, auto == "SAME_UPPER")

        def mean(x: Tensor) -> Tensor:
            return F.avg_pool2d(F.pad(x, pads), 3, 2) / F.avg_pool2d(F.pad(ones, pads), 3, 2)

        cases.append(
            node(f"auto_pad {auto}", "AveragePool", {"x": x}, mean, kernel_shape=[3, 3], strides=[2, 2], auto_pad=auto)
        )
    cases.append(
        node(
            "pads 1 0 0 2, counted", "AveragePool", {"x": x}, lambda x: F.avg_pool2d(F.pad(x, (0, 2, 1, 0)), 3, 1),
            kernel_shape=[3, 3], pads=[1, 0, 0, 2], count_include_pad=1, opset=11,
        )
    )  # fmt: skip
    cases.append(
        node(
            "dilation 2", "AveragePool", {"x": x},
            lambda x: F.conv2d(x, torch.full((2, 1, 2, 2), 0.25), dilation=2, groups=2),
            kernel_shape=[2, 2], dilations=[2, 2], opset=19,
        )
    )  # fmt: skip
    return cases


def global_average_pool() -> list[Case]:
    return [
        node("odd", "GlobalAveragePool", {"x": rand("a", 1, 5, 7, 3)}, lambda x: x.mean((2, 3), keepdim=True)),
        node("batch 2", "GlobalAveragePool", {"x": rand("b", 2, 3, 1, 17)}, lambda x: x.mean((2, 3), keepdim=True)),
        module("nn.AdaptiveAvgPool2d(1)", nn.AdaptiveAvgPool2d(1), rand("c", 2, 4, 6, 5)),
        module("nn.AdaptiveAvgPool2d(1), legacy", nn.AdaptiveAvgPool2d(1), rand("d", 1, 4, 6, 5), legacy=True, opset=14),
    ]


def reduce(operator: str, function) -> list[Case]:
    cases, x = [], rand(operator, 2, 3, 5, 4)
    for axes, keep in (([2, 3], 1), ([1], 1), ([-1], 0), ([0, 2], 0), ([-2, -1], 1), ([0, 1, 2, 3], 1)):
        name = f"axes {' '.join(map(str, axes))}, keepdims {keep}"

        def result(x: Tensor, *_: Tensor) -> Tensor:
            return function(x, axes, bool(keep))

        cases.append(node(name + ", attribute", operator, {"x": x}, result, axes=axes, keepdims=keep, opset=13))
        axes_input = {"x": x, "axes": torch.tensor(axes)}
        cases.append(node(name + ", input", operator, axes_input, result, constants=("axes",), keepdims=keep, opset=18))
    everything = list(range(4))
    cases.append(node("no axes, attribute", operator, {"x": x}, lambda x: function(x, everything, True), opset=11))
    cases.append(node("no axes, input", operator, {"x": x}, lambda x: function(x, everything, False), keepdims=0))
    cases.append(
        node("no axes, noop_with_empty_axes", operator, {"x": x}, lambda x: x.clone(), noop_with_empty_axes=1, opset=20)
    )
    return cases


def reduce_mean() -> list[Case]:
    class Mean(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.mean(dim=(2, 3), keepdim=True)

    return [
        *reduce("ReduceMean", lambda x, axes, keep: x.mean(axes, keepdim=keep)),
        module("torch.mean", Mean(), rand("mean", 1, 4, 7, 6), opset=21),
        module("torch.mean, legacy", Mean(), rand("mean", 1, 4, 7, 6), legacy=True, opset=12),
    ]


def reduce_max() -> list[Case]:
    class Max(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.amax(dim=1, keepdim=True)

    return [
        *reduce("ReduceMax", lambda x, axes, keep: x.amax(axes, keepdim=keep)),
        module("torch.amax", Max(), rand("amax", 1, 4, 7, 6)),
        module("torch.amax, legacy", Max(), rand("amax", 1, 4, 7, 6), legacy=True, opset=16),
    ]
