#!/bin/sh
# Resolve pyproject.toml once for Python 3.11 and newer on every platform, with hashes.
# Usage: lock.sh UV LOCK. The lock names neither an index nor a path of this machine.
set -eu
uv=$1
lock=$2
{
    echo "# Made by 'make lock' from pyproject.toml and requirements/pins.txt. Do not edit."
    echo "# Install with: python -m pip install --require-hashes -r requirements/lock.txt"
    # Without the old lock as a hint: the newest versions that the ranges permit.
    "$uv" pip compile --quiet --no-header --no-config --universal --generate-hashes \
        --python-version 3.11 --extra dev --constraints requirements/pins.txt \
        --no-emit-index-url --no-emit-find-links pyproject.toml
} >"$lock.new"
mv "$lock.new" "$lock"
echo "$lock: $(grep -c '==' "$lock") packages"
