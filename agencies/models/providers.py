"""Store which identity of the State's sign-in opens an account."""

from django.db import models

from .units import User


class ProviderLink(models.Model):
    """Store that a person signs in by an identity of the provider: one a person, one person an identity.

    `digest`: keyed digest of issuer and subject, renewed with the first key at each use. Written by nrm.link_provider
    and nrm.linked_person alone; its person reads and deletes it.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self):
        return str(self.made_at)
