"""How well movement is followed: angles against optics, repetitions, phases, faults.

``python -m benchmarks.movement`` (``make bench-movement``) plays simulated people through the
product in every exercise, real recordings beside them, and writes ``docs/movement.md``.
``python -m benchmarks.movement.angles`` holds the pelvis angles against optical references and
against planted mountings, and writes ``docs/movement_angles.md``.
"""
