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
echo "No display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
echo "Running the same window offscreen for 20 s of session ..."
# platformdirs reads XDG_DATA_HOME: the recording goes below out/, too.
XDG_DATA_HOME="$PWD/out" QT_QPA_PLATFORM=offscreen "$bin/firingorder" live \
    --device "$device" --duration 20 --screenshot out/live.png --result out/live.json
echo "screenshot  out/live.png"
echo "result      out/live.json"
find out -name '*.mcap' -newer "$bin/python" | sort | tail -n 1 | sed 's/^/recording   /'
