"""Measures of one worker: requests, refusals, the pool, the revision, readers and webhooks.

Each worker counts for itself, and its series say which one it is.
"""

import os
import time
from datetime import datetime

from flask import Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import Pool, QueuePool
from sqlalchemy.exc import SQLAlchemyError

from app.database import revisions
from app.domain import settings, webhooks
from app.domain.settings import Readers
from app.domain.webhooks import DeliveryFigures, WebhookStates
from app.models import DbSession
from app.models.base import utcnow
from app.web.metrics import webhooks as webhook_measures

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
OUTCOMES = {303: "accepted", 429: "limited", 503: "overloaded"}
REFUSALS = {403: "denied", 409: "conflict", 422: "invalid", 429: "limited"}


class Measures:
    """The metrics of this process, and the facts that are asked when somebody reads them."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._counted = CollectorRegistry()
        self._requests = self._counter("requests", "Requests.", "endpoint", "method", "status")
        self._sign_ins = self._counter("sign_ins", "Forms to sign in that were sent.", "outcome")
        self._refusals = self._counter("refusals", "Refused requests.", "kind")
        self._seconds = Histogram(
            "console_request_seconds",
            "Time of requests until their answers begin, in seconds.",
            ("worker", "endpoint"),
            buckets=SECONDS,
            registry=self._counted,
        )

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"console_{name}", meaning, ("worker", *labels), registry=self._counted)

    def count(self, response: Response) -> Response:
        """Count a request that is being answered."""
        worker, endpoint = str(os.getpid()), request.endpoint or "none"
        method = request.method if request.method in METHODS else "other"
        status = response.status_code
        self._requests.labels(worker, endpoint, method, status).inc()
        started_at = g.get("started_at")
        if started_at is not None:
            self._seconds.labels(worker, endpoint).observe(time.perf_counter() - started_at)
        if endpoint == "auth.login" and method == "POST":
            self._sign_ins.labels(worker, OUTCOMES.get(status, "refused")).inc()
        elif status in REFUSALS:
            self._refusals.labels(worker, REFUSALS[status]).inc()
        return response

    def text(self, session: DbSession, pool: Pool) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        registry = CollectorRegistry()
        self._tell_pool(registry, pool)
        self._tell_database(registry, session)
        return generate_latest(self._counted) + generate_latest(registry)

    def _tell_pool(self, registry: CollectorRegistry, pool: Pool) -> None:
        worker, name = str(os.getpid()), "console_pool_connections"
        gauge = Gauge(
            name, "Database connections of a worker.", ("worker", "state"), registry=registry
        )
        if isinstance(pool, QueuePool):
            gauge.labels(worker, "in use").set(pool.checkedout())
            gauge.labels(worker, "idle").set(pool.checkedin())
            gauge.labels(worker, "size").set(pool.size())

    def _tell_database(self, registry: CollectorRegistry, session: DbSession) -> None:
        up = Gauge("console_database_up", "Whether the database answers.", registry=registry)
        info = Gauge(
            "console_info",
            "Version, revision of the database, and the one that is needed.",
            ("version", "revision", "needed"),
            registry=registry,
        )
        now, readers = utcnow(), Readers()
        states, figures = WebhookStates(), DeliveryFigures()
        try:
            revision = revisions.stored(session.connection())
            if revisions.status_of(revision).is_current:
                readers = settings.read_readers(session)
                states = webhooks.read_states(session)
                figures = webhooks.read_figures(session, now)
        except SQLAlchemyError:
            up.set(0)
            return
        up.set(1)
        info.labels(self._version, revision or "none", revisions.head()).set(1)
        self._tell_readers(registry, readers, now)
        webhook_measures.tell(registry, states, figures, now)

    def _tell_readers(self, registry: CollectorRegistry, found: Readers, now: datetime) -> None:
        age = Gauge(
            "console_reader_report_age_seconds",
            "Time since the last report of each process that reads settings.",
            ("name", "instance"),
            registry=registry,
        )
        for reader in (*found.active, *found.silent):
            seconds = int(now.timestamp()) - reader.last_seen
            age.labels(reader.name, reader.label).set(seconds)
