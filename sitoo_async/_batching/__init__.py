"""Many items in few requests, and an outcome for each of them."""
