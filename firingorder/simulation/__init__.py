"""The body with known onsets, and the virtual device that wears it."""
