"""Configuration: the variables of the environment, read and checked."""

from app.config.configuration import Configuration, check_serving, current, read
from app.config.environment import ConfigurationError
from app.config.metrics_access import MetricsAccess

__all__ = [
    "Configuration",
    "ConfigurationError",
    "MetricsAccess",
    "check_serving",
    "current",
    "read",
]
