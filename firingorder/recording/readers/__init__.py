"""Readers of other people's files: EDF/BDF, CSV, MAT."""
