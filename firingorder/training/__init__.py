"""Exercises as data. Pure: no Qt, no clock."""
