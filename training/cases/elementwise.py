"""Add, Sub, Mul, Div with broadcasting; the activations."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.build import Case, module, node, rand

SHAPES = (
    ((1, 3, 4, 5), (1, 3, 4, 5)),
    ((2, 3, 4, 5), (1, 3, 1, 1)),
    ((2, 3, 4, 5), (3, 1, 1)),
    ((1, 3, 4, 5), (5,)),
    ((1, 3, 4, 5), ()),
    ((1, 3, 1, 5), (1, 1, 4, 1)),
    ((1,), (2, 3, 4, 5)),
    ((1, 1, 7, 5), (2, 6, 7, 5)),
    ((1, 17, 1, 1), (1, 17, 3, 2)),
)


def arithmetic(operator: str, function: Callable[[Tensor, Tensor], Tensor]) -> list[Case]:
    cases = []
    for i, (first, second) in enumerate(SHAPES):
        a, b = rand(f"{operator} a {first}", *first), rand(f"{operator} b {second}", *second)
        if operator == "Div":
            b = b.sign() * (0.5 + b.abs())
        name = f"{list(first)} and {list(second)}"
        cases.append(node(name, operator, {"a": a, "b": b}, function, opset=11 + i))
        if i in (1, 3, 4):
            constant = {"a": a, "b": b}
            cases.append(node(name + ", constant", operator, constant, function, constants=("b",), opset=13 + i))
    return cases


def values(name: str, *shape: int) -> Tensor:
    """Normally distributed times 3, with the points where activations bend."""
    x = 3 * rand(name, *(shape or (2, 3, 5, 7)))
    bends = torch.tensor([0.0, -0.0, 3.0, -3.0, 2.5, -2.5, 1.0, -1.0, 6.0, 20.0, -20.0])
    count = min(len(bends), x.numel())
    x.view(-1)[:count] = bends[:count]
    return x


def activation(operator: str, function: Callable[[Tensor], Tensor], net: nn.Module | None, **attributes) -> list[Case]:
    cases = [
        node("single operator", operator, {"x": values(operator)}, function, opset=22, **attributes),
        node("one value", operator, {"x": values(operator, 1, 1, 1, 1)}, function, opset=20, **attributes),
        node("17 values in a row", operator, {"x": values(operator, 1, 1, 1, 17)}, function, opset=20, **attributes),
    ]
    if net:
        cases.append(module(type(net).__name__, net, values("module")))
        cases.append(module(f"{type(net).__name__}, legacy", net, values("module"), legacy=True, opset=15))
    return cases


def relu() -> list[Case]:
    return activation("Relu", torch.relu, nn.ReLU())


def leaky_relu() -> list[Case]:
    return [
        *activation("LeakyRelu", lambda x: F.leaky_relu(x, 0.2), nn.LeakyReLU(0.2), alpha=0.2),
        node("default slope 0.01", "LeakyRelu", {"x": values("d")}, F.leaky_relu, opset=11),
    ]


def prelu() -> list[Case]:
    def broadcast(x: Tensor, slope: Tensor) -> Tensor:
        return torch.where(x < 0, slope * x, x)

    cases = [
        module("nn.PReLU(3)", nn.PReLU(3), values("m")),
        module("nn.PReLU(1)", nn.PReLU(1), values("m"), opset=20),
        module("nn.PReLU(3), legacy", nn.PReLU(3), values("m"), legacy=True, opset=11),
    ]
    for shape in ((3, 1, 1), (1,), (), (7,), (1, 3, 5, 7), (1, 1, 5, 1)):
        inputs = {"x": values("x"), "slope": rand(str(shape), *shape)}
        cases.append(node(f"slope {list(shape)}", "PRelu", inputs, broadcast, constants=("slope",), opset=16))
    return cases


def sigmoid() -> list[Case]:
    return activation("Sigmoid", torch.sigmoid, nn.Sigmoid())


def tanh() -> list[Case]:
    return activation("Tanh", torch.tanh, nn.Tanh())


def clip() -> list[Case]:
    low, high = torch.tensor(-1.25), torch.tensor(2.0)
    x = values("clip")
    both = {"x": x, "low": low, "high": high}
    return [
        node("both", "Clip", both, lambda x, *_: x.clamp(-1.25, 2), constants=("low", "high"), opset=11),
        node("both, as inputs", "Clip", both, lambda x, *_: x.clamp(-1.25, 2), opset=13),
        node("low only", "Clip", {"x": x, "low": low}, lambda x, *_: x.clamp(min=-1.25), constants=("low",), opset=12),
        node("high only", "Clip", {"x": x, "low": None, "high": high}, lambda x, *_: x.clamp(max=2), constants=("high",)),
        node("neither", "Clip", {"x": x}, lambda x: x.clone()),
        module("nn.ReLU6", nn.ReLU6(), x),
        module("nn.ReLU6, legacy", nn.ReLU6(), x, legacy=True, opset=13),
        module("nn.Hardtanh", nn.Hardtanh(-0.5, 1.5), x, opset=21),
    ]


def hard_swish() -> list[Case]:
    return activation("HardSwish", F.hardswish, nn.Hardswish())


def hard_sigmoid() -> list[Case]:
    return [
        *activation("HardSigmoid", F.hardsigmoid, nn.Hardsigmoid(), alpha=1 / 6, beta=0.5),
        node("defaults 0.2 and 0.5", "HardSigmoid", {"x": values("d")}, lambda x: (0.2 * x + 0.5).clamp(0, 1), opset=11),
    ]


def gelu() -> list[Case]:
    return [
        *activation("Gelu", F.gelu, nn.GELU()),
        node("tanh", "Gelu", {"x": values("t")}, lambda x: F.gelu(x, approximate="tanh"), approximate="tanh", opset=20),
        module("nn.GELU, opset 20", nn.GELU(), values("m"), opset=20),
        module("nn.GELU(tanh), opset 20", nn.GELU("tanh"), values("m"), opset=20),
    ]


def erf() -> list[Case]:
    return [
        node("single operator", "Erf", {"x": values("erf") / 3}, torch.erf, opset=13),
        node("far from zero", "Erf", {"x": values("erf")}, torch.erf, opset=11),
    ]


ARITHMETIC = {
    "add": lambda: arithmetic("Add", torch.add),
    "sub": lambda: arithmetic("Sub", torch.sub),
    "mul": lambda: arithmetic("Mul", torch.mul),
    "div": lambda: arithmetic("Div", torch.div),
}
ACTIVATIONS = dict(
    relu=relu, leaky_relu=leaky_relu, prelu=prelu, sigmoid=sigmoid, tanh=tanh, clip=clip, hard_swish=hard_swish,
    hard_sigmoid=hard_sigmoid, gelu=gelu, erf=erf,
)  # fmt: skip
