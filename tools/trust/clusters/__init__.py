"""Clusters as docs/clusters.md describes them, on this machine: killed, restarted and raced."""

from collections.abc import Callable, Iterator, Mapping

from tools.trust.clusters import balancing, failover, losing_nodes, restarts
from tools.trust.consoles import Outcome

PARTS: Mapping[str, Callable[[], Iterator[Outcome]]] = {
    "pair": failover.trials,
    "galera": losing_nodes.trials,
    "nodes": balancing.trials,
    "restarts": restarts.trials,
}
