"""A small API that answers questions, with settings of the console that it reads as it goes.

Run it with ``DATABASE_URL`` of the console: ``uvicorn program:app``. Each process reports what it
runs, and the console shows it at each setting.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException

from settings_reader import Process, SettingsReader, UnreadableSetting


def make_app(database: str, process: Process) -> FastAPI:
    """Return the API on the database of a console."""

    @asynccontextmanager
    async def reading(app: FastAPI) -> AsyncIterator[None]:
        with SettingsReader(
            database,
            overrides={"chunk_size": "CHUNK_SIZE"},
            defaults={"llm_max_tokens": 512},
            report_as=process,
        ) as reader:
            app.state.settings = reader
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

    @app.get("/health")
    def health() -> dict[str, object]:
        reader = app.state.settings
        return {"settings_age": reader.age, "problem": reader.problem}

    return app


if url := os.environ.get("DATABASE_URL"):
    app = make_app(url, Process("answers", os.environ.get("INSTANCE", "")))
