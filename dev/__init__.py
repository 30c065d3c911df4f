"""What development needs and production has not: services on one machine, demonstration data, checks."""
