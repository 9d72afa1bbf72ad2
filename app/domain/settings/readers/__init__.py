"""Readers: the programs that read settings, and what they run of them."""

from app.domain.settings.readers.effect import Effect, effect_of, effect_of_setting
from app.domain.settings.readers.reports import REPORTS, Readers, collected, read_readers

__all__ = [
    "REPORTS",
    "Effect",
    "Readers",
    "collected",
    "effect_of",
    "effect_of_setting",
    "read_readers",
]
