"""The live window: view models without Qt, widgets without science."""
