"""Many recordings in one run: one task for each file, several runners, tables and pictures."""
