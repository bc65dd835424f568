"""Resize: what PyTorch's interpolation exports, and every combination of attributes that it never writes."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.build import Case, module, node, rand


def interpolations() -> list[Case]:
    cases = []

    def add(name: str, shape: tuple[int, ...], legacy=False, opset=18, **settings):
        cases.append(module(name, nn.Upsample(**settings), rand(name, *shape), legacy=legacy, opset=opset))

    add("nn.Upsample nearest x2", (1, 3, 5, 7), scale_factor=2)
    add("nn.Upsample nearest x3, legacy", (2, 2, 3, 4), legacy=True, opset=11, scale_factor=3)
    add("nn.Upsample nearest to 7x5", (1, 2, 4, 9), size=(7, 5))
    add("nn.Upsample bilinear x2", (1, 3, 5, 7), scale_factor=2, mode="bilinear")
    add("nn.Upsample bilinear x2, batch 2, legacy", (2, 3, 4, 3), legacy=True, opset=13, scale_factor=2, mode="bilinear")
    add("nn.Upsample bilinear x2, 1x1", (1, 2, 1, 1), opset=21, scale_factor=2, mode="bilinear")
    add("nn.Upsample bilinear x4", (1, 2, 3, 17), opset=19, scale_factor=4, mode="bilinear")
    add("nn.Upsample bilinear to 9x4", (1, 2, 5, 7), size=(9, 4), mode="bilinear")
    add("nn.Upsample bilinear x2, align_corners", (1, 2, 5, 4), scale_factor=2, mode="bilinear", align_corners=True)
    add("nn.Upsample bilinear to 1x6, align_corners", (1, 2, 5, 4), size=(1, 6), mode="bilinear", align_corners=True)
    add("nn.Upsample bicubic x2", (1, 2, 6, 5), scale_factor=2, mode="bicubic")
    add("nn.Upsample bicubic x2, legacy", (1, 2, 6, 5), legacy=True, opset=12, scale_factor=2, mode="bicubic")
    add("nn.Upsample bicubic to 5x11, align_corners", (1, 2, 6, 7), size=(5, 11), mode="bicubic", align_corners=True)
    return cases


def resized(name: str, shape: tuple[int, ...], *, scales=None, sizes=None, opset=18, expected=None, **attributes) -> Case:
    """scales, sizes: of height and width."""
    inputs: dict[str, Tensor | None] = {"x": rand(str(shape), *shape), "roi": None}
    inputs["scales"] = torch.tensor([1, 1, *scales], dtype=torch.float32) if scales else None
    if sizes:
        inputs["sizes"] = torch.tensor([*shape[:2], *sizes])
    return node(name, "Resize", inputs, expected, constants=("scales", "sizes"), opset=opset, **attributes)


def keeping_aspect(policy: str, mode: str) -> Case:
    x, sizes = rand(policy, 1, 2, 5, 10), torch.tensor([100, 5] if policy == "not_larger" else [3, 7])
    inputs = {"x": x, "roi": None, "scales": None, "sizes": sizes}
    return node(
        f"{mode}, {policy}", "Resize", inputs, constants=("sizes",), mode=mode, axes=[2, 3], keep_aspect_ratio_policy=policy
    )


def resize() -> list[Case]:
    cases = interpolations()
    coordinates = ("half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel")
    shape = (1, 2, 6, 5)
    for mode in coordinates:
        for nearest in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
            shared = dict(mode="nearest", coordinate_transformation_mode=mode, nearest_mode=nearest)
            cases.append(resized(f"nearest {nearest}, {mode}, x2 by x1.6", shape, scales=(2, 1.6), **shared))
            cases.append(resized(f"nearest {nearest}, {mode}, to 4x7", shape, sizes=(4, 7), opset=13, **shared))
        for kind in ("linear", "cubic"):
            shared = dict(mode=kind, coordinate_transformation_mode=mode)
            if kind == "cubic":
                shared["cubic_coeff_a"] = -0.5
            cases.append(resized(f"{kind}, {mode}, x2 by x1.5", shape, scales=(2, 1.5), opset=13, **shared))
            cases.append(resized(f"{kind}, {mode}, x0.6 by x0.8", shape, scales=(0.6, 0.8), **shared))
            cases.append(resized(f"{kind}, {mode}, to 3x9", shape, sizes=(3, 9), opset=19, **shared))
            cases.append(resized(f"{kind}, {mode}, to 1x1", shape, sizes=(1, 1), opset=13, **shared))
    cases += [keeping_aspect(policy, mode) for policy in ("not_larger", "not_smaller") for mode in ("nearest", "linear")]
    cases += [
        resized("linear x2, batch 2, defaults otherwise", (2, 3, 1, 4), scales=(2, 2), mode="linear"),
        resized("nearest x3, all defaults", (1, 3, 2, 3), scales=(3, 3)),
        resized("nearest, by 1", (1, 2, 3, 3), scales=(1, 1), opset=21),
        resized(
            "cubic, coefficient -0.75", shape, scales=(2, 2), mode="cubic", cubic_coeff_a=-0.75,
            expected=lambda x, *_: F.interpolate(x, scale_factor=2, mode="bicubic"),
        ),
        resized("linear, antialias, to 1x1", (1, 2, 9, 12), sizes=(1, 1), mode="linear", antialias=1),
        resized("cubic, antialias, to 2x1", (1, 2, 40, 60), sizes=(2, 1), mode="cubic", antialias=1, cubic_coeff_a=-0.5),
        resized("cubic, exclude_outside", shape, scales=(2, 2), mode="cubic", exclude_outside=1),
    ]  # fmt: skip
    return cases
