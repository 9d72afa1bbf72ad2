"""A small API that answers questions, with settings of the console that it reads as it goes.

Run it with ``DATABASE_URL`` of the console, its address in ``CONSOLE`` and a token of its API in
``CONSOLE_TOKEN``: ``uvicorn program:app``. Each process reports what it runs, and the console shows
it at each setting. Before it deletes something, it asks the console whether the user may.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx2
from fastapi import FastAPI, Header, HTTPException

from settings_reader import Process, SettingsReader, UnreadableSetting


def may(console: httpx2.Client, user: str, permission: str) -> bool:
    """Ask the console whether a user may do something."""
    answer = console.get("/api/v1/check", params={"user": user, "permission": permission})
    answer.raise_for_status()
    return bool(answer.json()["allowed"])


def make_app(database: str, process: Process, console: str, token: str) -> FastAPI:
    """Return the API on the database of a console."""

    @asynccontextmanager
    async def reading(app: FastAPI) -> AsyncIterator[None]:
        reader = SettingsReader(
            database,
            overrides={"chunk_size": "CHUNK_SIZE"},
            defaults={"llm_max_tokens": 512},
            report_as=process,
        )
        headers = {"Authorization": f"Bearer {token}"}
        with reader, httpx2.Client(base_url=console, headers=headers) as client:
            app.state.settings, app.state.console = reader, client
            yield

    app = FastAPI(title="Answers", lifespan=reading)

    @app.get("/split")
    def split(text: str) -> list[str]:
        size = app.state.settings["chunk_size"]
        return [text[start : start + size] for start in range(0, len(text), size)]

    @app.get("/answer")
    def answer() -> dict[str, object]:
        settings = app.state.settings.snapshot()  # values that belong together
        try:
            return {key: settings[key] for key in ("llm_provider", "llm_model", "llm_max_tokens")}
        except UnreadableSetting as error:
            raise HTTPException(503, str(error)) from error

    @app.delete("/documents/{name}")
    def delete(name: str, x_user: Annotated[str, Header()]) -> dict[str, str]:
        # A proxy in front of this program has found out who the user is.
        if not may(app.state.console, x_user, "document:delete"):
            raise HTTPException(403, f"{x_user} may not delete documents.")
        return {"deleted": name}

    @app.get("/health")
    def health() -> dict[str, object]:
        reader = app.state.settings
        return {"settings_age": reader.age, "problem": reader.problem}

    return app


if url := os.environ.get("DATABASE_URL"):
    app = make_app(
        url,
        Process("answers", os.environ.get("INSTANCE", "")),
        os.environ["CONSOLE"],
        os.environ["CONSOLE_TOKEN"],
    )
