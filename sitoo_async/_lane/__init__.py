"""Who sends when: calls in a queue, one exchange at a time for a key, and the retries."""
