"""Two who act in the same moment, each on a connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from flask import Flask

from app.domain.errors import RuleError

Move = tuple[Callable[[], Any], Callable[[], Any]]
PATIENCE = 60


class Pair:
    """Two threads that are started once and meet before every move."""

    def __init__(self, app: Flask, other: Flask | None = None) -> None:
        self._apps = (app, other or app)
        self._barrier = threading.Barrier(2)
        self._threads = ThreadPoolExecutor(2)

    def __enter__(self) -> Pair:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()

    def at_once(self, one: Move, other: Move) -> list[RuleError | None]:
        """Let both read, and when both have read, let both write.

        Returns:
            What each was told: None if the change was made. Any other error is raised.
        """
        futures: list[Future[RuleError | None]] = [
            self._threads.submit(self._take, app, move)
            for app, move in zip(self._apps, (one, other), strict=True)
        ]
        return [future.result(PATIENCE) for future in futures]

    def _take(self, app: Flask, move: Move) -> RuleError | None:
        read, write = move
        with app.app_context():
            read()
            self._barrier.wait(PATIENCE)
            try:
                write()
            except RuleError as refusal:
                return refusal
        return None
