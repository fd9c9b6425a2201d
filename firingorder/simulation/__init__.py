"""The body with known onsets, and the virtual device that wears it.

Body: ``scenarios`` (by name, with the truth) draws a ``person`` and ``repetitions`` of ``bursts``;
``synth`` and ``contaminants`` turn them into EMG, ``movement`` into what the inertial sensor
measures, ``noise`` keeps both functions of the sample index alone. ``exercises`` does every other
exercise, and what a timetable says; ``wear`` is a sensor worn badly. ``worn_body`` is what all
scenarios have in common, ``body`` what a device needs of either a scenario or a recording.

Device: ``device`` is the firmware without I/O (``orders``, ``streams``, ``sampler``, ``reports``,
``inbox``, ``outbox``, ``vitals``, ``clock``, ``settings``), ``line`` adds the ``faults`` of a link
(``spoiling``, ``timetable``), ``link`` offers it to a session in this process, ``server`` and
``terminal`` to any host. ``radio_port`` is the device as its radio sees it, ``radio`` the simulated
Bluetooth LE around it.

Nothing here knows how onsets are found: no template, threshold or constant is shared with
``firingorder.signal``.
"""
