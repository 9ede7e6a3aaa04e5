"""The fake server: HTTP, keys, faults, and a loop on virtual time."""
