"""From rest and reference contractions to a profile. Pure: no I/O, no clock, no Qt.

The way through: ``plan`` (what is asked for, and when) -> ``wizard`` (goes through it on sample
time, shows ``view``) -> ``recorder`` cuts takes -> ``evaluation`` hands them to ``rest``,
``montage_check``, ``reference``, ``threshold``, ``mounting``, ``taps`` -> ``draft`` -> ``profile``,
which ``profile_json`` stores and ``fit`` holds against the next session.
"""
