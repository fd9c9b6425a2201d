#!/bin/sh
# Have the tools that build and run the firmware: a C compiler, the Arm cross compiler with newlib, and
# QEMU. Installs them with apt-get when run as root on Debian or Ubuntu, else names the line.
# About 770 MB on the disk.
set -eu

missing=
wants() { missing="$missing $1"; }

if ! printf '#include <stdio.h>\nint main(void) { return 0; }\n' \
    | cc -x c - -o /dev/null >/dev/null 2>&1; then
    wants "gcc libc6-dev"
fi
command -v make >/dev/null 2>&1 || wants make
if command -v arm-none-eabi-gcc >/dev/null 2>&1; then
    specs=$(arm-none-eabi-gcc -print-file-name=nano.specs)
    [ -f "$specs" ] || wants libnewlib-arm-none-eabi
else
    wants "gcc-arm-none-eabi libnewlib-arm-none-eabi"
fi
command -v qemu-system-arm >/dev/null 2>&1 || wants qemu-system-arm

[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing ..."
    apt-get -qq -o DPkg::Lock::Timeout=300 update
    # shellcheck disable=SC2086  # a list of packages
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends $missing >/dev/null
    exit 0
fi
echo "The firmware needs:$missing. On Debian and Ubuntu:" >&2
echo "  sudo apt-get update && sudo apt-get install -y$missing" >&2
exit 1
