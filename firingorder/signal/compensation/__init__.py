"""Faults of the fault dictionary: what the sensors can see of how a repetition was done."""
