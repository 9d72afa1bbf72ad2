#!/bin/sh
# Resolves the requirements for every platform and Python 3.11 or later, with hashes.
set -eu

resolve() {
    .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --strip-extras --no-annotate --custom-compile-command "make lock" "$@"
}

resolve --output-file requirements.lock requirements.txt
resolve --constraints requirements.lock --output-file requirements-dev.lock requirements-dev.txt
