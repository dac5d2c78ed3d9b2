"""`chohyo templates`: the form types known so far."""

from __future__ import annotations

from chohyo.services.templates import FamilyView, list_families
from cli.desk import open_desk
from cli.options import AsJson, DataDir, Limit


def templates(limit: Limit = 100, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List form types with their versions, fields and routed pages."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = list_families(desk.runtime, desk.caller, limit=limit)
        desk.terminal.result(found)
        rows = [row for view in found for row in _rows(view)]
        desk.terminal.table(["Form type", "Version", "Version id", "Fields", "Pages"], rows)


def _rows(view: FamilyView) -> list[list[object]]:
    return [
        [
            view.family.name,
            version.label,
            version.id,
            len(version.fields),
            view.page_counts.get(version.id, 0),
        ]
        for version in view.versions
    ]
