"""What was noticed about a proposal or a filled form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth telling a person: a code with parameters, rendered at the doors."""

    code: str
    params: dict[str, str | int | float]
