"""The report drawn with Qt: PDF, printer, page images, and HTML with the same figures."""
