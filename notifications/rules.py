"""Say how long the oldest notice may wait before its sending is broken.

Without Django: the healthchecks of the workers that send read it too (deploy/alive.py).
"""

# heartbeats: everything due before this moment was sent; dangers to life apart, and mailings, which may take hours, but
# less than the fifteen after which a message is given up and counted no more
VITAL, OTHERS, MAILINGS = "vital-notices", "other-notices", "mailing-notices"
MAY_WAIT = {VITAL: 300, OTHERS: 3600, MAILINGS: 12 * 3600}  # seconds
