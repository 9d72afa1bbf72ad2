"""Sign-ins under attack and in a crowd: what ``bench.sign_ins`` measures, on each database.

``python -m tools.trust sign-ins [DATABASE ...]``. It is asked for by name, since its times are
those of a machine on which nothing else runs.
"""

import argparse
import subprocess
import sys

from tests.support.servers import Unavailable
from tools.trust import consoles


def main(arguments: list[str]) -> None:
    """Measure; exit with 1 if a measurement could not be ended."""
    parser = argparse.ArgumentParser(prog="python -m tools.trust sign-ins", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="DATABASE", help=", ".join(consoles.NAMES))
    names = parser.parse_args(arguments).names or consoles.NAMES
    measured = [_is_measured(name) for name in names]
    sys.exit(0 if all(measured) else 1)


def _is_measured(name: str) -> bool:
    print(f"\n{name}", flush=True)
    try:
        with consoles.databases(name) as databases:
            command = [sys.executable, "-m", "bench.sign_ins", databases.make(name).url]
            return subprocess.run(command, check=False).returncode == 0
    except Unavailable as absence:
        print(f"left out: {absence}", file=sys.stderr)
        return True
