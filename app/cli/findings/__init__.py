"""Findings of ``flask doctor``, each subject in a module."""
