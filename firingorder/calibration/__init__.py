"""From rest and reference contractions to a profile. Pure: no I/O, no clock, no Qt."""
