"""Design the FIR that halves the rate of the front end, and write it as a C header.

The ADS1298 converts at twice the stream rate; its sinc3 filter falls by 2.2 dB at 450 Hz of
2000 SPS. One linear-phase FIR straightens that droop and keeps what would fold onto the pass band
out, then every second value is sent. All frequencies scale with the input rate, so the same
coefficients serve 1000 -> 500, 2000 -> 1000 and 4000 -> 2000 Hz.

Run ``python hardware/firmware/drivers/design_decimator.py`` to write
``decimator_coefficients.h``; ``--check`` fails when the file is not what the design gives.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

TAPS = 63
"""Odd, so that the delay is a whole number of input samples: 31. With 31 taps the stop band would
end at about 30 dB (Kaiser's rule for a transition of 0.05)."""
SHIFT = 20
"""Coefficients are integers of 2^-20: their rounding adds less than 0.001 dB (tested)."""
PASS_EDGE = 0.225
"""Of the input rate: 450 Hz at 2000 SPS. Flat to here, sinc3 included."""
STOP_EDGE = 0.275
"""Of the input rate: 550 Hz at 2000 SPS, whose alias after halving is 450 Hz."""
STOP_WEIGHT = 1.0
"""Weight of stop against pass band: +-0.04 dB to 450 Hz, 47 dB from 550 Hz on, both with the
sinc3 (measured by tests/hardware/test_drivers.py)."""
SINC_RATIO = 256
"""fMOD over output rate of the ADS1298 at 2000 SPS: 512 kHz / 2000 (data sheet, CONFIG1)."""

HEADER = Path(__file__).with_name("decimator_coefficients.h")


def sinc3_gain(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the gain of the converter's sinc3 at frequencies of its output rate, shape kept."""
    x = np.pi * np.where(frequency == 0, 1.0, frequency)
    gain = np.sin(x) / (SINC_RATIO * np.sin(x / SINC_RATIO))
    return np.where(frequency == 0, 1.0, np.abs(gain) ** 3)


def design() -> NDArray[np.int64]:
    """Return the symmetric integer coefficients, shape ``(63,)``, of sum ``2**SHIFT`` exactly."""
    edges = np.linspace(0.0, PASS_EDGE, 46)
    inverse = 1.0 / sinc3_gain(edges)
    # firls takes the wanted gain as straight pieces: pairs of (start, end) of each piece.
    bands = [*np.repeat(edges, 2)[1:-1], STOP_EDGE, 0.5]
    gains = [*np.repeat(inverse, 2)[1:-1], 0.0, 0.0]
    weights = [1.0] * (len(edges) - 1) + [STOP_WEIGHT]
    ideal = signal.firls(TAPS, bands, gains, weight=weights, fs=1.0)
    whole = np.rint(ideal * 2**SHIFT).astype(np.int64)
    whole = (whole + whole[::-1]) // 2
    whole[TAPS // 2] += 2**SHIFT - int(whole.sum())
    return whole


def header_text(taps: NDArray[np.int64]) -> str:
    """Return the C header: the first half of the symmetric filter and its centre."""
    half = taps[: TAPS // 2 + 1]
    rows = [", ".join(str(v) for v in half[i : i + 8]) for i in range(0, len(half), 8)]
    body = ",\n    ".join(rows)
    return f"""/* Written by design_decimator.py; change the design, not this file.
 * Symmetric FIR, {TAPS} taps: the first half and the centre, in units of 2^-{SHIFT}. */
#ifndef FIRMWARE_DECIMATOR_COEFFICIENTS_H
#define FIRMWARE_DECIMATOR_COEFFICIENTS_H

enum {{ DECIMATOR_TAPS = {TAPS}, DECIMATOR_SHIFT = {SHIFT} }};

static const int32_t DECIMATOR_HALF[DECIMATOR_TAPS / 2 + 1] = {{
    {body}}};

#endif
"""


def main() -> int:
    """Write the header, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    text = header_text(design())
    if parser.parse_args().check:
        if HEADER.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write(f"{HEADER.name} is not what the design gives: run without --check\n")
        return 1
    HEADER.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
