"""Parse a file in a process of its own, which has no settings, no key, no environment and no way out.

Nothing here imports Django: `foundation.files.cleaning` starts `child` and reads what it writes.
"""
