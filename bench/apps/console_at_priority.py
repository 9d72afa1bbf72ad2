"""The console, hashing passwords at the priority that a variable names."""

import os

from app.domain.authentication import hashing
from wsgi import app

__all__ = ["app"]

# Read when the first password is hashed.
hashing.NICENESS = int(os.environ["BENCH_NICENESS"])
