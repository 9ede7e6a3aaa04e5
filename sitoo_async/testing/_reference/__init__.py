"""The reference as data: operations, fields and rules, free of any server."""
