"""Programmes: what is done in a session, in which order, with which goal and how much feedback."""
