"""Speed and size against their bars: ``make bench`` or ``python -m benchmarks``."""
