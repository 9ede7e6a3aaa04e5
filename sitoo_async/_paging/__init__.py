"""Collections, page by page."""
