"""Networks that undo max-pooling by its positions, at activations of three magnitudes."""

from __future__ import annotations

import copy
import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.build import Case, rand, randomise

SCALES = (1e-3, 1.0, 1e3)
SIZE = (16, 24)
# A gap of this share of the magnitude neither ties by the engine's rule nor hangs on rounding.
CLEAR = 2e-4


class Pool(nn.Module):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if x.dtype == torch.float64:
            n, c, h, w = x.shape
            windows = F.unfold(x.reshape(n * c, 1, h, w), 2, stride=2).view(n, c, 4, h // 2, w // 2)
            largest, second = windows.topk(2, dim=2).values.unbind(2)
            # Of equal values, such as zeros after ReLU, the first counts everywhere.
            near = (largest - second < CLEAR * windows.abs().amax((1, 2)).unsqueeze(1)) & (largest != second)
            if bool(near.any()):
                raise ValueError("a window's values are too near to each other")
        return F.max_pool2d(x, 2, return_indices=True)


def layer(inputs: int, outputs: int, act: nn.Module) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), act)


class SegNet(nn.Module):
    """Badrinarayanan et al. 2015: convolution, batch norm, ReLU; the decoder mirrors the encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = Pool()
        self.down1, self.down2 = layer(3, 6, nn.ReLU()), layer(6, 8, nn.ReLU())
        self.up2, self.up1 = layer(8, 6, nn.ReLU()), nn.Conv2d(6, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        a, first = self.pool(self.down1(x))
        b, second = self.pool(self.down2(a))
        a = self.up2(F.max_unpool2d(b, second, 2))
        return self.up1(F.max_unpool2d(a, first, 2))


class ENet(nn.Module):
    """Paszke et al. 2016: bottlenecks with PReLU, so that negative values are pooled too; the skip is pooled."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = Pool()
        self.first = layer(3, 8, nn.PReLU())
        self.down = nn.Sequential(nn.Conv2d(8, 4, 2, stride=2), nn.BatchNorm2d(4), nn.PReLU(), layer(4, 8, nn.PReLU()))
        self.main, self.up = nn.Conv2d(8, 8, 1), nn.ConvTranspose2d(8, 8, 3, 2, 1, output_padding=1)
        self.act1, self.act2, self.last = nn.PReLU(), nn.PReLU(), nn.Conv2d(8, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        pooled, places = self.pool(x)
        x = self.act1(pooled + self.down(x))
        x = self.act2(F.max_unpool2d(self.main(x), places, 2) + self.up(x))
        return self.last(x)


class DeconvNet(nn.Module):
    """Noh et al. 2015: unpooling, then transposed convolutions with stride 1."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = Pool()
        self.down1, self.down2 = layer(3, 6, nn.ReLU()), layer(6, 8, nn.ReLU())
        self.middle = layer(8, 8, nn.ReLU())
        self.up2, self.up1 = nn.ConvTranspose2d(8, 6, 3, padding=1), nn.ConvTranspose2d(6, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        a, first = self.pool(self.down1(x))
        b, second = self.pool(self.down2(a))
        a = torch.relu(self.up2(F.max_unpool2d(self.middle(b), second, 2)))
        return self.up1(F.max_unpool2d(a, first, 2))


def scaled(net: nn.Module, scale: float) -> nn.Module:
    """The network for inputs, and with activations, as many times as large."""
    net = copy.deepcopy(net)
    with torch.no_grad():
        for key, value in [*net.named_parameters(), *net.named_buffers()]:
            if key.endswith(("bias", "running_mean")):
                value.mul_(scale)
    return net


def unpooling() -> list[Case]:
    from cases.nets import build

    cases = []
    for make, scale in itertools.product((SegNet, ENet, DeconvNet), SCALES):
        name = f"{make.__name__}, activations of {scale:g}"
        x = rand(f"{name} {SIZE[0]} {SIZE[1]}", 1, 3, *SIZE)
        for salt in itertools.count():
            net = randomise(make(), f"{name} {salt}")
            try:
                with torch.inference_mode():
                    copy.deepcopy(net).double()(x.double())
                break
            except ValueError:
                continue
        net = scaled(net, scale)
        # It takes the scale in, so that the input stays what it is.
        first = next(layer for layer in net.modules() if isinstance(layer, nn.Conv2d))
        with torch.no_grad():
            first.weight.mul_(scale)
        cases.append(build(name, net, 3, (SIZE,), ready=True))
    return cases
