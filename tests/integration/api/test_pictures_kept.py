"""Small pictures and regions of pages are drawn once, and not at all for a caller who has them."""

from __future__ import annotations

import pytest

from chohyo.storage.blobs import LocalBlobs


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """Return the names of the blobs that are read."""
    seen: list[str] = []
    get = LocalBlobs.get
    monkeypatch.setattr(LocalBlobs, "get", lambda self, name: seen.append(name) or get(self, name))
    return seen


@pytest.mark.parametrize(
    "path", ["thumbnail", "regions/crop?box=0.1,0.1,0.6,0.6", "regions/overlay?box=0.1,0.1,0.6,0.6"]
)
def test_a_picture_is_drawn_once_and_not_for_who_has_it(as_, filing, reads, path):
    address = f"/v1/pages/{filing.read_page.id}/{path}"
    first = as_("operator").get(address)
    assert len(reads) == 1
    again = as_("operator").get(address)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    has_it = as_("operator").get(address, headers={"If-None-Match": first.headers["etag"]})
    assert has_it.status_code == 304
    assert len(reads) == 1


def test_a_viewer_s_picture_is_another_one(as_, filing, reads):
    address = f"/v1/pages/{filing.read_page.id}/thumbnail"
    clear = as_("operator").get(address)
    black = as_("viewer").get(address)
    assert clear.headers["etag"] != black.headers["etag"]
    assert clear.content != black.content
    assert as_("stranger").get(address).status_code == 404
