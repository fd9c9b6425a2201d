"""Every exercise as a body does it: pelvis, muscles, what goes wrong, and the truth about it.

``options`` say how somebody does it; ``athlete`` is one who does; ``catalogue`` has one entry for
each exercise, planned repetition by repetition by the modules of its family (``lifts``,
``still_limb``, ``holds``, ``hinges``, ``steps``, ``impacts``, ``balance``) with a ``draft``;
``session`` strings repetitions together with rests, talk, fidgets and changes of posture
(``chatter``) into a ``score``: strokes of the pelvis (``courses``) from ``postures``, shocks, and
bursts of muscles. ``pelvis`` and the synthesiser turn the score into samples, ``body`` wears the
sensors, ``truth`` says what was planted. ``activities`` compose a body from a timetable.

Numbers are orders of magnitude from anatomy, anthropometry and published amplitudes, named where
they stand. None is taken from the way repetitions are found.
"""
