"""wrk: the same page asked for again and again, over one connection or several."""

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from bench.places import HOME, program

TIMEOUT = "60s"
SCRIPT = """
wrk.headers = {headers}
done = function(summary, latency, requests)
  local errors = summary.errors
  local bad = errors.status + errors.timeout + errors.read + errors.connect
  io.write('FIGURES', string.format(
    '{{"n":%d,"us":%d,"bad":%d,"p50":%f,"p95":%f}}', summary.requests, summary.duration,
    bad, latency:percentile(50), latency:percentile(95)), '\\n')
end
"""


@dataclass(frozen=True)
class Load:
    """The results of wrk: answers, times in milliseconds, answers per second, failures."""

    count: int
    p50: float
    p95: float
    per_second: float
    bad: int


def ask(port: int, path: str, cookie: str, *, connections: int, seconds: int) -> Load:
    """Ask for a page as fast as the connections take it, for some seconds."""
    address = f"http://127.0.0.1:{port}"
    headers = {"Referer": address + path} | ({"Cookie": cookie} if cookie else {})
    script = HOME / f"wrk_{port}.lua"
    script.write_text(SCRIPT.format(headers=_table(headers)), encoding="utf-8")
    command = [str(program("wrk", "wrk")), "-t1", f"-c{connections}", f"-d{seconds}s"]
    command += ["--timeout", TIMEOUT, "-s", str(script), address + path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    _, found, figures = done.stdout.partition("FIGURES")
    if not found:
        raise RuntimeError(f"wrk: {done.stdout} {done.stderr}")
    return _load(json.loads(figures.splitlines()[0]))


def _load(seen: dict[str, Any]) -> Load:
    return Load(
        count=seen["n"],
        p50=seen["p50"] / 1e3,
        p95=seen["p95"] / 1e3,
        per_second=seen["n"] / (seen["us"] / 1e6),
        bad=seen["bad"],
    )


def _table(headers: dict[str, str]) -> str:
    """Return a table of Lua; its strings are written as those of JSON."""
    pairs = (f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items())
    return "{" + ", ".join(pairs) + "}"
