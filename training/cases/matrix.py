"""Softmax, LogSoftmax, ArgMax, Gemm, MatMul."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.build import Case, module, node, rand


def softmax() -> list[Case]:
    cases, x = [], 4 * rand("softmax", 2, 5, 3, 4)
    for axis in (1, -1, 2, 0, -3):
        name = f"axis {axis}"
        cases.append(node(name, "Softmax", {"x": x}, lambda x: F.softmax(x, axis), axis=axis, opset=13))
    # Before opset 13 the operator flattened everything from `axis` on into one row.
    for axis in (1, 2, 3):
        cases.append(
            node(
                f"axis {axis}, opset 11", "Softmax", {"x": x},
                lambda x: F.softmax(x.flatten(axis), -1).view(x.shape), axis=axis, opset=11,
            )
        )  # fmt: skip
    cases += [
        node("default axis", "Softmax", {"x": x}, lambda x: F.softmax(x, -1)),
        node("large values", "Softmax", {"x": 100 * x}, lambda x: F.softmax(x, 1), axis=1),
        node("logarithm, large values", "LogSoftmax", {"x": 100 * x}, lambda x: F.log_softmax(x, 1), axis=1),
        node("logarithm, large values, last axis", "LogSoftmax", {"x": 100 * x}, lambda x: F.log_softmax(x, -1)),
        node("one class", "Softmax", {"x": x[:, :1]}, lambda x: F.softmax(x, 1), axis=1),
        node("matrix", "Softmax", {"x": rand("matrix", 3, 17)}, lambda x: F.softmax(x, 1), axis=1),
        module("nn.Softmax2d", nn.Softmax2d(), x, opset=20),
        module("nn.Softmax(1), legacy", nn.Softmax(1), x, legacy=True, opset=12),
    ]
    return cases


def arg_max() -> list[Case]:
    cases, x = [], rand("argmax", 2, 5, 3, 4)
    for axis, keep in ((1, 1), (1, 0), (-1, 1), (2, 0), (0, 1)):
        name = f"axis {axis}, keepdims {keep}"
        function = lambda x, axis=axis, keep=keep: x.argmax(axis, keepdim=bool(keep))
        cases.append(node(name, "ArgMax", {"x": x}, function, axis=axis, keepdims=keep, opset=11 + len(cases)))
    tied = torch.tensor([1.0, 3, 3, 2, 3]).view(1, 5, 1, 1).expand(1, 5, 2, 3).contiguous()
    cases += [
        node("ties: the first", "ArgMax", {"x": tied}, lambda x: torch.ones(1, 1, 2, 3, dtype=torch.int64), axis=1),
        node(
            "ties: the last, select_last_index", "ArgMax", {"x": tied},
            lambda x: torch.full((1, 1, 2, 3), 4), axis=1, select_last_index=1, opset=12,
        ),
    ]  # fmt: skip

    class Classes(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.argmax(dim=1)

    cases.append(module("torch.argmax", Classes(), x))
    cases.append(module("torch.argmax, legacy", Classes(), x, legacy=True, opset=13))
    return cases


def gemm() -> list[Case]:
    a, b = rand("a", 3, 5), rand("b", 5, 4)
    cases = [
        module("nn.Linear", nn.Linear(5, 7), rand("l", 3, 5)),
        module("nn.Linear, legacy", nn.Linear(5, 7), rand("l", 3, 5), legacy=True, opset=11),
        module("nn.Linear, one row", nn.Linear(17, 1), rand("l", 1, 17), opset=21),
    ]
    for name, c in (("no C", None), ("C of a row", (4,)), ("C of a column", (3, 1)), ("C full", (3, 4)), ("C scalar", ())):
        bias = None if c is None else rand(name, *c)
        cases.append(
            node(
                name, "Gemm", {"a": a, "b": b, "c": bias},
                lambda a, b, c=torch.tensor(0.0): 0.5 * (a @ b) - 2 * c, alpha=0.5, beta=-2.0,
                constants=("b", "c"), opset=13,
            )
        )  # fmt: skip
    for ta, tb in ((0, 1), (1, 0), (1, 1)):
        inputs = {"a": a.T if ta else a, "b": b.T if tb else b}
        function = lambda a, b, ta=ta, tb=tb: (a.T if ta else a) @ (b.T if tb else b)
        cases.append(node(f"transA {ta}, transB {tb}", "Gemm", inputs, function, transA=ta, transB=tb, opset=11))
    return cases


def matmul() -> list[Case]:
    cases = []
    for i, (first, second) in enumerate((
        ((3, 5), (5, 4)), ((2, 3, 5), (5, 4)), ((2, 3, 1, 5), (1, 3, 5, 2)), ((2, 1, 3, 4), (3, 4, 5)),
        ((5,), (5, 3)), ((3, 5), (5,)), ((5,), (5,)), ((2, 3, 5), (5,)), ((17, 13), (13, 9)),
    )):  # fmt: skip
        inputs = {"a": rand(f"a{first}", *first), "b": rand(f"b{second}", *second)}
        constants = ("b",) if i % 2 else ()
        name = f"{list(first)} by {list(second)}"
        cases.append(node(name, "MatMul", inputs, torch.matmul, constants=constants, opset=11 + i))
    cases.append(module("nn.Linear on four axes", nn.Linear(4, 3), rand("l", 2, 3, 5, 4)))
    cases.append(module("nn.Linear on four axes, legacy", nn.Linear(4, 3), rand("l", 2, 3, 5, 4), legacy=True, opset=14))
    return cases
