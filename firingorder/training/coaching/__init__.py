"""The coach: leads a person through a programme, as a function of samples, answers and keys."""
