"""What goes over the wire, and the one module that knows aiohttp."""
