"""What an account holds, collection by collection, free of HTTP."""
