"""Goals: what a repetition is held against, in each of the modes, and what is said of it."""
