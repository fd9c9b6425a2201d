"""One drawing for screen, PDF and HTML: theme and painters."""
