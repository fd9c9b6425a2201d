"""firingorder: which muscle fired first, repetition by repetition, and how sure that is."""

__version__ = "0.1.0"
