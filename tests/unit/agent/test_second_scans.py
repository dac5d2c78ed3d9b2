"""Second scans of a page are found among a document's pages, also where one waits for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import cv2
import numpy as np
import pytest

from agent.document.assemble import second_scans
from chohyo.domain.instances import Option, PlacedPage
from chohyo.domain.matches import Candidate, Match, Outcome
from chohyo.matching.features import extract_features
from chohyo.matching.registration import register
from chohyo.services import processing
from eval.degradation import degrade
from eval.forms import filled_copies, render_template

_TEMPLATE, _RIVAL = UUID(int=1), UUID(int=2)


def _scanned(seed, feed):
    (page,) = filled_copies("receipt", "2023", [seed], "clean")
    worn = degrade(page.image, "scan", np.random.default_rng(feed)).image
    return extract_features(worn if worn.ndim == 2 else cv2.cvtColor(worn, cv2.COLOR_RGB2GRAY))


def _match(number, transform, *, waits):
    key = _RIVAL if waits else _TEMPLATE
    rival = Candidate(_RIVAL, _RIVAL, UUID(int=9), 0.9)
    own = Candidate(_TEMPLATE, _TEMPLATE, UUID(int=9), 0.9, transform=transform)
    return Match(
        id=UUID(int=number), page_id=UUID(int=number), collection_id=UUID(int=8),
        outcome=Outcome.REVIEW if waits else Outcome.ROUTED,
        template_page_id=None if waits else key, version_id=None if waits else key,
        family_id=UUID(int=9), probability=0.3 if waits else 0.9, margin=0.3,
        reason="edition-unknown" if waits else "clear", transform=None if waits else transform,
        candidates=(rival, own) if waits else (own,), decided_by="registration",
        created_at=datetime.now(UTC),
    )  # fmt: skip


def _placed(number, *templates):
    options = tuple(Option(each, each, 1, 1) for each in templates)
    return PlacedPage(UUID(int=number), number, number, 0, options, settled=len(options) == 1)


@pytest.mark.parametrize(("seed", "same"), [(0, True), (1, False)])
def test_a_second_scan_that_waits_for_a_person_is_found(monkeypatch, seed, same):
    template = extract_features(render_template("receipt", "2023"))
    pages = {"first": _scanned(0, 1), "second": _scanned(seed, 2)}
    laid = [register(page, template).transform for page in pages.values()]
    matches = {
        UUID(int=1): _match(1, laid[0], waits=False),
        UUID(int=2): _match(2, laid[1], waits=True),
    }
    monkeypatch.setattr(processing, "matches_of", lambda runtime, ids: matches)
    references = SimpleNamespace(features=pages.get, of_template_page=lambda _: template)
    context = SimpleNamespace(runtime=None, references=references)
    images = {UUID(int=1): "first", UUID(int=2): "second"}

    found = second_scans(
        context, [_placed(1, _TEMPLATE), _placed(2, _RIVAL, _TEMPLATE)], images
    )  # fmt: skip

    assert found == ({frozenset(images)} if same else frozenset())
