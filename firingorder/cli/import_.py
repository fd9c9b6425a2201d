"""``firingorder import``: a recording made of another program's file, or a look into it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firingorder.cli.asked import warn_of_name
from firingorder.cli.common import progress, say
from firingorder.errors import UsageError
from firingorder.session.exchange.importing import import_file
from firingorder.session.exchange.importing_preview import Preview, PreviewSignal, preview_file

if TYPE_CHECKING:
    import argparse

#: More signals than this are counted, not listed: the grids of high-density EMG.
_MOST_LINES = 64


def run(args: argparse.Namespace) -> int:
    """Import a file, or say what is in it."""
    path = Path(args.file)
    if args.preview:
        if args.out is not None:
            raise UsageError("--preview writes nothing: leave --out out, or --preview.")
        preview = preview_file(path, args.rate)
        print(json.dumps(preview.to_dict(), indent=1) if args.json else _text(preview))
        return 0
    if args.out is None:
        raise UsageError("Say where the recording goes (--out FILE.mcap), or look with --preview.")
    warn_of_name(args.person)
    with progress(100.0, "importing") as bar:

        def done(share: float) -> None:
            bar.update(round(100.0 * share, 1) - bar.n)

        made = import_file(
            path,
            Path(args.out),
            None if args.montage is None else Path(args.montage),
            args.rate,
            person=args.person or "",
            task=args.task,
            side=args.side,
            progress=done,
        )
    for warning in made.warnings:
        say(warning)
    if args.json:
        print(json.dumps(made.to_dict(), indent=1))
        return 0
    what = f"{made.format}, {made.duration_s:.1f} s at {made.rate_hz:g} Hz"
    further = f", {made.markers} marker(s)" if made.markers else ""
    sensor = ", pelvis sensor" if made.has_imu else ""
    print(f"{what}: {', '.join(made.channels)}{sensor}{further}")
    say(f"Recording: {made.path}")
    return 0


def _text(preview: Preview) -> str:
    """Return a preview for people."""
    lines = [f"{preview.path.name}: {preview.format}"]
    if not preview.streams:
        lines.append("  no signals")
    for stream in preview.streams:
        lines.append(
            f"  {len(stream.signals)} signal(s), {stream.duration_s:.2f} s at {stream.rate_hz:g} Hz"
        )
        lines += [f"    {_signal(one)}" for one in stream.signals[:_MOST_LINES]]
        if len(stream.signals) > _MOST_LINES:
            lines.append(f"    and {len(stream.signals) - _MOST_LINES} more")
    if preview.markers:
        lines.append(f"  {len(preview.markers)} marker(s)")
    if preview.doubled:
        lines.append(f"  The same muscle: {', '.join(preview.doubled)}. Choose with --montage.")
    if preview.montage is None and preview.streams:
        lines.append("  No label names a muscle: say which is which with --montage FILE.json.")
    return "\n".join([*lines, *(f"  {one}" for one in preview.warnings)])


def _signal(one: PreviewSignal) -> str:
    is_ = f" = {one.muscle}" if one.muscle else ""
    size = "" if np.isnan(one.rms) else f", RMS {one.rms:.3g} {one.unit or 'without unit'}"
    missing = f", {100 * one.missing:.2g} % missing" if one.missing else ""
    return f"{one.label}{is_}{size}{missing}{''.join(' ' + r for r in one.remarks)}"
