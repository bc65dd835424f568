"""Whole networks, small: U-Nets in all their variants, and the surveyed papers' structures."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import onnx
import torch
from export import halve, strip
from model import UNet
from torch import nn

from cases import papers
from cases.build import Case, checked, differs, export, quiet, rand, randomise, run_onnxruntime
from cases.ties import clear_of_ties

Sizes = tuple[tuple[int, int], ...]
EXTERNAL = "unet.onnx"


def dims(*axes: str, multiple: int = 1) -> dict[int, object]:
    """Dynamic axes for torch.export: batch 0, rows 2, columns 3."""
    return {{"n": 0, "h": 2, "w": 3}[a]: (1 if a == "n" else multiple) * torch.export.Dim(a) for a in axes}


def sized(name: str, height: int, width: int) -> str:
    return f"{height}x{width}@{name}"


def build(
    name: str, net: nn.Module, channels: int, sizes: Sizes, *, batch: int = 1, half: bool = False,
    dynamic: dict[int, object] | None = None, opset: int = 18, legacy: bool = False, ready: bool = False,
) -> Case:  # fmt: skip
    """One model and its answers at one or several sizes; half: float16 weights, answered by onnxruntime alone."""
    net = net if ready else randomise(net, name)
    pictures = [rand(f"{name} {h} {w}", batch, channels, h, w) for h, w in sizes]
    # A batch of one would be taken for a constant.
    example = rand(name, 2, channels, *sizes[0]) if dynamic and 0 in dynamic else pictures[0]
    model = strip(export(net, (example,), opset, legacy, dynamic))
    data = (halve(model) if half else model).SerializeToString()
    inputs, outputs = {}, {}
    for x, (h, w) in zip(pictures, sizes, strict=True):
        answers = run_onnxruntime(data, {model.graph.input[0].name: x.numpy()})
        with torch.inference_mode():
            results = net(x)
        results = results if isinstance(results, tuple) else (results,)
        for output, answer, result in zip(model.graph.output, answers, results, strict=True):
            if not half and (problem := differs(answer, result.numpy())):
                raise ValueError(f"net {name}, output {output.name}: PyTorch and onnxruntime differ {problem}")
            outputs[sized(output.name, h, w)] = answer
        inputs[sized(model.graph.input[0].name, h, w)] = x.numpy()
    if len(sizes) == 1:
        inputs, outputs = ({k.split("@")[1]: v for k, v in a.items()} for a in (inputs, outputs))
    return Case(name, data, inputs, outputs)


def unet(strategy: str) -> list[Case]:
    dynamo_only = strategy == "max-unpool"

    def net(widths: tuple[int, ...] = (3, 6, 12), **settings: object) -> UNet:
        return UNet(widths=widths, strategies=(strategy,), **settings)

    def clear(name: str, sizes: Sizes, **settings: object) -> UNet:
        """Weights whose pooling does not hang on rounding, on this case's pictures."""
        for salt in itertools.count():
            made = randomise(net(**settings), f"{name} {salt}")
            if not dynamo_only:
                return made
            try:
                for h, w in sizes:
                    clear_of_ties(made, rand(f"{name} {h} {w}", 1, 3, h, w))
                return made
            except ValueError:
                continue
        raise AssertionError

    cases = []
    for name, sizes, more, settings in (
        ("skips, residual, dynamic size", ((16, 24), (40, 16)), dict(dynamic=dims("n", "h", "w", multiple=4)), dict(residual=True)),
        ("no skips", ((16, 20),), dict(opset=20), dict(skips=False)),
        ("batch norm after ReLU", ((20, 16),), dict(legacy=not dynamo_only, opset=13 if not dynamo_only else 18), dict(norm="after-relu")),
        ("batch norm before ReLU", ((16, 28),), dict(opset=21), dict(norm="before-relu")),
        ("float16 weights, dynamic size", ((24, 16), (16, 16)), dict(half=True, dynamic=dims("h", "w", multiple=4)), dict(widths=(4, 8, 16))),
    ):  # fmt: skip
        cases.append(build(name, clear(name, sizes, **settings), 3, sizes, ready=True, **more))
    return cases


