"""Tools of development, absent from production: services on one machine, demonstration data, checks."""
