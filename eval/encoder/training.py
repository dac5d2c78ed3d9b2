"""Train the layout encoder on generated forms with InfoNCE: seeded, and resumable."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from chohyo.models.layout_encoder import network_input
from eval.encoder.batches import BatchMaker
from eval.encoder.network import Shape, build_network
from eval.layouts.stream import LayoutStream

Report = Callable[[int, float], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run is made of."""

    seed: int = 0
    steps: int = 1400
    forms: int = 24  # a step, two copies of each
    window: int = 768
    advance: int = 2
    temperature: float = 0.07
    rate: float = 2e-3
    decay: float = 0.02
    warm_up: int = 60
    averaging: float = 0.99
    shape: Shape = field(default_factory=Shape)


class Training:
    """A run: network, its running average (what ships), optimiser, and the step reached."""

    def __init__(self, recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.step = 0
        self.network = build_network(recipe.shape)
        self.average = copy.deepcopy(self.network)
        self._optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=recipe.rate, weight_decay=recipe.decay
        )
        stream = LayoutStream(recipe.seed, keep=recipe.window)
        self._batches = BatchMaker(
            stream,
            (recipe.shape.height, recipe.shape.width),
            recipe.forms,
            recipe.window,
            recipe.advance,
        )

    def run(self, report: Report, checkpoint: Path, every: int = 50) -> None:
        """Train to the last step, saving now and then."""
        while self.step < self.recipe.steps:
            loss = self._one_step()
            self.step += 1
            report(self.step, loss)
            if self.step % every == 0 or self.step == self.recipe.steps:
                self.save(checkpoint)

    def _one_step(self) -> float:
        recipe = self.recipe
        rng = Random(f"{recipe.seed}/step/{self.step}")
        numbers = self._batches.choose(self.step, rng)
        pages = torch.from_numpy(network_input(self._batches.draw(numbers, rng)))
        for group in self._optimiser.param_groups:
            group["lr"] = _rate(self.step, recipe)
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16):
            raw = self.network(pages.to(memory_format=torch.channels_last))
        vectors = functional.normalize(raw.float(), dim=1)
        loss = info_nce(vectors, recipe.temperature)
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self._follow()
        self._batches.remember(numbers, vectors.detach().numpy()[: len(numbers)])
        return float(loss.detach())

    def _follow(self) -> None:
        """Move the average towards the network; early on it follows faster."""
        keep = min(self.recipe.averaging, (1 + self.step) / (10 + self.step))
        now = self.network.state_dict()
        with torch.no_grad():
            for name, value in self.average.state_dict().items():
                if value.is_floating_point():
                    value.lerp_(now[name], 1 - keep)
                else:
                    value.copy_(now[name])

    def save(self, path: Path) -> None:
        """Write a checkpoint; a run that is stopped while writing keeps the one before."""
        state = {
            "recipe": asdict(self.recipe),
            "step": self.step,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state: dict[str, Any] = torch.load(path, weights_only=True)
        self.step = int(state["step"])
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])


def info_nce(vectors: Any, temperature: float) -> Any:
    """Return InfoNCE (van den Oord et al. 2018) of n forms' first copies, then their second ones.

    `vectors` is (2n, d), each of length 1: every page must find its other copy among all others.
    """
    count = len(vectors)
    logits = vectors @ vectors.T / temperature
    logits = logits.masked_fill(torch.eye(count, dtype=torch.bool), -math.inf)
    partners = torch.from_numpy(np.roll(np.arange(count), count // 2))
    return functional.cross_entropy(logits, partners)


def _rate(step: int, recipe: Recipe) -> float:
    """Rise, stay, and fall to nothing over the last third."""
    rise = min(1.0, (step + 1) / recipe.warm_up)
    fall = min(1.0, (recipe.steps - step) / (recipe.steps / 3))
    return recipe.rate * rise * fall
