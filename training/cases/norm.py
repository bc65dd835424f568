"""BatchNormalization, InstanceNormalization, GroupNormalization, LayerNormalization."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from cases.build import Case, module, node, rand

PARAMETERS = ("scale", "bias", "mean", "var")


def parameters(channels: int) -> dict[str, Tensor]:
    return {"scale": 1 + rand("scale", channels) / 3, "bias": rand("bias", channels)}


def batch_normalization() -> list[Case]:
    def function(x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, var: Tensor) -> Tensor:
        return F.batch_norm(x, mean, var, scale, bias, eps=1e-3)

    cases = [
        module("nn.BatchNorm2d", nn.BatchNorm2d(5), rand("a", 2, 5, 3, 4)),
        module("nn.BatchNorm2d, legacy", nn.BatchNorm2d(3), rand("b", 1, 3, 7, 1), legacy=True, opset=11),
        module("nn.BatchNorm2d, not affine", nn.BatchNorm2d(3, affine=False), rand("c", 1, 3, 4, 4), opset=20),
        module(
            "after a convolution: foldable", nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU()),
            rand("d", 1, 3, 5, 6), legacy=True, opset=13,
        ),
        module(
            "after ReLU: not foldable into the convolution before it",
            nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(4), nn.Conv2d(4, 2, 3, padding=1)),
            rand("e", 1, 3, 5, 6),
        ),
        module(
            "after a grouped and a transposed convolution",
            nn.Sequential(
                nn.Conv2d(4, 4, 3, padding=1, groups=2, bias=False), nn.BatchNorm2d(4),
                nn.ConvTranspose2d(4, 6, 4, 2, 1, groups=2), nn.BatchNorm2d(6),
            ),
            rand("f", 1, 4, 5, 3),
        ),
    ]  # fmt: skip
    for opset in (11, 14, 15):
        inputs = {
            "x": rand("x", 2, 3, 5, 4), **parameters(3),
            "mean": rand("mean", 3), "var": 0.2 + rand("var", 3).square(),
        }  # fmt: skip
        cases.append(
            node(f"epsilon 1e-3, opset {opset}", "BatchNormalization", inputs, function, constants=PARAMETERS,
                 epsilon=1e-3, opset=opset)
        )  # fmt: skip
    return cases


def instance_normalization() -> list[Case]:
    x = rand("x", 2, 3, 5, 7) * 2 + 1
    return [
        module("nn.InstanceNorm2d", nn.InstanceNorm2d(3, affine=True), x),
        module("nn.InstanceNorm2d, legacy", nn.InstanceNorm2d(3, affine=True), x, legacy=True, opset=11),
        node(
            "epsilon 0.1", "InstanceNormalization", {"x": x, **parameters(3)},
            lambda x, s, b: F.instance_norm(x, weight=s, bias=b, eps=0.1), constants=PARAMETERS, epsilon=0.1, opset=22,
        ),
        node(
            "17 channels", "InstanceNormalization", {"x": rand("y", 1, 17, 3, 2), **parameters(17)},
            lambda x, s, b: F.instance_norm(x, weight=s, bias=b), constants=PARAMETERS, opset=13,
        ),
    ]  # fmt: skip


def group_normalization() -> list[Case]:
    x = rand("x", 2, 6, 3, 5) * 2 - 1
    cases = [
        module("nn.GroupNorm(2, 6)", nn.GroupNorm(2, 6), x, opset=21),
        module("nn.GroupNorm(3, 6), opset 18", nn.GroupNorm(3, 6), x),
        module("nn.GroupNorm(2, 6), legacy", nn.GroupNorm(2, 6), x, legacy=True, opset=14),
    ]
    for groups in (1, 2, 6):
        cases.append(
            node(
                f"{groups} groups", "GroupNormalization", {"x": x, **parameters(6)},
                lambda x, s, b: F.group_norm(x, groups, s, b, eps=1e-4), constants=PARAMETERS, num_groups=groups,
                epsilon=1e-4, opset=21,
            )
        )  # fmt: skip
    # Opset 18 has a scale and a bias for each group, not for each channel.
    inputs = {"x": x, **parameters(3)}
    cases.append(
        node(
            "scale for each group, opset 18", "GroupNormalization", inputs,
            lambda x, s, b: F.group_norm(x, 3, s.repeat_interleave(2), b.repeat_interleave(2)), constants=PARAMETERS,
            num_groups=3, opset=18,
        )
    )  # fmt: skip
    return cases


def layer_normalization() -> list[Case]:
    x = rand("x", 2, 3, 4, 5) * 2 + 1
    cases = [
        module("nn.LayerNorm(5)", nn.LayerNorm(5), x),
        module("nn.LayerNorm([3, 4, 5])", nn.LayerNorm([3, 4, 5]), x, opset=20),
        module("nn.LayerNorm(5), legacy", nn.LayerNorm(5), x, legacy=True, opset=17),
        module("nn.LayerNorm(5), not affine", nn.LayerNorm(5, elementwise_affine=False), x),
    ]
    for axis in (-1, 2, 1):
        shape = x.shape[axis:]
        inputs = {"x": x, "scale": 1 + rand("scale", *shape) / 3, "bias": rand("bias", *shape)}
        cases.append(
            node(
                f"axis {axis}, epsilon 0.01", "LayerNormalization", inputs,
                lambda x, s, b: F.layer_norm(x, shape, s, b, eps=0.01), constants=PARAMETERS, axis=axis, epsilon=0.01,
                opset=17,
            )
        )  # fmt: skip
    inputs = {"x": x, "scale": 1 + rand("scale", 5) / 3}
    cases.append(
        node("no bias", "LayerNormalization", inputs, lambda x, s: F.layer_norm(x, (5,), s), constants=PARAMETERS, opset=17)
    )
    inputs = {"x": x, "scale": 1 + rand("scale", 3, 1, 1) / 3, "bias": rand("bias", 4, 1)}
    cases.append(
        # onnxruntime wants a scale of the normalised shape.
        node(
            "scale and bias broadcast from the left", "LayerNormalization", inputs,
            lambda x, s, b: F.layer_norm(x, (3, 4, 5)) * s + b, constants=PARAMETERS, axis=1, opset=17, trusted=False,
        )
    )  # fmt: skip
    return cases
