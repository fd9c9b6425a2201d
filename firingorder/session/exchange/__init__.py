"""Recordings out to other people's programs, and their files in."""
