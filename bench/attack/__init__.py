"""Attack a platform of one's own from outside, on the loopback: markup in every field, hostile files, passwords."""
