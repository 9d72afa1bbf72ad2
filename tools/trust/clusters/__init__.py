"""Clusters as docs/clusters.md describes them, on this machine: killed, restarted and raced."""

from collections.abc import Callable, Iterator, Mapping

from tools.trust.clusters import failover
from tools.trust.consoles import Outcome

PARTS: Mapping[str, Callable[[], Iterator[Outcome]]] = {"pair": failover.trials}
