"""Where samples and findings leave this program while a session runs; off by default."""
