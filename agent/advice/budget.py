"""What one proposal may spend on a chat model."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Budget:
    """Bounds: number of calls, tokens of prompts and answers together, seconds in all."""

    calls: int = 6
    tokens: int = 40_000
    seconds: float = 120.0


@dataclass(slots=True)
class Spending:
    """What has been spent of a budget so far."""

    budget: Budget
    clock: Callable[[], float] = time.monotonic
    calls: int = 0
    tokens: int = 0
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def tokens_left(self) -> int:
        """Return the tokens that are left."""
        return max(0, self.budget.tokens - self.tokens)

    @property
    def is_spent(self) -> bool:
        """Say whether nothing may be asked any more."""
        late = self.clock() - self._began >= self.budget.seconds
        return late or self.calls >= self.budget.calls or self.tokens_left == 0

    def note(self, tokens: int) -> None:
        """Count a call with the tokens of its prompt and its answer."""
        self.calls += 1
        self.tokens += tokens
