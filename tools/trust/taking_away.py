"""The plugin of pytest that takes guards away: a test that reaches one is repeated without it.

``PENDING_GUARDS`` names a file with the numbers of the guards that no test has noticed yet, and
``NOTICED_GUARDS`` one to which a line is added for each that a test has noticed.
"""

import json
import os
import sys
from collections import Counter
from operator import methodcaller
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from app import guard_switch
from tools.trust.guards import ALL, MOST, NOTICED, PENDING


class Removals:
    """The guards that are still to be noticed, and the tests that were repeated without them."""

    def __init__(self) -> None:
        self._pending = set(json.loads(Path(os.environ[PENDING]).read_text(encoding="utf-8")))
        self._noticed = Path(os.environ[NOTICED])
        self._most = int(os.environ[MOST])
        self._tests: Counter[int] = Counter()

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test, and once more without each guard that it has reached."""
        guard_switch.reached(refused=False)
        if not self._pending:
            item.session.shouldstop = "All guards are noticed."
        elif not _fails(item, nextitem):
            # Of few tests any will do; all are not repeated for what let them pass.
            found = guard_switch.reached(refused=self._most >= ALL)
            for number in sorted(self._pending & found):
                self._try_without(number, item, nextitem)
        return True

    def _try_without(self, number: int, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        self._tests[number] += 1
        if self._tests[number] > self._most:
            return
        guard_switch.AWAY.write_text(str(number))
        _forget()
        try:
            is_noticed = _fails(item, nextitem)
        finally:
            guard_switch.AWAY.write_text("")
            _forget()
        if is_noticed:
            self._pending.remove(number)
            with self._noticed.open("a", encoding="utf-8") as file:
                file.write(f"{number} {item.nodeid}\n")


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin; whatever fails is enough, its smallest example is not looked for."""
    config.pluginmanager.register(Removals())
    quick = settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
    settings.register_profile("guards", quick)
    settings.load_profile("guards")


def _forget() -> None:
    """Forget what functions of the console remember: it may rest on a guard."""
    for name, module in list(sys.modules.items()):
        if name.startswith("app."):
            for member in list(vars(module).values()):
                if type(member).__name__ == "_lru_cache_wrapper":
                    member.cache_clear()


def _fails(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    # A test that has run holds what it asked for; without this it would not ask again.
    methodcaller("_initrequest")(item)
    return any(one.failed for one in runtestprotocol(item, log=False, nextitem=nextitem))
