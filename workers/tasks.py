"""The tasks: thin, they carry an id, and the row says what is to be done."""

from __future__ import annotations

from uuid import UUID

from chohyo.services import retention, working
from chohyo.storage.work import WorkKind
from workers.app import app
from workers.perform import perform
from workers.runtime import workshop


@app.task(name="chohyo.document")  # type: ignore[untyped-decorator]
def document(object_id: str) -> None:
    """Process an arriving document."""
    perform(workshop(), WorkKind.DOCUMENT, UUID(object_id))


@app.task(name="chohyo.run")  # type: ignore[untyped-decorator]
def run(object_id: str) -> None:
    """Execute a discovery run."""
    perform(workshop(), WorkKind.RUN, UUID(object_id))


@app.task(name="chohyo.proposal")  # type: ignore[untyped-decorator]
def proposal(object_id: str) -> None:
    """Draft a proposal, or carry out what was decided about it."""
    perform(workshop(), WorkKind.PROPOSAL, UUID(object_id))


@app.task(name="chohyo.webhook")  # type: ignore[untyped-decorator]
def webhook(object_id: str) -> None:
    """Deliver an event to an endpoint."""
    perform(workshop(), WorkKind.WEBHOOK, UUID(object_id))


@app.task(name="chohyo.blank")  # type: ignore[untyped-decorator]
def blank(object_id: str) -> None:
    """Rebuild the blank forms of a version after pages of it were forgotten."""
    perform(workshop(), WorkKind.BLANK, UUID(object_id))


@app.task(name="chohyo.correction")  # type: ignore[untyped-decorator]
def correction(object_id: str) -> None:
    """Look around a field's box for what people typed."""
    perform(workshop(), WorkKind.CORRECTION, UUID(object_id))


@app.task(name="chohyo.drift")  # type: ignore[untyped-decorator]
def drift(object_id: str) -> None:
    """Look whether the pages of a template page begin to differ from its blank form."""
    perform(workshop(), WorkKind.DRIFT, UUID(object_id))


@app.task(name="chohyo.replay")  # type: ignore[untyped-decorator]
def replay(object_id: str) -> None:
    """Try a proposed version on pages that are routed to its form type."""
    perform(workshop(), WorkKind.REPLAY, UUID(object_id))


@app.task(name="chohyo.training")  # type: ignore[untyped-decorator]
def training(object_id: str) -> None:
    """Fit a projection on this deployment's templates, and try it."""
    perform(workshop(), WorkKind.TRAINING, UUID(object_id))


@app.task(name="chohyo.tidy")  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Forget the documents whose time is over, and remove what nothing refers to."""
    retention.tidy(workshop().context.runtime)


@app.task(name="chohyo.index")  # type: ignore[untyped-decorator]
def index(object_id: str) -> None:
    """Index a page for search, and look for the next one."""
    perform(workshop(), WorkKind.INDEX, UUID(object_id))
    _sweep_background()


@app.task(name="chohyo.space")  # type: ignore[untyped-decorator]
def space(object_id: str) -> None:
    """Fill a slice of embedding spaces, and look for what else waits."""
    perform(workshop(), WorkKind.SPACE, UUID(object_id))
    _sweep_background()


@app.task(name="chohyo.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Send again the work nobody is doing."""
    shop = workshop()
    working.sweep(shop.context.runtime, shop.settings.work.resend_seconds)
    _sweep_background()


@app.task(name="chohyo.schedule_discovery")  # type: ignore[untyped-decorator]
def schedule_discovery() -> None:
    """Ask for discovery where the pool has grown."""
    shop = workshop()
    working.schedule_discovery(shop.context.runtime, shop.settings.discovery.pool_pages)


def _sweep_background() -> None:
    shop = workshop()
    rules = shop.settings.work
    # One worker stays free for what people wait for.
    at_once = max(1, rules.workers - 1)
    working.sweep_background(shop.context.runtime, rules.resend_seconds, at_once)
