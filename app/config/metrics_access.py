"""The access to the metrics: by a token, or from networks; without either there are none."""

from dataclasses import dataclass, field

from app.config.environment import ConfigurationError, Variables
from app.config.networks import Network, networks

TOKEN, NETWORKS = "METRICS_TOKEN", "METRICS_NETWORKS"
LEAST_CHARACTERS = 16


@dataclass(frozen=True)
class MetricsAccess:
    """The clients that may read the metrics.

    Attributes:
        token: The token to send; None for none.
        networks: The networks that need no token.
    """

    token: str | None = field(repr=False)
    networks: tuple[Network, ...]

    @property
    def is_on(self) -> bool:
        """Tell whether anybody may read them."""
        return self.token is not None or bool(self.networks)


def metrics_access(variables: Variables) -> MetricsAccess:
    """Return who may read the metrics.

    Raises:
        ConfigurationError: The token is too short, or a network is none.
    """
    token = (variables.secret(TOKEN) or "").strip() or None
    if token is not None and (len(token) < LEAST_CHARACTERS or not token.isascii()):
        raise ConfigurationError(
            f"{TOKEN} must have at least {LEAST_CHARACTERS} ASCII characters: openssl rand -hex 32."
        )
    return MetricsAccess(token, networks(variables, NETWORKS))
