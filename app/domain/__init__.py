"""The rules: what may be changed, by whom, and what is recorded of it."""
