"""The seeded noise of `crates/image/src/noise.rs`, to the bit in its integers: see there for the formula.

The noise of a pixel depends on its position alone, so that a crop has the noise of the whole
picture when its corner is given.
"""

import numpy as np


def _mix(v):
    v[0] += v[1] * v[3]
    v[1] += v[2] * v[0]
    v[2] += v[0] * v[1]
    v[3] += v[1] * v[2]


def _pcg4d(x, y, channel, seed):
    """Four arrays of uint32 (Jarzynski and Olano 2020); arithmetic wraps."""
    with np.errstate(over="ignore"):
        v = [w.astype(np.uint32) * np.uint32(1664525) + np.uint32(1013904223) for w in (x, y, channel, seed)]
        _mix(v)
        v = [w ^ (w >> np.uint32(16)) for w in v]
        _mix(v)
    return v


def _words(height, width, channels, seed, top, left):
    """The first two words of every pixel and channel."""
    y, x, c = np.meshgrid(np.arange(top, top + height), np.arange(left, left + width), np.arange(channels), indexing="ij")
    return _pcg4d(x, y, c, np.full(x.shape, seed))[:2]


def uniform(height, width, channels, seed, top=0, left=0):
    """Evenly distributed numbers in 0-1, float64 [height, width, channels]."""
    return ((_words(height, width, channels, seed, top, left)[0] >> np.uint32(8)) + 0.5) / 2**24


def normal(height, width, channels, seed, top=0, left=0):
    """Standard normal numbers, float64 [height, width, channels]."""
    a, b = _words(height, width, channels, seed, top, left)
    u = ((a >> np.uint32(8)) + 0.5) / 2**24
    t = (b >> np.uint32(8)) / 2**24
    return np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * t)


def to_bytes(values):
    """Rounded half up and clipped to 0-255, uint8."""
    return np.floor(np.clip(values, 0, 255) + 0.5).clip(0, 255).astype(np.uint8)


def add_gaussian(picture, sigma, seed):
    """uint8 [H, W, C] with noise of standard deviation `sigma` (of 255)."""
    return to_bytes(picture + sigma * normal(*picture.shape, seed))


def add_speckle(picture, sigma, seed):
    """x + x n with n of standard deviation `sigma`; uint8 [H, W, C]."""
    return to_bytes(picture + picture * (sigma * normal(*picture.shape, seed)))


def add_salt_and_pepper(picture, probability, seed):
    """White or black, each with half of `probability`, in all channels; uint8 [H, W, C]."""
    height, width, _ = picture.shape
    draw = uniform(height, width, 1, seed)
    return np.where(draw < probability, np.where(draw < probability / 2, 255, 0), picture).astype(np.uint8)


def add_poisson(picture, peak, seed):
    """Poisson(x peak) / peak for x in 0-1, white being `peak` photons; uint8 [H, W, C]."""
    draw = uniform(*picture.shape, seed)
    mean = picture / 255 * peak
    term, cumulative = np.exp(-mean), np.zeros(picture.shape)
    photons = np.zeros(picture.shape)
    for k in range(1, int(np.ceil(peak)) + 1):
        cumulative += term
        photons += cumulative <= draw
        term = term * (mean / k)
    return to_bytes(photons / peak * 255)
