"""What each network learns from."""

from __future__ import annotations

import math
import tempfile
import unittest
from pathlib import Path

import torch
from config import read_config
from data import Patches
from PIL import Image
from tasks import task_of
from tasks.color import HELD_OUT_TOO, Color
from tasks.segment import held_out

from tests.small import HERE, flat, write_data, write_tar


class Tasks(unittest.TestCase):
    def test_the_hash_holds_its_share_out(self) -> None:
        stems = [f"pet_{n}" for n in range(4000)]
        self.assertAlmostEqual(sum(map(held_out, stems)) / len(stems), 0.15, delta=0.02)

    def test_no_held_out_picture_is_trained_on(self) -> None:
        """Every picture is told by its gray level."""
        config, levels = read_config(HERE / "segment.toml"), range(40)
        config["data"] |= {"sets": [["segment/pets-000.tar", "", 1]], "side": 16}
        del config["data"]["backgrounds"]
        with tempfile.TemporaryDirectory() as name:
            pairs = {f"pet_{level}.{ending}": flat(level) for level in levels for ending in ("jpg", "png")}
            write_tar(Path(name) / "segment" / "pets-000.tar", pairs)
            task = task_of(config, Path(name))
            self.assertEqual(task.load(), len(task.sets[0]))
            trained = [int(picture[0, 0, 0]) for picture, _ in task.sets[0]]
            kept = [round(255 * float(x[0, 0, 0, 0])) for x, _ in task.held_out()]
        self.assertTrue(trained and kept)
        self.assertEqual(sorted(trained + kept), list(levels))
        self.assertTrue(all(held_out(f"pet_{level}") for level in kept))

    def test_what_is_nearly_a_held_out_picture_is_not_trained_on(self) -> None:
        config, names = read_config(HERE / "colorize.toml"), ["00001", *HELD_OUT_TOO, "99999"]
        with tempfile.TemporaryDirectory() as name:
            shard = {f"{stem}.wallpaper.png": flat(level) for level, stem in enumerate(names)}
            write_tar(Path(name) / "color" / "train-000.tar", shard)
            task = task_of(config, Path(name))
            self.assertEqual(Color.load(task), 2)  # without what the encoder makes of them
            self.assertEqual([int(frame[0, 0, 0]) for frame in task.collections[0]], [0, len(names) - 1])

    def test_a_part_of_a_set_is_degraded_as_the_whole_set_is(self) -> None:
        denoise, colorize = (read_config(HERE / f"{name}.toml") for name in ("denoise", "denoise-colorize"))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "eval" / "CBSD68").mkdir(parents=True)
            for index in range(3):
                Image.fromarray(flat(128)).save(folder / "eval" / "CBSD68" / f"{index}.png")
            write_tar(folder / "color" / "val-000.tar", {f"{index}.wallpaper.png": flat(128) for index in range(3)})
            for task in (task_of(denoise, folder), task_of(colorize, folder)):
                whole, part = ([x for x, _ in task.held_out(stride)] for stride in (1, 2))
                self.assertEqual(len(part), 2)
                self.assertFalse(torch.equal(whole[0], whole[1]))
                for all_of, one in zip(whole[::2], part, strict=True):
                    self.assertTrue(torch.equal(all_of, one))

    def test_people_are_not_taught_where_a_border_is_not(self) -> None:
        config = read_config(HERE / "segment.toml")
        task = task_of(config, Path())
        made = torch.tensor([0.1, 0.7, 0.1, 0.1]).view(1, 4, 1, 1).repeat(2, 1, 1, 2)
        people, pets = torch.tensor([[[0, 3]]] * 2), torch.tensor([[[0, 2]]] * 2)
        self.assertAlmostEqual(float(task.loss(made.log(), people)), math.log(3), places=3)
        self.assertAlmostEqual(float(task.loss(made.log(), pets)), math.log(10), places=3)

    def test_a_repaired_print_stays_as_faded_as_it_is(self) -> None:
        config = read_config(HERE / "repair.toml")
        age = config["data"]["age"] | {"pool": 6, "fading": [0.6, 0.6], "sepia": [1, 1], "wear": [1, 1], "gray": 1, "clean": 0}
        config["data"] |= {"age": age, "patch": 48}
        with tempfile.TemporaryDirectory() as name:
            write_data(Path(name))
            task = task_of(config, Path(name), torch.Generator().manual_seed(0))
            task.load()
            made, wanted = task.batch(16)
        self.assertEqual(made.shape, (16, 3, 48, 48))
        self.assertGreater(float((made - wanted).abs().mean()), 0.02)
        # Noise pictures have every value, a faded brown print has neither black nor white, and less blue than red.
        self.assertTrue(float(wanted.min()) > 0.1 and float(wanted.max()) < 0.97)
        self.assertGreater(float(wanted[:, 0].mean()), float(wanted[:, 2].mean()) + 0.02)

    def test_what_a_denoiser_learns_from(self) -> None:
        config = read_config(HERE / "denoise-survey.toml")

        def drawn(targets: str, **data: object) -> tuple:
            settings = config["data"] | {"targets": targets, "noise": {"gaussian": {"range": [25, 25]}}} | data
            task = task_of(config | {"data": settings}, Path(), torch.Generator().manual_seed(0))
            task.patches = Patches([torch.full((3, 90, 90), 128, dtype=torch.uint8)], 48, task.generator)
            return task, *task.batch(8)

        for targets, wanted in (("clean", 0.0), ("noisy", 25 / 255)):
            _, x, y = drawn(targets)
            self.assertAlmostEqual(float(x.std()), 25 / 255, delta=0.003)
            self.assertAlmostEqual(float(y.std()), wanted, delta=0.003)
            self.assertLess(abs(float(torch.corrcoef(torch.stack([x.flatten(), y.flatten()]))[0, 1])) if wanted else 0, 0.02)
        task, x, y = drawn("blind-spot")
        noisy, hidden = y.chunk(2, dim=1)
        self.assertAlmostEqual(float(hidden.mean()), task.HIDDEN, delta=0.005)
        self.assertTrue(torch.equal(x[hidden == 0], noisy[hidden == 0]))
        self.assertLess(float((x == noisy)[hidden == 1].float().mean()), 0.01)
        # What is not hidden does not count.
        made = torch.where(hidden == 1, noisy, torch.zeros_like(noisy))
        self.assertAlmostEqual(float(task.loss(made, y)), 10 * math.log10(5e-5), places=3)
        _, told, _ = drawn("clean", told=True)
        self.assertTrue(torch.equal(told.sigma, torch.full((8, 1, 1, 1), 25.0)))
