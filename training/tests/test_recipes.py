"""Recipes, and what follows from them."""

from __future__ import annotations

import json
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import of_network, read_config, task_facts
from tasks import task_of
from train import network

from tests.small import HERE


@contextmanager
def recipes_in(recipes: dict[str, str]) -> Iterator[Path]:
    """A folder of these recipes, by their names."""
    with tempfile.TemporaryDirectory() as name:
        for stem, text in recipes.items():
            (Path(name) / f"{stem}.toml").write_text(text)
        yield Path(name)


class Recipes(unittest.TestCase):
    def test_facts_of_tasks_are_in_the_manifest(self) -> None:
        listed = json.loads((HERE.parent / "models" / "tasks.json").read_text())
        self.assertEqual(listed, task_facts(HERE), "run training/manifest.py")
        weighted = {config["task"] for path in HERE.glob("*.toml") if "network" in (config := read_config(path))}
        self.assertEqual({task["id"] for task in listed if "chain" not in task}, weighted)

    def test_every_configuration_has_a_network(self) -> None:
        for path in HERE.glob("*.toml"):
            config = read_config(path)
            if "network" in config:
                for strategy in config["strategies"]:
                    held = (strategy,) if config.get("separate") else tuple(config["strategies"])
                    net = network(config, task_of(config, Path()), held)
                    trained = sum(p.numel() for p in net.single(strategy).parameters() if p.requires_grad)
                    self.assertLess(trained, 1.5e6, path.name)

    def test_a_network_of_a_survey_has_settings_of_its_own(self) -> None:
        config = read_config(HERE / "denoise-survey.toml")
        targets = {name: of_network(config, name)["data"]["targets"] for name in config["strategies"]}
        others = {"noise2noise": "noisy", "blind-spot": "blind-spot"}
        self.assertEqual(targets, {name: others.get(name, "clean") for name in config["strategies"]})
        self.assertEqual(of_network(config, "ffdnet")["data"]["patch"], config["data"]["patch"])
        self.assertNotIn("told", config["data"])

    def test_a_table_extends_that_of_another_recipe(self) -> None:
        recipes = {
            "base": 'task = "denoise"\n[data]\nbatch = 8\nsets = [1, 2]\nfiles = { gray = 0.1, jpeg = [8, 95] }\n[facts]\ntitle = "A"',
            "middle": '[data]\nlike = "base.toml"\nbatch = 4',
            "end": '[data]\nlike = "middle.toml"\nsets = [3]\nfiles.gray = 0',
        }
        with recipes_in(recipes) as folder:
            data = {"batch": 4, "sets": [3], "files": {"gray": 0, "jpeg": [8, 95]}}
            # Only what is asked for: neither the other tables nor the task.
            self.assertEqual(read_config(folder / "end.toml"), {"name": "end", "data": data})

    def test_what_a_recipe_cannot_extend_is_named(self) -> None:
        recipes = {
            "lone": '[facts]\nlike = "other.toml"',
            "other": "[data]\nbatch = 4",
            "one": '[data]\nlike = "two.toml"',
            "two": '[data]\nlike = "one.toml"',
        }
        with recipes_in(recipes) as folder:
            with self.assertRaisesRegex(ValueError, r"lone\.toml: other\.toml has no table \[facts\]"):
                read_config(folder / "lone.toml")
            with self.assertRaisesRegex(ValueError, r"\[data\] extends itself"):
                read_config(folder / "one.toml")
