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
from numpy.typing import NDArray
from torch.nn import functional

from eval.encoder.batches import FormChooser
from eval.encoder.network import Shape, build_network
from eval.encoder.pool import PoolPlan

Pixels = NDArray[np.uint8]
Report = Callable[[int, Any], None]  # a step, and its loss as a tensor


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run is made of."""

    seed: int = 0
    steps: int = 7000
    forms: int = 96  # a step, two copies of each
    pool: int = 24_000  # forms drawn in all
    copies: int = 8  # drawn of each
    mined: bool = True
    temperature: float = 0.07
    rate: float = 2e-3
    decay: float = 0.02
    warm_up: int = 60
    averaging: float = 0.99
    shape: Shape = field(default_factory=Shape)

    def pool_plan(self) -> PoolPlan:
        """Return what the run learns from."""
        height, width = self.shape.height, self.shape.width
        return PoolPlan(self.seed, self.pool, self.copies, height, width)


class Training:
    """A run: network, its running average (what ships), optimiser, and the step reached.

    `inks` (forms, copies, height, width) is the pool of the recipe's plan. On a graphics card
    (`device` "cuda") it is held there, and two runs do not give quite the same weights.
    """

    def __init__(self, recipe: Recipe, inks: Pixels, device: str = "cpu") -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.step = 0
        self.network = build_network(recipe.shape).to(device)
        self.average = copy.deepcopy(self.network)
        self._device = device
        self._inks = torch.from_numpy(inks).to(device)
        self._optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=recipe.rate, weight_decay=recipe.decay
        )
        self._chooser = FormChooser(
            len(inks), recipe.forms, recipe.shape.dimensions, recipe.mined, device
        )

    def run(self, report: Report, checkpoint: Path, every: int = 50) -> None:
        """Train to the last step, saving now and then."""
        while self.step < self.recipe.steps:
            loss = self._one_step()
            self.step += 1
            report(self.step, loss)
            if self.step % every == 0 or self.step == self.recipe.steps:
                self.save(checkpoint)

    def _one_step(self) -> Any:
        recipe = self.recipe
        rng = Random(f"{recipe.seed}/step/{self.step}")
        numbers = self._chooser.choose(rng)
        pages = normalised(self._draw(numbers, rng))
        for group in self._optimiser.param_groups:
            group["lr"] = _rate(self.step, recipe)
        self.network.train()
        with torch.autocast(self._device, torch.bfloat16):
            raw = self.network(pages.to(memory_format=torch.channels_last))
        vectors = functional.normalize(raw.float(), dim=1)
        loss = info_nce(vectors, recipe.temperature)
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self._follow()
        self._chooser.remember(numbers, vectors.detach()[: len(numbers)])
        return loss.detach()

    def _draw(self, numbers: list[int], rng: Random) -> Any:
        """Return inks (2 · forms, height, width): a copy of each form, then another of each."""
        pairs = [rng.sample(range(self.recipe.copies), 2) for _ in numbers]
        index = torch.tensor(
            [[n, pair[side]] for side in (0, 1) for n, pair in zip(numbers, pairs, strict=True)],
            device=self._device,
        )
        return self._inks[index[:, 0], index[:, 1]]

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
        state: dict[str, Any] = torch.load(path, weights_only=True, map_location=self._device)
        self.step = int(state["step"])
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])


def normalised(inks: Any) -> Any:
    """Return what `network_input` does, for a tensor of inks (n, height, width) on any device."""
    pages = inks.float()
    pages = pages - pages.mean(dim=(1, 2), keepdim=True)
    return (pages / (pages.std(dim=(1, 2), keepdim=True, correction=0) + 1.0)).unsqueeze(1)


def info_nce(vectors: Any, temperature: float) -> Any:
    """Return InfoNCE (van den Oord et al. 2018) of n forms' first copies, then their second ones.

    `vectors` is (2n, d), each of length 1: every page must find its other copy among all others.
    """
    count = len(vectors)
    logits = vectors @ vectors.T / temperature
    logits = logits.masked_fill(
        torch.eye(count, dtype=torch.bool, device=vectors.device), -math.inf
    )
    partners = torch.arange(count, device=vectors.device).roll(count // 2)
    return functional.cross_entropy(logits, partners)


def _rate(step: int, recipe: Recipe) -> float:
    """Rise, stay, and fall to nothing over the last third."""
    rise = min(1.0, (step + 1) / recipe.warm_up)
    fall = min(1.0, (recipe.steps - step) / (recipe.steps / 3))
    return recipe.rate * rise * fall
