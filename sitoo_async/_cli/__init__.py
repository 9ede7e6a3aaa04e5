"""``python -m sitoo_async``: the prompt, the demonstration, the index of operations."""
