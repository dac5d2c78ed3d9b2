"""Who issues a form: the manner that all of an office's forms share."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from eval.layouts import bank

_SIZES = ((595, 842), (595, 842), (612, 792), (612, 792), (516, 729), (420, 595), (300, 640))


@dataclass(frozen=True, slots=True)
class Issuer:
    """A manner of drawing forms. Lengths in points, tones as in `Item`.

    `seed` decides the furniture (letterhead, footer), which is the same on all its forms;
    `liking` weighs the kinds of blocks.
    """

    seed: int
    language: str
    width: float
    height: float
    margin: float
    body: float
    plain: int
    bold: int
    rule: float
    rule_tone: float
    print_tone: float
    dotted: float
    shade: float
    pitch: float
    gap: float
    framed: bool
    letterhead: bool
    liking: tuple[float, ...]


def draw_issuer(rng: Random, kinds: int) -> Issuer:
    """Draw a manner by lot; `kinds` is the number of kinds of blocks there are."""
    language = rng.choice(["en", "ja"])
    width, height = rng.choice(_SIZES)
    if rng.random() < 0.15:
        width, height = height, width
    body = rng.uniform(5.5, 10.5) * min(1.0, (width * height / 500_000) ** 0.3)
    # Most offices use few kinds of blocks, so that their forms resemble each other.
    liking = tuple(rng.random() ** 3 for _ in range(kinds))
    return Issuer(
        seed=rng.getrandbits(32),
        language=language,
        width=width,
        height=height,
        margin=rng.uniform(0.02, 0.11) * width,
        body=body,
        plain=rng.choice(bank.PLAIN[language]),
        bold=rng.choice(bank.BOLD[language]),
        rule=rng.choice([0.4, 0.6, 0.8, 1.0, 1.5]),
        rule_tone=rng.choice([1.0, 1.0, 1.0, 0.7, 0.45]),
        # Forms printed in a pale colour, which a reader was meant to drop, come out grey.
        print_tone=rng.choice([1.0, 1.0, 1.0, 1.0, 0.7, 0.45]),
        dotted=rng.choice([0.0, 0.0, 0.1, 0.4]),
        shade=rng.choice([0.0, 0.0, 0.08, 0.15, 0.25, 0.95]),
        pitch=body * rng.uniform(1.3, 2.9),
        gap=rng.choice([0.0, 0.0, 3.0, 8.0, 16.0]),
        framed=rng.random() < 0.25,
        letterhead=rng.random() < 0.5,
        liking=liking,
    )
