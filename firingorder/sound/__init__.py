"""What the program says without words: cues, the mixer that plays them, and where they go to."""
