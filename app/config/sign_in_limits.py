"""The limits of attempts to sign in."""

from datetime import timedelta

from app.config.environment import Variables
from app.domain.authentication.budgets import ThrottleLimits


def sign_in_limits(variables: Variables) -> ThrottleLimits:
    """Return the limits; see `docs/configuration.md`."""
    minutes = variables.integer("SIGN_IN_PERIOD_MINUTES", 15, low=1, high=1440)
    return ThrottleLimits(
        account=variables.integer("SIGN_IN_PER_ACCOUNT", 10, low=1, high=1000),
        network=variables.integer("SIGN_IN_PER_NETWORK", 50, low=1, high=10_000),
        browser=variables.integer("SIGN_IN_PER_BROWSER", 5, low=1, high=1000),
        period=timedelta(minutes=minutes),
    )
