"""Configuration: the variables of the environment, read and checked."""

from app.config.configuration import Configuration, check_serving, current, read
from app.config.environment import ConfigurationError

__all__ = ["Configuration", "ConfigurationError", "check_serving", "current", "read"]
