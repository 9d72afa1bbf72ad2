"""Trials of what docs/reliability.md promises, on databases that are thrown away afterwards."""
