"""Questions that are argued about, and what nobody knows: data, with their sources."""

from firingorder.training.education.pages import (
    Debate,
    Paragraph,
    ReadingPage,
    Section,
    View,
    load_debates,
    load_page,
)

__all__ = [
    "Debate",
    "Paragraph",
    "ReadingPage",
    "Section",
    "View",
    "load_debates",
    "load_page",
]
