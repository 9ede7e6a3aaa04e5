"""How a collection is walked, page by page: what is asked for next, and what comes when."""
