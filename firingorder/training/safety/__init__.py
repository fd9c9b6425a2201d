"""Pain, red flags, progression, and who may do what."""
