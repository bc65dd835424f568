"""Recipes, and what follows from them."""

from __future__ import annotations

import json
import unittest
from pathlib import Path

from config import of_network, read_config, task_facts
from tasks import task_of
from train import network

from tests.small import HERE


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
