"""Metrics in the text format of Prometheus, for whom the variables name."""
