"""What is done to a clean picture before a network restores it. N x C x H x W, RGB, 0-1; the engine's twin is `crates/image/src/`.

Blurs reflect at the borders without repeating the edge pixel (`torch.nn.functional.pad`, mode "reflect").
"""

from __future__ import annotations

import io
import math

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

LUMA = (0.299, 0.587, 0.114)


def gaussian_kernel(sigma: float) -> Tensor:
    """Separable, cut at ceil(3 sigma) pixels; sums to 1."""
    radius = math.ceil(3 * sigma)
    x = torch.arange(-radius, radius + 1, dtype=torch.float64)
    line = torch.exp(-0.5 * (x / sigma) ** 2)
    kernel = torch.outer(line, line)
    return (kernel / kernel.sum()).float()


def disk_kernel(radius: float) -> Tensor:
    """Defocus: a disk whose rim is antialiased, a pixel at distance d weighs clip(radius + 1/2 - d, 0, 1)."""
    reach = math.ceil(radius + 0.5) - 1
    x = torch.arange(-reach, reach + 1, dtype=torch.float64)
    kernel = (radius + 0.5 - torch.hypot(x[:, None], x[None, :])).clamp(0, 1)
    return (kernel / kernel.sum()).float()


def motion_kernel(length: float, degrees: float) -> Tensor:
    """Straight motion over `length` pixels, `degrees` counterclockwise from the right: a pixel at distance d from the
    segment of length - 1 between the outer pixels' centres weighs clip(1 - d, 0, 1)."""
    half, angle = (length - 1) / 2, math.radians(degrees)
    reach = math.ceil(half)
    x = torch.arange(-reach, reach + 1, dtype=torch.float64)
    dx, dy = math.cos(angle), -math.sin(angle)
    along = x[None, :] * dx + x[:, None] * dy
    across = x[None, :] * dy - x[:, None] * dx
    beyond = (along.abs() - half).clamp(min=0)
    kernel = (1 - torch.hypot(beyond, across)).clamp(0, 1)
    return (kernel / kernel.sum()).float()


def blur(x: Tensor, kernels: list[Tensor]) -> Tensor:
    """Each picture of the batch with its own kernel (odd sides)."""
    reach = max(k.shape[0] for k in kernels) // 2
    stacked = torch.stack([functional.pad(k, [reach - k.shape[0] // 2] * 4) for k in kernels]).to(x)
    n, channels, height, width = x.shape
    padded = functional.pad(x, [reach] * 4, mode="reflect").reshape(1, n * channels, height + 2 * reach, -1)
    weight = stacked[:, None].repeat_interleave(channels, dim=0)
    return functional.conv2d(padded, weight, groups=n * channels).reshape(n, channels, height, width)


def luma(x: Tensor) -> Tensor:
    """N x 3 x H x W to N x 1 x H x W: ITU-R BT.601 weights on the sRGB values."""
    return (x * x.new_tensor(LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)


def edges(x: Tensor) -> Tensor:
    """N x 1 x H x W, 1 on an edge: the Sobel gradient of the luma, blurred by a Gaussian of sigma 1, from 0.02 to 0.1 a pixel."""
    smooth = functional.pad(blur(luma(x), [gaussian_kernel(1.0)] * len(x)), [1] * 4, mode="reflect")
    across = x.new_tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
    gradient = functional.conv2d(smooth, torch.stack([across, across.T])[:, None])
    return ((gradient.square().sum(1, keepdim=True).sqrt() - 0.02) / 0.08).clamp(0, 1)


def resize(x: Tensor, height: int, width: int) -> Tensor:
    """Bicubic with Keys' a = -1/2, antialiased when it gets smaller, to 8 bits: Pillow's BICUBIC, MATLAB's imresize."""
    y = functional.interpolate(x, (height, width), mode="bicubic", antialias=True, align_corners=False)
    return (y.clamp(0, 1) * 255).round() / 255


def add_gaussian(clean: Tensor, sigma: Tensor, generator: torch.Generator) -> Tensor:
    """sigma: one value per picture, in units of `clean`. The result is not clipped."""
    noise = torch.randn(clean.shape, generator=generator).to(clean.device)
    return clean + sigma.view(-1, 1, 1, 1).to(clean.device) * noise


def add_speckle(clean: Tensor, sigma: Tensor, generator: torch.Generator) -> Tensor:
    """x + x n, n normal with standard deviation sigma (one a picture). The result is not clipped."""
    noise = torch.randn(clean.shape, generator=generator).to(clean.device)
    return clean + clean * sigma.view(-1, 1, 1, 1).to(clean.device) * noise


def add_salt_and_pepper(clean: Tensor, part: Tensor, generator: torch.Generator) -> Tensor:
    """part (0-1, one a picture) of the pixels become black or white, as often the one as the other, in all channels."""
    n, _, height, width = clean.shape
    draw = torch.rand((n, 1, height, width), generator=generator).to(clean.device)
    part = part.view(-1, 1, 1, 1).to(clean.device)
    return torch.where(draw < part, (draw < part / 2).to(clean), clean)


def add_poisson(clean: Tensor, peak: Tensor, generator: torch.Generator) -> Tensor:
    """Photon noise: Poisson(x peak) / peak, where white is `peak` photons (one number a picture)."""
    peak = peak.view(-1, 1, 1, 1)
    return (torch.poisson(clean.cpu() * peak, generator=generator) / peak).to(clean.device)


def uniform(count: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=generator)


def jpeg(x: Tensor, quality: int, subsampling: str = "4:2:0") -> Tensor:
    """What libjpeg makes of each picture of the batch: written with this quality (1-100), read again. One channel is gray."""
    done = []
    for picture in (x.clamp(0, 1) * 255).round().to(torch.uint8).cpu():
        gray = len(picture) == 1
        image = Image.fromarray(picture[0].numpy() if gray else picture.permute(1, 2, 0).numpy())
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality, **({} if gray else {"subsampling": subsampling}))
        read = torch.from_numpy(np.array(Image.open(file)))
        done.append(read[None] if gray else read.permute(2, 0, 1))
    return torch.stack(done).to(x) / 255
