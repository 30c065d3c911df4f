"""Break one part of a whole installation at a time, then count what was lost and what came twice: `./run faults`."""
