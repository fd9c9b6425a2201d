"""Filtering, envelopes, onset timing and firing order. Pure: no I/O, no clock, no Qt."""

if __name__ != "firingorder.signal":
    raise ImportError(
        "firingorder/signal was imported in place of the standard library's signal module. "
        "Run from the repository root (python -m firingorder), not from inside firingorder/."
    )
