"""What users and servers give: looked at, checked and shown, and nothing else raised."""
