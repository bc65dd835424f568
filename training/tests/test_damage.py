"""What pictures are damaged with."""

from __future__ import annotations

import copy
import unittest
from dataclasses import replace

import numpy as np
import torch
from config import read_config
from damage import Damage, bayer, demosaic
from degrade import disk_kernel, gaussian_kernel, jpeg, motion_kernel
from old_photo import Age, old_photo

import lab
from tests.small import HERE


class Filters(unittest.TestCase):
    def test_lab_there_and_back(self) -> None:
        rgb = torch.rand(1, 3, 40, 40)
        torch.testing.assert_close(lab.to_rgb(lab.from_rgb(rgb)), rgb, rtol=0, atol=1e-3)
        white = lab.from_rgb(torch.ones(1, 3, 1, 1)).flatten()
        torch.testing.assert_close(white, torch.tensor([100.0, 0, 0]), rtol=0, atol=1e-2)

    def test_kernels_weigh_one_and_lie_in_the_middle(self) -> None:
        for kernel in (gaussian_kernel(1.3), disk_kernel(2.5), motion_kernel(9, 30), motion_kernel(5.5, 90)):
            self.assertAlmostEqual(float(kernel.sum()), 1, places=5)
            torch.testing.assert_close(kernel, kernel.flip(0, 1))

    def test_lightness_of_gray_is_that_of_lab(self) -> None:
        gray = torch.linspace(0, 1, 64).view(1, 1, 8, 8)
        torch.testing.assert_close(lab.lightness(gray), lab.from_rgb(gray.expand(-1, 3, -1, -1))[:, :1], rtol=0, atol=2e-2)

    def test_a_part_of_an_old_photo_is_worn_as_the_whole(self) -> None:
        picture = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
        age = Age(wear=1, fading=0.5, sepia=0.7, grain=8)
        whole = old_photo(picture, age, 3)
        part = old_photo(picture[20:70, 30:110], age, 3, (90, 120), (20, 30))
        self.assertTrue(np.array_equal(part, whole[20:70, 30:110]))
        self.assertFalse(np.array_equal(whole, old_photo(picture, replace(age, wear=0), 3)))


class Files(unittest.TestCase):
    """Damage as files have it."""

    def setUp(self) -> None:
        self.settings = copy.deepcopy(read_config(HERE / "denoise.toml")["data"]["files"])
        self.clean = torch.rand(3, 80, 80, generator=torch.Generator().manual_seed(1))

    def damaged(self, **settings: object) -> tuple[torch.Tensor, torch.Tensor]:
        return Damage(self.settings | settings, torch.Generator().manual_seed(0))(self.clean)

    def test_demosaicing_keeps_what_has_one_color(self) -> None:
        for malvar in (False, True):
            made = demosaic(torch.full((8, 10), 0.3), malvar)
            self.assertEqual(made.shape, (3, 8, 10))
            self.assertTrue(torch.allclose(made, torch.full_like(made, 0.3), atol=1e-6))

    def test_demosaicing_keeps_what_the_sensor_saw(self) -> None:
        mosaic, masks = torch.rand(8, 10), bayer(8, 10)
        for malvar in (False, True):
            self.assertTrue(torch.allclose(demosaic(mosaic, malvar) * masks, mosaic * masks, atol=1e-6))

    def test_a_clean_file_is_what_it_was(self) -> None:
        x, clean = self.damaged(kinds={"clean": 1.0}, compressed=0, gray=0)
        self.assertTrue(torch.allclose(x, (clean * 255).round() / 255, atol=1e-6))

    def test_a_gray_file_stays_gray(self) -> None:
        for kind in ("noise", "jpeg", "clean"):
            for picture in self.damaged(kinds={kind: 1.0}, gray=1):
                self.assertTrue(torch.equal(picture[0], picture[1]) and torch.equal(picture[1], picture[2]), kind)

    def test_every_kind_of_noise_is_drawn_at_its_strength(self) -> None:
        noise = {"gaussian": {"range": [25, 25], "often": 1}}
        for channels in self.settings["channels"]:
            for grain in self.settings["grain"]:
                settings = dict(kinds={"noise": 1.0}, noise=noise, channels={channels: 1.0}, grain={grain: 1.0})
                self.clean = torch.full((3, 80, 80), 0.5)
                x, clean = self.damaged(**settings, gray=0, toned=0, compressed=0)
                self.assertAlmostEqual(float((x - clean).std()) * 255, 25, delta=2, msg=f"{channels} {grain}")

    def test_patches_begin_with_a_block_or_anywhere_in_one(self) -> None:
        settings = self.settings | {"kinds": {"clean": 1.0}, "compressed": 0, "gray": 0}
        for aligned, wanted in ((0, range(11, 21)), (1, [1])):
            damage = Damage(settings | {"aligned": aligned}, torch.Generator().manual_seed(0))
            corners = {tuple(damage.cropped(self.clean)[1][:, 0, 0].tolist()) for _ in range(20)}
            self.assertIn(len(corners), wanted)

    def test_a_worse_jpeg_is_further_from_the_picture(self) -> None:
        smooth = torch.linspace(0, 1, 64).expand(1, 3, 64, 64)
        errors = [float((jpeg(smooth, quality) - smooth).square().mean()) for quality in (95, 50, 10)]
        self.assertEqual(errors, sorted(errors))
        self.assertEqual(jpeg(smooth[:, :1], 90).shape, (1, 1, 64, 64))
