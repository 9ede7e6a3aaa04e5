"""Between the bytes of JSON and models: what a field is, how it is read, checked and written."""
