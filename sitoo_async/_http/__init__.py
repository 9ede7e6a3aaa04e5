"""What goes over the wire, how it gets there, and what an answer means."""
