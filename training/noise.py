"""The seeded noise of `src/image/noise.rs`, to the bit in its integers: see there for the formula.

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


def normal(height, width, channels, seed, top=0, left=0):
    """Standard normal numbers, float64 [height, width, channels]."""
    y, x, c = np.meshgrid(
        np.arange(top, top + height), np.arange(left, left + width), np.arange(channels), indexing="ij"
    )
    a, b, _, _ = _pcg4d(x, y, c, np.full(x.shape, seed))
    u = ((a >> np.uint32(8)) + 0.5) / 2**24
    t = (b >> np.uint32(8)) / 2**24
    return np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * t)


def add_gaussian(picture, sigma, seed):
    """uint8 [H, W, C] with noise of standard deviation `sigma` (of 255), rounded half up, clipped."""
    height, width, channels = picture.shape
    noisy = picture + sigma * normal(height, width, channels, seed)
    return np.floor(np.clip(noisy, 0, 255) + 0.5).clip(0, 255).astype(np.uint8)
