#!/bin/sh
# Fuzz every decoder for ten minutes in an environment of its own.
# Usage: fuzz.sh VENV LOCK PINS [arguments of tests.fuzz.campaign]
# atheris has wheels for Linux and CPython 3.12 or newer only.
set -eu
venv=$1
lock=$2
pins=$3
shift 3

for python in ${PYTHON:-} python3.13 python3.12 python3 "$HOME"/.pyenv/versions/3.1[23]*/bin/python; do
    if "$python" -c 'import sys; sys.exit(not (3, 12) <= sys.version_info < (3, 14))' >/dev/null 2>&1; then
        PYTHON=$python sh "$(dirname "$0")/environment.sh" "$venv" "$lock"
        "$venv/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes -r "$pins"
        exec "$venv/bin/python" -m tests.fuzz.campaign "$@"
    fi
done
echo "make fuzz needs CPython 3.12 or 3.13: atheris has no wheels for older ones." >&2
echo "Install one, or name it: make fuzz PYTHON=/path/to/python3.12" >&2
exit 1