def flat_pictures() -> list[Case]:
    """Max-unpooling of pictures in which whole regions tie; the answers follow the engine's rule for ties."""
    h, w = 24, 32
    ramp = torch.linspace(0, 1, w).expand(h, w)
    sky = torch.cat([torch.ones(h // 2, w), torch.linspace(1, 0.1, h // 2)[:, None].expand(h // 2, w)])
    pictures = {
        "constant": torch.full((h, w), 0.5),
        "white": torch.ones(h, w),
        "black": torch.zeros(h, w),
        "gradient to the right": ramp,
        "clipped sky over a gradient": sky,
        "steps of 8 pixels": (torch.arange(w) // 8).float().expand(h, w) / 4,
    }  # fmt: skip
    stack = {k: torch.stack([p, 0.8 * p, 0.1 + 0.5 * p])[None].contiguous() for k, p in pictures.items()}
    for salt in itertools.count():
        net = randomise(UNet(widths=(3, 6, 12), strategies=("max-unpool",), residual=True), f"flat {salt}")
        try:
            answers = {k: clear_of_ties(net, x) for k, x in stack.items()}
            break
        except ValueError:
            continue
    model = strip(export(net, (stack["constant"],), 18, False, None))
    data, output = model.SerializeToString(), model.graph.output[0].name
    return [Case(k, data, {"x": x.numpy()}, {output: answers[k].numpy()}) for k, x in stack.items()]


def multiple_inputs() -> list[Case]:
    net = randomise(papers.NoiseLevel(), "noise level")
    x, sigma = rand("x", 2, 3, 16, 20), torch.tensor([0.1, 0.3]).view(2, 1, 1, 1)
    model = strip(export(net, (x, sigma), 18, False, None))
    with torch.inference_mode():
        y = net(x, sigma)
    names = [v.name for v in model.graph.input]
    inputs = dict(zip(names, (x.numpy(), sigma.numpy()), strict=True))
    return [checked(Case("two inputs", model.SerializeToString(), inputs, {model.graph.output[0].name: y.numpy()}))]


def external_data() -> list[Case]:
    """The two files that PyTorch's exporter writes by default."""
    net = randomise(UNet(widths=(4, 8, 16)), "external")
    x = rand("external", 1, 3, 16, 20)
    with tempfile.TemporaryDirectory() as folder, quiet():
        path = Path(folder) / EXTERNAL
        torch.onnx.export(net, (x,), str(path), dynamo=True, opset_version=18, input_names=["x"], verbose=False)
        model = strip(onnx.load(str(path), load_external_data=False))
        weights = (path.parent / (EXTERNAL + ".data")).read_bytes()
    with torch.inference_mode():
        y = net(x)
    inputs, outputs = {model.graph.input[0].name: x.numpy()}, {model.graph.output[0].name: y.numpy()}
    return [
        checked(Case("weights in a second file", model.SerializeToString(), inputs, outputs, {EXTERNAL + ".data": weights}))
    ]


def paper(make, channels: int, sizes: Sizes, **more: object) -> list[Case]:
    name = make.__name__.lower()
    return [build(f"{name}, dynamo", make(), channels, sizes, **more), build(
        f"{name}, legacy", make(), channels, sizes[:1], legacy=True, opset=14)]  # fmt: skip


def channel_normed() -> list[Case]:
    cases = []
    for how in ("root", "reciprocal", "last", "shared"):
        cases.append(build(f"{how}, dynamo", papers.ChannelNormed(how), 3, ((8, 12), (7, 5)), dynamic=dims("h", "w")))
        if how in ("root", "reciprocal"):
            cases.append(build(f"{how}, legacy", papers.ChannelNormed(how), 3, ((8, 12),), legacy=True, opset=14))
    return cases


NETS = {
    **{f"unet_{s.replace('-', '_')}": (lambda s=s: unet(s)) for s in
       ("nearest", "bilinear", "pixel-shuffle", "max-unpool", "transposed-conv")},
    "unet_flat_pictures": flat_pictures,
    "external_data": external_data,
    "two_inputs": multiple_inputs,
    "espcn": lambda: paper(papers.Espcn, 1, ((17, 16), (9, 21)), dynamic=dims("h", "w")),
    "dncnn": lambda: paper(papers.DnCnn, 3, ((16, 17), (23, 11)), dynamic=dims("n", "h", "w")),
    "channel_attention": lambda: paper(papers.ChannelAttention, 3, ((16, 18), (11, 7)), dynamic=dims("h", "w")),
    "lapsrn": lambda: paper(papers.LapSrn, 1, ((10, 12),), batch=2),
    "dbpn": lambda: paper(papers.Dbpn, 3, ((12, 10), (16, 18)), dynamic=dims("h", "w", multiple=2)),
    "pyramid_pooling": lambda: paper(papers.PyramidPooling, 3, ((24, 36),)),
    "recursive": lambda: paper(papers.Recursive, 1, ((17, 19),), opset=22),
    "group_normed": lambda: paper(papers.GroupNormed, 3, ((16, 20), (12, 8)), dynamic=dims("h", "w", multiple=4)),
    "channel_normed": channel_normed,
    "cropped": lambda: paper(papers.Cropped, 3, ((17, 20), (11, 12)), dynamic=dims("h", "w")),
    "attentive": lambda: paper(papers.Attentive, 3, ((12, 16), (8, 6)), dynamic=dims("h", "w", multiple=2)),
    "coordinates": lambda: paper(papers.Coordinates, 3, ((11, 14), (9, 8)), dynamic=dims("h", "w")),
    "segment": lambda: paper(papers.Segment, 3, ((16, 24),), opset=20),
}  # fmt: skip
