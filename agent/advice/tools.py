"""What a chat model may look at: print, values and known forms. Nothing here changes anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chohyo.discovery.advice import Anchor
from chohyo.domain.geometry import Box

_MOST_VALUES = 5
_MOST_ANCHORS = 200

_PAGE = {"type": "integer", "minimum": 1}
_BOX = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}

TOOLS: Sequence[Mapping[str, Any]] = (
    {
        "name": "look_at_region",
        "description": "Read a region of the blank form; the box is in fractions of the page.",
        "parameters": {
            "type": "object",
            "properties": {"page": _PAGE, "box": _BOX},
            "required": ["page", "box"],
        },
    },
    {
        "name": "list_anchors",
        "description": "List the printed lines of a page with their ids and boxes.",
        "parameters": {"type": "object", "properties": {"page": _PAGE}, "required": ["page"]},
    },
    {
        "name": "list_values",
        "description": "List what some filled copies hold in a field.",
        "parameters": {
            "type": "object",
            "properties": {"field": {"type": "string"}},
            "required": ["field"],
        },
    },
    {
        "name": "compare_templates",
        "description": "List the form types that are known, and where this one differs from the"
        " edition it is compared with.",
        "parameters": {"type": "object", "properties": {}},
    },
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the tools read from.

    `region` reads a box of a page of the blank form; `values` reads a field on some copies; `known`
    lists families as `(name, version labels)`, and `differences` the places where the blank form
    differs from the edition it is compared with, if it is.
    """

    anchors: Sequence[Anchor]
    region: Callable[[int, Box], str]
    values: Callable[[str], Sequence[str]]
    known: Callable[[], Sequence[tuple[str, Sequence[str]]]]
    differences: Callable[[], Sequence[Mapping[str, str]]] = tuple

    def use(self, name: str, arguments: Mapping[str, Any]) -> str:
        """Return a tool's result as JSON; a call that makes no sense gets a JSON error."""
        try:
            return json.dumps(self._result(name, arguments), ensure_ascii=False)
        except (KeyError, TypeError, ValueError) as error:
            return json.dumps({"error": f"{type(error).__name__} in the arguments"})

    def _result(self, name: str, arguments: Mapping[str, Any]) -> Any:
        match name:
            case "look_at_region":
                return {"text": self.region(int(arguments["page"]), _box(arguments["box"]))}
            case "list_anchors":
                return [
                    {"id": a.id, "text": a.text, "box": a.box.as_list()}
                    for a in self.anchors
                    if a.page_no == int(arguments["page"])
                ][:_MOST_ANCHORS]
            case "list_values":
                return list(self.values(str(arguments["field"])))[:_MOST_VALUES]
            case "compare_templates":
                return {
                    "known": [{"name": name, "versions": list(v)} for name, v in self.known()],
                    "differences": list(self.differences()),
                }
            case _:
                return {"error": "there is no such tool"}


def _box(corners: Any) -> Box:
    x0, y0, x1, y1 = (min(1.0, max(0.0, float(each))) for each in corners)
    if not (x0 < x1 and y0 < y1):
        raise ValueError("an empty box")
    return Box(x0, y0, x1, y1)
