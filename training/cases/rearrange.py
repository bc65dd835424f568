"""DepthToSpace, SpaceToDepth, Pad, Concat, Slice, Split."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.build import Case, module, node, rand


def shuffle_dcr(x: Tensor, block: int) -> Tensor:
    """Depth is block row, block column, channel (TensorFlow's order); PixelShuffle's is channel first."""
    n, c, h, w = x.shape
    x = x.view(n, block, block, c // block**2, h, w).permute(0, 3, 4, 1, 5, 2)
    return x.reshape(n, c // block**2, h * block, w * block)


def unshuffle_dcr(x: Tensor, block: int) -> Tensor:
    n, c, h, w = x.shape
    x = x.view(n, c, h // block, block, w // block, block).permute(0, 3, 5, 1, 2, 4)
    return x.reshape(n, c * block**2, h // block, w // block)


def depth_to_space() -> list[Case]:
    cases = []
    for block, shape in ((2, (1, 4, 3, 5)), (2, (2, 12, 1, 7)), (3, (1, 18, 2, 3)), (4, (1, 16, 3, 1))):
        x, size = rand(f"depth {block}", *shape), "x".join(map(str, shape))
        cases += [
            node(f"CRD, block {block}, {size}", "DepthToSpace", {"x": x}, lambda x: F.pixel_shuffle(x, block),
                 blocksize=block, mode="CRD", opset=11),
            node(f"DCR, block {block}, {size}", "DepthToSpace", {"x": x}, lambda x: shuffle_dcr(x, block),
                 blocksize=block, mode="DCR", opset=13),
            module(f"nn.PixelShuffle({block}), {size}", nn.PixelShuffle(block), x, opset=18 + block),
        ]  # fmt: skip
    cases += [
        module("nn.PixelShuffle(2), legacy", nn.PixelShuffle(2), rand("l", 2, 8, 3, 4), legacy=True, opset=12),
        node("default mode", "DepthToSpace", {"x": rand("d", 1, 8, 2, 2)}, lambda x: shuffle_dcr(x, 2), blocksize=2),
    ]
    return cases


def space_to_depth() -> list[Case]:
    cases = []
    for block, shape in ((2, (1, 1, 6, 4)), (2, (2, 3, 2, 8)), (3, (1, 2, 9, 6)), (4, (1, 3, 4, 8))):
        x = rand(f"space {block}", *shape)
        name = f"block {block}, {'x'.join(map(str, shape))}"
        cases.append(node(name, "SpaceToDepth", {"x": x}, lambda x: unshuffle_dcr(x, block), blocksize=block, opset=13))
    # PyTorch's order is channel first; its exporter writes Reshape, Transpose, Reshape.
    cases.append(module("nn.PixelUnshuffle(2)", nn.PixelUnshuffle(2), rand("u", 1, 3, 6, 4)))
    cases.append(module("nn.PixelUnshuffle(2), legacy", nn.PixelUnshuffle(2), rand("u", 2, 3, 6, 4), legacy=True, opset=14))
    return cases


def pad() -> list[Case]:
    cases = [
        module("nn.ReflectionPad2d", nn.ReflectionPad2d((1, 2, 3, 0)), rand("r", 1, 2, 5, 4)),
        module("nn.ReflectionPad2d, legacy", nn.ReflectionPad2d(2), rand("r", 2, 2, 5, 3), legacy=True, opset=12),
        module("nn.ReplicationPad2d", nn.ReplicationPad2d((3, 1, 0, 4)), rand("e", 1, 3, 2, 1), opset=20),
        module("nn.ZeroPad2d", nn.ZeroPad2d((1, 0, 2, 3)), rand("z", 1, 3, 4, 3), opset=21),
        module("nn.ConstantPad2d, cropping", nn.ConstantPad2d((-1, 2, 1, -2), 0.5), rand("c", 1, 2, 5, 6)),
        module("padding_mode reflect", nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect"), rand("m", 1, 2, 5, 6)),
    ]
    x = rand("pad", 1, 2, 3, 4)
    for mode, name in (("constant", "constant"), ("reflect", "reflect"), ("edge", "replicate")):
        pads = torch.tensor([0, 0, 1, 2, 0, 0, 2, 3])
        cases.append(
            node(
                f"{mode}, height and width", "Pad", {"x": x, "pads": pads},
                lambda x, *_: F.pad(x, (2, 3, 1, 2), mode=name), constants=("pads",), mode=mode, opset=11,
            )
        )  # fmt: skip
    value = torch.tensor(-1.5)
    cases += [
        node(
            "constant -1.5, every axis", "Pad", {"x": x, "pads": torch.tensor([1, 1, 0, 2, 0, 2, 1, 0]), "value": value},
            lambda x, *_: F.pad(x, (2, 0, 0, 1, 1, 2, 1, 0), value=-1.5), constants=("pads", "value"), opset=13,
        ),
        node(
            "negative pads crop", "Pad", {"x": x, "pads": torch.tensor([0, 0, -1, 1, 0, 0, 0, -2])},
            lambda x, *_: F.pad(x, (1, -2, -1, 0)), constants=("pads",), opset=18,
        ),
        node(
            "axes given", "Pad", {"x": x, "pads": torch.tensor([2, 1, 0, 3]), "value": None, "axes": torch.tensor([-1, 1])},
            lambda x, *_: F.pad(x, (2, 0, 0, 0, 1, 3)), constants=("pads", "axes"), opset=19,
        ),
        node(
            "reflect by all but one", "Pad", {"x": x, "pads": torch.tensor([0, 0, 2, 3, 0, 0, 2, 3])},
            lambda x, *_: F.pad(x, (3, 3, 2, 2), mode="reflect"), constants=("pads",), mode="reflect", opset=18,
        ),
    ]  # fmt: skip
    return cases


def concat() -> list[Case]:
    cases = []
    for axis, shapes in (
        (1, ((1, 3, 4, 5), (1, 1, 4, 5))),
        (1, ((2, 4, 3, 3), (2, 5, 3, 3), (2, 7, 3, 3))),
        (-3, ((1, 4, 2, 2), (1, 8, 2, 2))),
        (0, ((1, 2, 3, 1), (2, 2, 3, 1))),
        (2, ((1, 3, 1, 4), (1, 3, 5, 4))),
        (-1, ((2, 2, 3, 4), (2, 2, 3, 1))),
    ):
        inputs = {f"x{i}": rand(f"{axis}{i}", *s) for i, s in enumerate(shapes)}
        name = f"axis {axis}, " + " and ".join(str(s[axis]) for s in shapes)
        cases.append(node(name, "Concat", inputs, lambda *x: torch.cat(x, axis), axis=axis, opset=11 + len(cases)))
    same = rand("same", 1, 2, 3, 3)

    class Twice(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.cat([x, torch.relu(x), x], 1)

    cases.append(module("one tensor twice", Twice(), same))
    cases.append(node("one input", "Concat", {"x": same}, lambda x: x.clone(), axis=1))
    return cases


def slice_() -> list[Case]:
    cases, x = [], rand("slice", 2, 5, 7, 6)
    end = torch.iinfo(torch.int64).max
    for name, starts, ends, axes, steps in (
        ("height", [1], [5], [2], None),
        ("height and width, steps 2 and 3", [0, 1], [7, 6], [2, 3], [2, 3]),
        ("negative starts and ends", [-4, -3], [-1, end], [2, 3], None),
        ("negative axes", [1, 2], [3, 100], [-3, -1], [1, 2]),
        ("backwards", [-1], [-end - 1], [3], [-1]),
        ("backwards by 2, to 1", [5], [0], [2], [-2]),
        ("channels", [1], [4], [1], [1]),
        ("batch", [1], [2], [0], None),
        ("all axes", [0, 1, 2, 3], [1, 4, 6, 5], None, None),
    ):
        inputs: dict[str, Tensor | None] = {
            "x": x, "starts": torch.tensor(starts), "ends": torch.tensor(ends),
            "axes": torch.tensor(axes) if axes else None,
        }  # fmt: skip
        if steps:
            inputs["steps"] = torch.tensor(steps)
        index: list[object] = [slice(None)] * 4
        for i, (start, stop) in enumerate(zip(starts, ends)):
            index[axes[i] if axes else i] = slice(start, stop if stop > -end else None, steps[i] if steps else None)
        wanted = torch.from_numpy(x.numpy()[tuple(index)].copy())
        constants = ("starts", "ends", "axes", "steps")
        cases.append(node(name, "Slice", inputs, lambda *_: wanted, constants=constants, opset=11 + len(cases)))

    class Shift(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x[:, 1:, :-1, ::2]

    cases.append(module("indexing in PyTorch", Shift(), x))
    cases.append(module("indexing in PyTorch, legacy", Shift(), x, legacy=True, opset=13))
    return cases


def split() -> list[Case]:
    cases, x = [], rand("split", 2, 6, 5, 4)

    class Chunks(nn.Module):
        def forward(self, x: Tensor) -> tuple[Tensor, ...]:
            return tuple(torch.chunk(x, 3, dim=1))

    class Sizes(nn.Module):
        def forward(self, x: Tensor) -> tuple[Tensor, ...]:
            return torch.split(x, [1, 4], dim=2)

    cases += [
        module("torch.chunk", Chunks(), x),
        module("torch.chunk, legacy", Chunks(), x, legacy=True, opset=12),
        module("torch.split", Sizes(), x, opset=20),
        module("torch.split, legacy", Sizes(), x, legacy=True, opset=14),
        node("sizes as attribute", "Split", {"x": x}, lambda x: torch.split(x, [2, 1, 3], 1), outputs=3, axis=1,
             split=[2, 1, 3], opset=11),
        node("sizes as input, negative axis", "Split", {"x": x, "split": torch.tensor([3, 1])},
             lambda x, *_: torch.split(x, [3, 1], 3), constants=("split",), outputs=2, axis=-1, opset=13),
        node("num_outputs, unequal", "Split", {"x": x}, lambda x: torch.split(x, 3, 2), outputs=2, axis=2,
             num_outputs=2),
        node("equal parts, opset 13", "Split", {"x": x}, lambda x: torch.split(x, 3, 1), outputs=2, axis=1, opset=13),
        node("batch", "Split", {"x": x}, lambda x: torch.split(x, 1, 0), outputs=2, axis=0, opset=11),
    ]  # fmt: skip
    return cases
