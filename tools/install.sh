#!/bin/sh
# Creates .venv if it is missing, and installs a requirements file into it.
# Usage: tools/install.sh REQUIREMENTS    (PYTHON chooses the Python for a new .venv)
set -eu

stop() {
    echo "$1" >&2
    exit 1
}

PYTHON=${PYTHON:-python3}
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version > /dev/null 2>&1; then
    command -v "$PYTHON" > /dev/null ||
        stop "Python is missing: install Python 3.11 or later (Debian: apt install python3 python3-venv)."
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        stop "$PYTHON is $("$PYTHON" -V 2>&1), and the console needs Python 3.11 or later (PYTHON=python3.12 make ... chooses another)."
    "$PYTHON" -c 'import ensurepip, venv' 2> /dev/null ||
        stop "Python's venv module is missing: install it (Debian: apt install python3-venv)."
    echo "Creating .venv ..."
    "$PYTHON" -m venv --clear .venv
fi

case $1 in
    *.lock) hashes=--require-hashes ;;
    *) hashes= ;;
esac
echo "Installing $1 ..."
# shellcheck disable=SC2086 # no word without hashes
# Flask reads .env before the console does, and ends in a traceback where it cannot.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
cat > "$site/console-reads-dotenv.pth" << 'LINE'
import os; [os.environ.setdefault(*pair) for pair in {"FLASK_SKIP_DOTENV": "1", "FLASK_APP": "app:create_app"}.items()]
LINE
.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check $hashes --requirement "$1" ||
    stop "Installing $1 failed: see the output of pip above."
