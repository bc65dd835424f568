"""Scores as they are reported."""

from __future__ import annotations

import unittest

from manifest import table
from seeds import spread


class Reports(unittest.TestCase):
    def test_bold_is_what_is_best_as_printed(self) -> None:
        scores = {"nearest": (30.0, 0.734), "bilinear": (30.2, 0.726), "max-unpool": (30.12, 0.733)}
        entries = [
            dict(strategy=s, scores={"set": db, "IoU": iou}, steps=1, minutes=1, parameters=1, flops_per_pixel=1)
            for s, (db, iou) in scores.items()
        ]
        rows = table(entries, 0.1).splitlines()
        self.assertEqual(rows[2], "| set | 30.00 | **30.20** | **30.12** |")
        self.assertEqual(rows[3], "| IoU | **0.73** | **0.73** | **0.73** |".replace("**", ""))
        entries[0]["scores"] = {"IoU": 0.736}
        rows = table(entries, 0.1).splitlines()
        self.assertEqual(rows[2], "| IoU | **0.74** | 0.73 | 0.73 |")
        self.assertEqual(rows[3], "| set |  | **30.20** | **30.12** |")

    def test_the_spread_of_seeds_is_within_strategies(self) -> None:
        psnr = {"nearest": {"0": 30.0, "1": 30.1, "2": 30.2}, "bilinear": {"0": 31.3, "1": 31.0, "2": 31.3}}
        self.assertEqual(spread(psnr), round(((0.1**2 + 0.03) / 2) ** 0.5, 3))
        self.assertEqual(spread({"nearest": {"0": 30.0}}), 0.0)
