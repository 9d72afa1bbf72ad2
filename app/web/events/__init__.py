"""Recorded events on pages: sentences, the history of one thing, undoing, and conflicts."""
