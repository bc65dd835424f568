"""The learning curve of a run, as CSV."""

from __future__ import annotations

import csv
from pathlib import Path


class Curve:
    def __init__(self, folder: Path):
        self.folder, self.rows = folder, []

    def add(self, step: int, seconds: float, loss: float, scores: dict[str, float]) -> None:
        self.rows.append({"step": step, "seconds": round(seconds), "loss": loss, **scores})

    def write(self) -> None:
        if not self.rows:
            return
        with open(self.folder / "curve.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, list(self.rows[0]))
            writer.writeheader()
            writer.writerows(self.rows)
