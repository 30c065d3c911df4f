"""Say how long the oldest notice may wait before its sending is broken.

Without Django: the healthchecks of the workers that send read it too (deploy/alive.py).
"""

# heartbeats: everything due before this moment was sent; dangers to life apart
VITAL, OTHERS = "vital-notices", "other-notices"
MAY_WAIT = {VITAL: 300, OTHERS: 3600}  # seconds
