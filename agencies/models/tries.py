"""Count tries of passwords, codes and secrets, and remember from where an account signed in."""

from datetime import timedelta

from django.db import models

COUNTED_FOR = timedelta(days=2)  # longer than any count takes to drain
KNOWN_FOR = timedelta(days=30)  # after the last sign-in from an address


class Tries(models.Model):
    """Store one count: of an account from an address, of an address, of all of them.

    `digest`: keyed digest of what is counted, since somebody may type a password in the place of the address. `level`:
    tries counted, less those that time forgave until `at`. `until`: no try is taken before. A row of kind KNOWN counts
    nothing: the account signed in from this address at `at`.
    """

    class Kind(models.TextChoices):
        PAIR = "pair"
        BROWSER = "browser"
        ACCOUNT = "account"
        ADDRESS = "address"
        TOTAL = "total"
        WORD = "word"
        RATE = "rate"
        KNOWN = "known"
        ONCE = "once"  # the number of a signed statement, good once: counts nothing
        WINDOW = "window"  # requests of a program in one minute, while Redis is away

    digest = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind)
    level = models.FloatField()
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "tries"
        indexes = [models.Index(fields=["at"], name="tries_by_age")]

    def __str__(self):
        return f"{self.kind} {self.level:.1f}"
