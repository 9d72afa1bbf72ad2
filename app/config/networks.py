"""Networks and addresses in variables."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from app.config.environment import ConfigurationError, Variables

Network = IPv4Network | IPv6Network


def networks(variables: Variables, name: str) -> tuple[Network, ...]:
    """Return the networks of a variable.

    Raises:
        ConfigurationError: A part is neither an address nor a network.
    """
    parts = variables.text(name).split(",")
    try:
        return tuple(ip_network(part.strip()) for part in parts if part.strip())
    except ValueError:
        raise ConfigurationError(
            f"{name} must be addresses or networks with commas between them, "
            "such as 127.0.0.1, 10.0.0.0/8."
        ) from None
