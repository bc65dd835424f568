"""The worked examples of the lecture, as networks of one operator; where a slide slips, PyTorch decides."""

from __future__ import annotations

import torch
from export import strip
from torch import Tensor, nn

from cases.build import Case, export

DATA = [[1.0, 2.0], [3.0, 4.0]]
CORNERS = [[1.0, 5.0], [4.0, 8.0]]
KERNEL = [[0.1, -0.2], [0.3, -0.1]]
KERNEL3 = [[3.0, 0.0, -2.0], [1.0, 1.0, 1.0], [-3.0, 0.0, 2.0]]
EXAMPLE1 = [[0.1, 0.0, -0.4], [0.6, 0.3, -1.0], [0.9, 0.9, -0.4]]
EXAMPLE2 = [[0.1, -0.2, 0.2, -0.4], [0.3, -0.1, 0.6, -0.2], [0.3, -0.6, 0.4, -0.8], [0.9, -0.3, 1.2, -0.4]]
EXAMPLE3 = [[3.0, 0, 4, 0, -4], [1, 1, 3, 2, 2], [6, 0, 2, 0, -4], [3, 3, 7, 4, 4], [-9, 0, -6, 0, 8]]
CROPPED = [[1.1, 3.1, 2.1], [0.1, 2.1, 0.1], [3.1, 7.1, 4.1]]
PADDED = [[1.1, 3.1, 2.1, 2.1], [0.1, 2.1, 0.1, -3.9], [3.1, 7.1, 4.1, 4.1], [0.1, -5.9, 0.1, 8.1]]


def picture(rows: list[list[float]]) -> Tensor:
    return torch.tensor(rows)[None, None]


def transposed(kernel: list[list[float]], bias: float = 0.0, **more: int) -> nn.Module:
    net = nn.ConvTranspose2d(1, 1, len(kernel), **more)
    with torch.no_grad():
        net.weight.copy_(picture(kernel))
        net.bias.fill_(bias)
    return net


class PoolUnpool(nn.Module):
    """Returns the maxima, their places within the plane, and the picture with all else zero."""

    def __init__(self):
        super().__init__()
        self.pool = nn.MaxPool2d(2, return_indices=True)
        self.unpool = nn.MaxUnpool2d(2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        y, indices = self.pool(x)
        return y, indices, self.unpool(y, indices)


def worked(name: str, net: nn.Module, x: Tensor, *slide: Tensor | None) -> Case:
    """slide: what the lecture prints for each output, None where it prints nothing; PyTorch must agree."""
    net = net.eval()
    with torch.inference_mode():
        results = net(x)
    results = results if isinstance(results, tuple) else (results,)
    for printed, result in zip(slide, results, strict=True):
        if printed is not None and not torch.allclose(result, printed, atol=1e-6):
            raise ValueError(f"lecture, {name}: PyTorch gives {result.tolist()}, not {printed.tolist()}")
    model = strip(export(net, (x,), 18, False, None))
    outputs = {v.name: r.numpy() for v, r in zip(model.graph.output, results, strict=True)}
    return Case(name, model.SerializeToString(), {model.graph.input[0].name: x.numpy()}, outputs)


def lecture() -> list[Case]:
    nearest = [[1.0, 1, 5, 5], [1, 1, 5, 5], [4, 4, 8, 8], [4, 4, 8, 8]]
    # The slide prints 1.7, 3.2, ...: 1.75 and 3.25 with their last digit cut.
    bilinear = [[1.0, 2, 4, 5], [1.75, 2.75, 4.75, 5.75], [3.25, 4.25, 6.25, 7.25], [4, 5, 7, 8]]
    shuffled = torch.arange(16.0).view(1, 4, 2, 2)
    rearranged = shuffled.view(2, 2, 2, 2).permute(2, 0, 3, 1).reshape(1, 1, 4, 4)
    pooled = picture([[1.0, 2, 3, 4], [5, 6, 7, 8], [9, 8, 7, 6], [5, 4, 3, 2]])
    maxima, places = picture([[6.0, 8], [9, 7]]), torch.tensor([[[[5, 7], [8, 10]]]])
    unpooled = picture([[0.0, 0, 0, 0], [0, 6, 0, 8], [9, 0, 7, 0], [0, 0, 0, 0]])
    sides = torch.linspace(-1, 1, 64 * 64).view(1, 1, 64, 64)
    return [
        worked("nearest", nn.Upsample(scale_factor=2), picture(CORNERS), picture(nearest)),
        worked("bilinear", nn.Upsample(scale_factor=2, mode="bilinear"), picture(CORNERS), picture(bilinear)),
        worked("pixel shuffle", nn.PixelShuffle(2), shuffled, rearranged),
        worked("max-unpool", PoolUnpool(), pooled, maxima, places, unpooled),
        worked("transposed convolution, example 1", transposed(KERNEL), picture(DATA), picture(EXAMPLE1)),
        worked("transposed convolution, example 2", transposed(KERNEL, stride=2), picture(DATA), picture(EXAMPLE2)),
        worked("transposed convolution, example 3", transposed(KERNEL3, stride=2), picture(DATA), picture(EXAMPLE3)),
        worked(
            "transposed convolution, padding 1 and bias", transposed(KERNEL3, 0.1, stride=2, padding=1), picture(DATA),
            picture(CROPPED),
        ),
        worked(
            "transposed convolution, output_padding 1 and bias",
            transposed(KERNEL3, 0.1, stride=2, padding=1, output_padding=1), picture(DATA), picture(PADDED),
        ),
        worked("transposed convolution, 64 to 127", transposed(KERNEL3, stride=2, padding=1), sides, None),
        worked("transposed convolution, 64 to 128", transposed([[0.1, 0.2, 0.3, 0.4]] * 4, stride=2, padding=1), sides, None),
    ]  # fmt: skip
