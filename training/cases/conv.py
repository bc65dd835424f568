"""Conv and ConvTranspose."""

from __future__ import annotations

import itertools

from torch import Tensor, nn
from torch.nn import functional as F

from cases.build import Case, module, node, rand


def same_pads(sides: tuple[int, int], kernel: tuple[int, int], stride: int, dilation: int, upper: bool) -> list[int]:
    """ONNX's SAME: the output is ceil(side / stride); an odd pixel of padding goes to the end if `upper`."""
    pads = []
    for side, k in zip(reversed(sides), reversed(kernel)):
        total = max(0, (-(-side // stride) - 1) * stride + dilation * (k - 1) + 1 - side)
        small, large = total // 2, total - total // 2
        pads += [small, large] if upper else [large, small]
    return pads


def conv() -> list[Case]:
    cases = []

    def add(name: str, inputs: int, outputs: int, shape: tuple[int, ...], kernel: object, legacy=False, opset=18, **more):
        net = nn.Conv2d(inputs, outputs, kernel, **more)
        cases.append(module(name, net, rand(name, shape[0], inputs, *shape[1:]), legacy=legacy, opset=opset))

    # Every side from 1 to 17 with the kernel that carries most networks, at channel counts beside multiples of 4.
    channels = (1, 2, 3, 4, 5, 7, 8, 9, 12, 16)
    for side in range(1, 18):
        other = (side * 7) % 17 + 1
        inputs, outputs = channels[side % 10], channels[(side * 3 + 1) % 10]
        name = f"3x3 pad 1, {inputs} to {outputs}, {side}x{other}"
        add(name, inputs, outputs, (1, side, other), 3, padding=1, legacy=True, opset=11 + side % 8)
    add("3x3 pad 1, batch 2", 5, 6, (2, 9, 7), 3, padding=1)
    add("3x3 pad 1, 24 to 20", 24, 20, (1, 12, 13), 3, padding=1, opset=21)
    add("3x3 no bias", 4, 5, (1, 8, 6), 3, padding=1, bias=False, opset=19)
    add("3x3 unpadded", 3, 4, (1, 5, 9), 3, opset=20)
    add("3x3 unpadded, output 1x1", 3, 4, (1, 3, 3), 3)
    for kernel in (1, 2, 4, 5, 6, 7):
        add(f"{kernel}x{kernel} pad {kernel // 2}", 3, 5, (1, 8, 11), kernel, padding=kernel // 2, opset=18 + kernel % 6)
    add("1x1, 16 to 12, batch 2", 16, 12, (2, 5, 3), 1, legacy=True, opset=13)
    add("1x1 stride 2", 4, 6, (1, 7, 6), 1, stride=2)
    add("1x7 and 7x1 sides", 2, 3, (1, 4, 9), (1, 7), padding=(0, 3))
    add("7x1", 2, 3, (1, 9, 4), (7, 1), padding=(3, 0))
    add("3x5 pad 2 by 1", 3, 2, (1, 7, 7), (3, 5), padding=(2, 1))
    add("3x3 stride 2 pad 1, even", 4, 4, (1, 8, 8), 3, stride=2, padding=1)
    add("3x3 stride 2 pad 1, odd", 4, 4, (1, 9, 7), 3, stride=2, padding=1, legacy=True, opset=16)
    add("3x3 stride 3 by 2", 2, 3, (1, 10, 11), 3, stride=(3, 2), padding=1)
    add("4x4 stride 2 pad 1", 3, 4, (1, 10, 8), 4, stride=2, padding=1)
    add("3x3 dilation 2", 3, 4, (1, 9, 10), 3, padding=2, dilation=2)
    add("3x3 dilation 1 by 3, stride 2", 3, 4, (1, 9, 12), 3, padding=(1, 3), dilation=(1, 3), stride=2, opset=23)
    add("padding larger than the picture", 2, 2, (1, 1, 2), 5, padding=4)
    add("groups 2", 6, 4, (1, 7, 5), 3, padding=1, groups=2)
    add("groups 4, batch 2", 8, 8, (2, 5, 6), 3, padding=1, groups=4, legacy=True, opset=12)
    add("1x1 groups 3", 6, 9, (1, 4, 5), 1, groups=3)
    add("depthwise 3x3", 6, 6, (1, 9, 8), 3, padding=1, groups=6)
    add("depthwise 3x3 stride 2", 5, 5, (1, 9, 8), 3, stride=2, padding=1, groups=5)
    add("depthwise 5x5, multiplier 2", 3, 6, (1, 8, 7), 5, padding=2, groups=3)
    add("depthwise 7x7, dilation 2", 4, 4, (1, 11, 13), 7, padding=6, dilation=2, groups=4)
    add("padding same, even kernel", 3, 4, (1, 7, 6), 4, padding="same")

    x, w, b = rand("x", 1, 3, 8, 9), rand("w", 4, 3, 3, 3) / 5, rand("b", 4)
    cases.append(
        node(
            "pads 0 1 2 3", "Conv", {"x": x, "w": w, "b": b},
            lambda x, w, b: F.conv2d(F.pad(x, (1, 3, 0, 2)), w, b),
            constants=("w", "b"), pads=[0, 1, 2, 3], opset=11,
        )
    )  # fmt: skip
    cases.append(node("weights as inputs", "Conv", {"x": x, "w": w, "b": b}, F.conv2d, opset=22, kernel_shape=[3, 3]))
    for auto in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        for kernel, stride, dilation, side in (((3, 3), 1, 1, (7, 6)), ((4, 2), 2, 1, (7, 10)), ((3, 2), 1, 2, (8, 5))):
            x = rand(auto, 1, 2, *side)
            w = rand(str(kernel), 3, 2, *kernel) / 3
            pads = [0, 0, 0, 0] if auto == "VALID" else same_pads(side, kernel, stride, dilation, auto == "SAME_UPPER")
            cases.append(
                node(
                    f"auto_pad {auto}, {kernel[0]}x{kernel[1]}, stride {stride}, dilation {dilation}", "Conv",
                    {"x": x, "w": w},
                    lambda x, w: F.conv2d(F.pad(x, pads), w, stride=stride, dilation=dilation),
                    constants=("w",), auto_pad=auto, strides=[stride] * 2, dilations=[dilation] * 2, opset=14,
                    trusted=dilation == 1,  # onnxruntime refuses dilation with SAME
                )
            )  # fmt: skip
    return cases


def conv_transpose() -> list[Case]:
    cases = []

    def add(name: str, inputs: int, outputs: int, shape: tuple[int, ...], kernel: object, legacy=False, opset=18, **more):
        net = nn.ConvTranspose2d(inputs, outputs, kernel, **more)
        cases.append(module(name, net, rand(name, shape[0], inputs, *shape[1:]), legacy=legacy, opset=opset))

    for side in range(1, 18, 2):
        other = (side * 5) % 17 + 1
        add(
            f"4x4 stride 2 pad 1, {side}x{other}", 3 + side % 3, 2 + side % 5, (1, side, other), 4,
            stride=2, padding=1, legacy=True, opset=11 + side % 8,
        )  # fmt: skip
    add("4x4 stride 2 pad 1, 8 to 4, batch 2", 8, 4, (2, 6, 5), 4, stride=2, padding=1, opset=22)
    add("2x2 stride 2", 4, 3, (1, 5, 4), 2, stride=2)
    add("2x2 stride 1", 1, 1, (1, 2, 2), 2)
    add("3x3 stride 1", 3, 4, (1, 4, 6), 3)
    add("3x3 stride 1 pad 1", 3, 4, (1, 4, 6), 3, padding=1, opset=20)
    add("3x3 stride 2", 2, 3, (1, 5, 3), 3, stride=2)
    add("3x3 stride 2 pad 1", 2, 3, (1, 5, 3), 3, stride=2, padding=1)
    add("3x3 stride 2 pad 1 output_padding 1", 2, 3, (1, 5, 3), 3, stride=2, padding=1, output_padding=1)
    add("3x3 stride 3 by 2, output_padding 2 by 0", 2, 3, (1, 4, 3), 3, stride=(3, 2), output_padding=(2, 0), opset=19)
    add("5x5 stride 3 pad 2 output_padding 2", 3, 2, (1, 3, 4), 5, stride=3, padding=2, output_padding=2)
    add("1x1", 3, 5, (1, 3, 4), 1)
    add("1x1 stride 2", 3, 5, (1, 3, 4), 1, stride=2)
    add("6x6 stride 4 pad 1, as x4 networks use", 4, 3, (1, 3, 5), 6, stride=4, padding=1, legacy=True, opset=17)
    add("2x3 kernel", 3, 2, (1, 4, 4), (2, 3), stride=(1, 2))
    add("no bias", 3, 4, (1, 3, 3), 4, stride=2, padding=1, bias=False)
    add("groups 2", 4, 6, (1, 4, 3), 3, stride=2, padding=1, groups=2)
    add("depthwise, bilinear-like", 4, 4, (1, 4, 5), 4, stride=2, padding=1, groups=4)
    add("dilation 2", 3, 2, (1, 4, 5), 3, padding=1, dilation=2)
    add("stride 2, dilation 2, output_padding 1", 2, 2, (1, 4, 5), 3, stride=2, padding=1, dilation=2, output_padding=1)

    x, w, b = rand("x", 1, 3, 4, 5), rand("w", 3, 2, 3, 3) / 5, rand("b", 2)
    inputs: dict[str, Tensor | None] = {"x": x, "w": w, "b": b}
    full = F.conv_transpose2d(x, w, b, stride=2)
    shared = dict(constants=("w", "b"), strides=[2, 2])
    cases += [
        node("pads 0 1 2 0", "ConvTranspose", inputs, lambda *_: full[:, :, :-2, 1:], pads=[0, 1, 2, 0], **shared),
        # output_shape decides the padding: the total is what exceeds it, an odd pixel goes to the end if SAME_UPPER.
        node(
            "output_shape 8x9", "ConvTranspose", inputs, lambda *_: full[:, :, 1:, 1:-1],
            output_shape=[8, 9], opset=11, **shared,
        ),
        node(
            "output_shape 8x10, SAME_UPPER", "ConvTranspose", inputs, lambda *_: full[:, :, :-1, :-1],
            output_shape=[8, 10], auto_pad="SAME_UPPER", opset=11, **shared,
        ),
        node(
            "auto_pad SAME_UPPER", "ConvTranspose", inputs, lambda *_: full[:, :, :-1, :-1],
            auto_pad="SAME_UPPER", **shared,
        ),
        node(
            "auto_pad SAME_LOWER", "ConvTranspose", inputs, lambda *_: full[:, :, 1:, 1:],
            auto_pad="SAME_LOWER", **shared,
        ),
        node("auto_pad VALID", "ConvTranspose", inputs, lambda *_: full, auto_pad="VALID", **shared),
    ]  # fmt: skip
    return cases


def conv_transpose_grid() -> list[Case]:
    """Every stride, dilation and kernel that may stand together, with some padding; onnxruntime answers."""
    cases = []
    x = rand("grid", 1, 2, 3, 4)
    for stride, dilation, kernel in itertools.product(range(1, 5), range(1, 4), range(1, 9)):
        name = f"stride {stride}, dilation {dilation}, kernel {kernel}"
        reach = dilation * (kernel - 1) + 1
        extra = (stride + dilation + kernel) % stride
        pads = [(kernel * i + stride) % reach for i in (1, 2, 3, 5)]
        # Padding may leave nothing.
        for i in range(2):
            while stride * (x.shape[2 + i] - 1) + reach + extra - pads[i] - pads[2 + i] < 1:
                pads[i] -= 1
        cases.append(
            node(
                name, "ConvTranspose", {"x": x, "w": rand(name, 2, 1, kernel, kernel) / kernel}, constants=("w",),
                strides=[stride] * 2, dilations=[dilation] * 2, pads=pads, output_padding=[extra] * 2,
            )
        )  # fmt: skip
    return cases
