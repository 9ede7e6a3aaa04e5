"""The operations of the reference, one module per group: paths, parameters, verbs."""
