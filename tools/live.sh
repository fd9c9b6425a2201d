#!/bin/sh
# The live window on a simulated belt doing bridges. Usage: live.sh BIN
# Without a display: the same window offscreen for 20 s of session, with everything it leaves.
set -eu
bin=$1
device='sim:bridge?seed=1'

if [ "$(uname -s)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$bin/firingorder" live --device "$device"
fi

mkdir -p out
rm -f out/live.mcap # a recording is never written over
echo "No display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
echo "Running the same window offscreen for 20 s of session ..."
QT_QPA_PLATFORM=offscreen "$bin/firingorder" live --device "$device" --duration 20 \
    --record out/live.mcap --screenshot out/live.png --result out/live.json
