"""Turn up the next page."""

from __future__ import annotations

from agent.document.state import DocumentState


def turn(state: DocumentState) -> DocumentState:
    """Take the next page to route, if there is one."""
    rest = state["to_route"]
    return {"page": rest[0] if rest else None, "to_route": rest[1:], "candidates": []}
