"""How well movement is measured: angles against optics, repetitions, faults.

``python -m benchmarks.movement.angles`` holds the pelvis angles against optical references and
against planted mountings, and writes ``docs/movement_angles.md``.
"""
