"""Serve people from several hosts while one of them is replaced or the tables change: `./run load`."""
