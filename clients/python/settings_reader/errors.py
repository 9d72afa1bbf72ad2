"""Errors of the reader; none of them repeats a value."""


class SettingsError(Exception):
    """The base of the errors of the reader."""


class SettingsUnavailable(SettingsError):
    """The settings have never been read: the database was away from the beginning."""


class UnknownSetting(SettingsError, KeyError):
    """There is no such setting, and nothing is declared for it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no setting {key}.")

    def __str__(self) -> str:
        return str(self.args[0])


class UnreadableSetting(SettingsError, ValueError):
    """The stored or overriding text is no value of the data type, or cannot be decrypted."""
