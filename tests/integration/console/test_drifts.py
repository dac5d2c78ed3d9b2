from __future__ import annotations

from datetime import UTC, datetime

from console_seeds import Seeds
from console_visitor import Visit

from chohyo.domain.documents import PageState
from chohyo.domain.drifts import Drift, DriftState
from chohyo.domain.geometry import Box
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Outcome
from chohyo.services.runtime import Runtime
from chohyo.storage import drifts


def test_drift_is_shown_on_the_blank_form_and_dismissed(
    visit: Visit, seeds: Seeds, runtime: Runtime, collection
) -> None:
    version = seeds.version()
    page = seeds.page(seeds.document(), PageState.ROUTED)
    seeds.match(page, Outcome.ROUTED, version)
    drift = Drift(
        new_id(), collection.id, version.pages[0].id, (Box(0.1, 0.2, 0.3, 0.25),),
        DriftState.SEEN, None, datetime.now(UTC), (page.id,),
    )  # fmt: skip
    with runtime.database.transaction() as connection:
        drifts.insert(connection, drift)
    assert f"/drifts/{drift.id}" in visit("viewer").get("/drifts").text
    reviewer = visit("reviewer")
    shown = reviewer.get(f"/drifts/{drift.id}").text
    assert f"/template-pages/{version.pages[0].id}/blank" in shown
    assert f"/pages/{page.id}/image" in shown
    assert 'class="region differs"' in shown
    assert "It is nothing" in shown
    assert "Dismissed" in reviewer.post(f"/drifts/{drift.id}/dismiss").text
    assert "It is nothing" not in reviewer.get(f"/drifts/{drift.id}").text
    assert visit("viewer").get(f"/drifts/{drift.id}").status_code == 200
