#!/bin/sh
# Make a virtual environment from the lock file and install this project into it.
# Usage: environment.sh VENV LOCK. Needs python3 >= 3.11; on Debian and Ubuntu also its venv
# package, which is installed here when run as root and asked for otherwise.
set -eu
venv=$1
lock=$2

usable() { # a Python of a supported version
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

with_venv() { # Debian leaves ensurepip out of python3: then `python3 -m venv` fails half way
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

find_python() { # newest supported Python that can make environments, else the newest supported
    fallback=
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
        usable "$name" || continue
        if with_venv "$name"; then
            echo "$name"
            return
        fi
        fallback=${fallback:-$name}
    done
    echo "$fallback"
}

debian_install() { # $1: packages
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing $1 ..."
        apt-get -qq -o DPkg::Lock::Timeout=300 update
        # shellcheck disable=SC2086  # a list of packages
        DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
            install --no-install-recommends $1 >/dev/null
    else
        echo "$1 is missing. Run this line, then the same make command again:" >&2
        echo "  sudo apt-get update && sudo apt-get install -y $1" >&2
        exit 1
    fi
}

python=$(find_python)
if [ -z "$python" ]; then
    echo "No Python 3.11 or newer was found. Install one (python.org, or your system's packages)," >&2
    echo "or name it: make env PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! with_venv "$python"; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ -e /etc/debian_version ]; then
        debian_install "python$version-venv"
    else
        echo "$python has no venv and ensurepip modules. Install its venv package." >&2
        exit 1
    fi
fi

# Reuse an environment that works with a supported Python; anything else is made anew.
if ! { usable "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; }; then
    echo "Making $venv with $("$python" --version) ..."
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
echo "Installing the locked packages (about 250 MB to fetch the first time) ..."
"$venv/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes -r "$lock"
# hatchling comes from the lock, so nothing is fetched without a hash.
"$venv/bin/python" -m pip --disable-pip-version-check install --quiet \
    --no-deps --no-build-isolation --editable .
