"""Accuracy on simulated signals: ours, tuned peers and the limit, in one run.

``make bench-accuracy`` or ``python -m benchmarks.accuracy``. Scenarios and trials are made by
``scenarios`` and ``trials``; ``ours`` is the one place that knows the product's building blocks;
``scoring`` turns estimates into figures; ``report`` writes ``docs/accuracy.md``.
"""
