"""`/metrics` for Prometheus: counts of documents, pages, work and requests."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.security import RuntimeDep, presented_key
from api.traffic import Answered
from chohyo.domain.access import Caller
from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.webhooks import DeliveryState
from chohyo.errors import UnauthenticatedError
from chohyo.services import access
from chohyo.services.runtime import Runtime
from chohyo.services.status import Figures, figures
from chohyo.storage.work import WorkKind

router = APIRouter(tags=["metrics"])

# From a cached picture to an upload of many files.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


# By state or by kind.
Counts = (
    Mapping[DocumentState, int]
    | Mapping[PageState, int]
    | Mapping[WorkKind, int]
    | Mapping[DeliveryState, int]
)


class RequestMetrics:
    """Requests by route, method and status, and how long they took to be answered."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "chohyo_http_requests", "Requests answered.", ["method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "chohyo_http_request_seconds", "Seconds until the answer began.", ["method", "route"],
            buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip

    def count(self, answered: Answered) -> None:
        """Count a request."""
        self._requests.labels(answered.method, answered.route, str(answered.status)).inc()
        self._seconds.labels(answered.method, answered.route).observe(answered.seconds)


@router.get("/metrics", summary="Show figures for Prometheus", include_in_schema=False)
def metrics(request: Request, runtime: RuntimeDep) -> Response:
    """Return the figures of the installation and of this process as Prometheus text."""
    rows = CollectorRegistry()
    rows.register(_Rows(figures(runtime, _caller(request, runtime))))
    requests: RequestMetrics = request.app.state.metrics
    text = generate_latest(rows) + generate_latest(requests.registry)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Rows(Collector):
    """The figures of the database as they are now."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges."""
        found = self._figures
        yield _gauge("documents", "Documents by state.", "state", found.documents)
        yield _gauge("pages", "Pages by state.", "state", found.pages)
        yield _gauge("work_pending", "Work still to be done.", "kind", found.pending_work)
        yield _gauge("webhook_deliveries", "Webhook deliveries.", "state", found.deliveries)
        waiting = GaugeMetricFamily("chohyo_proposals_waiting", "Proposals that wait for approval.")
        waiting.add_metric([], found.waiting_proposals)
        yield waiting


def _gauge(name: str, told: str, label: str, counts: Counts) -> Metric:
    gauge = GaugeMetricFamily(f"chohyo_{name}", told, labels=[label])
    for value, count in counts.items():
        gauge.add_metric([value], count)
    return gauge


def _caller(request: Request, runtime: Runtime) -> Caller | None:
    """Return who asks, or None for who presents the token of the settings.

    Nobody is let in for calling from this machine: behind a proxy that would be everybody.
    """
    presented = presented_key(request)
    if not presented:
        raise UnauthenticatedError
    token = request.app.state.settings.metrics.token
    if token is not None and hmac.compare_digest(
        presented.encode(), token.get_secret_value().encode()
    ):
        return None
    return access.authenticate_key(runtime, presented)
