"""Store activation codes: told by voice, used once."""

from datetime import timedelta

from django.db import models

from .units import Membership, User

CODE_LIFE = timedelta(hours=72)
# Of accounts that nobody uses, what the database asks whatever the worker or its configuration says: nobody is told
# sooner, an account is switched off so long after the first and the last word about it, and forgotten so long after it
# was off. A year of the journal names its author: the least is longer (decision 85).
UNUSED_AT_LEAST = timedelta(days=59)
WARNED_FIRST, WARNED_LAST = timedelta(days=30), timedelta(days=7)
WARNED_FOR = timedelta(days=60)  # older, what was told is told again
ACCOUNT_KEPT_AT_LEAST = timedelta(days=730)
INVITED = timedelta(days=90)  # an invitation that nobody used: switched off, and as long after forgotten
# Cost of a password's hash, of OWASP's Password Storage Cheat Sheet: 46 MiB (in KiB), one pass, one lane. A single lane
# leaves the other core to the pages.
MEMORY, PASSES, LANES = 47104, 1, 1
COST = f"argon2$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}$"  # how a hash of this cost begins


class ActivationCode(models.Model):
    """Store the current code of an account, as a keyed digest.

    The application has no access to the table, only to the functions of agencies/sql/accounts.sql.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64)
    until = models.DateTimeField()
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    def __str__(self):
        return str(self.until)
