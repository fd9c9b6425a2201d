"""What a report says, decided without drawing: paper, HTML and preview show the same content."""
