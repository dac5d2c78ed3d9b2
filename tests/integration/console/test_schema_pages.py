"""Schema files on the pages of form types and proposals."""

from __future__ import annotations

import html
import json
import re

from console_visitor import Visit, Visitor
from filing import SPECS, Filing


def _upload(visitor: Visitor, path: str, data: bytes, **fields: str):
    form = {"csrf_token": visitor.csrf_token, **fields}
    return visitor.client.post(path, data=form, files={"file": ("schema.json", data)})


def test_a_proposals_schema_is_downloaded_and_taken_in_again(visit: Visit, filing: Filing) -> None:
    reviewer, path = visit("reviewer"), f"/proposals/{filing.proposal_id}"
    assert f'action="{path}/schema"' in reviewer.get(path).text
    schema = reviewer.get(f"{path}/schema.json").json()
    del schema["properties"]["remark"]
    page = _upload(reviewer, f"{path}/schema", json.dumps(schema).encode())
    assert page.status_code == 200
    assert 'value="amount"' in page.text
    assert 'value="remark"' not in page.text


def test_taking_in_a_schema_file_is_undone_like_other_edits(visit: Visit, filing: Filing) -> None:
    reviewer, path = visit("reviewer"), f"/proposals/{filing.proposal_id}"
    before = reviewer.get(f"{path}/schema.json")
    schema = before.json()
    schema["properties"]["total"] = schema["properties"].pop("amount")
    reviewer.client.headers["HX-Request"] = "true"
    page = _upload(reviewer, f"{path}/schema", json.dumps(schema).encode()).text
    saved = json.loads(html.unescape(re.search('data-saved="([^"]*)"', page)[1]))
    assert 'value="total"' in page
    back = reviewer.post(f"{path}/fields/undo", swap=saved["swap"], revision=saved["revision"])
    assert back.status_code == 200
    assert reviewer.get(f"{path}/schema.json").content == before.content


def test_all_mistakes_of_a_file_stand_on_the_page(visit: Visit, filing: Filing) -> None:
    reviewer, path = visit("reviewer"), f"/proposals/{filing.proposal_id}"
    schema = reviewer.get(f"{path}/schema.json").json()
    schema["properties"]["remark"]["x-page"] = 5
    schema["color"] = schema["properties"]["amount"]["x-color"] = "<b>red</b>"
    page = _upload(reviewer, f"{path}/schema", json.dumps(schema).encode())
    assert page.status_code == 422
    assert "/properties/amount/x-color" in page.text
    assert "/color" in page.text


def test_a_schema_file_makes_a_new_version_in_the_gallery(visit: Visit, filing: Filing) -> None:
    reviewer = visit("reviewer")
    data = reviewer.get(f"/versions/{filing.version_id}/schema.json").content
    page = _upload(reviewer, f"/versions/{filing.version_id}/schema", data, label="令和7年")
    assert page.status_code == 200
    assert "令和7年" in page.text
    old = reviewer.get(f"/templates/{filing.family_id}?version={filing.version_id}").text
    assert f'action="/versions/{filing.version_id}/schema"' not in old


def test_a_viewer_gets_the_schema_and_the_model_but_no_pages(visit: Visit, filing: Filing) -> None:
    viewer, at = visit("viewer"), f"/versions/{filing.version_id}"
    assert list(viewer.get(f"{at}/schema.json").json()["properties"]) == [s.name for s in SPECS]
    assert "class " in viewer.get(f"{at}/model.py").text
    assert viewer.get(f"{at}/labels.zip?tool=azure").status_code == 403
    assert visit("operator").get(f"{at}/labels.zip?tool=azure").content.startswith(b"PK")
    answer = _upload(viewer, f"{at}/schema", viewer.get(f"{at}/schema.json").content)
    assert answer.status_code == 403
