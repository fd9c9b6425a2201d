"""Recordings as they arrived (MCAP), their recovery, and other people's files."""
