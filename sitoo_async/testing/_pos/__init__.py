"""What a POS asks a partner's server, and what it makes of the answers."""
