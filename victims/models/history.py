"""Store versions of the fields of a case, by triggers of django-pghistory.

They copy the row as it became, with encrypted columns as they are. The application reads these tables under the policy
of their source, and never writes them: the trigger functions run with the rights of their owner (`foundation.walls`),
and `nrm.version_stamp` sets who acted.
"""

import pghistory
from django.db import models

from agencies.models import Agency, Category, Membership
from foundation.sight import IsNot

from .cases import Case
from .episodes import Profile
from .needs import Need
from .persons import Contact, Identity
from .sight import Sees


def versions_of(tracked, fields: list[str]):
    """Return an abstract model of the versions of `tracked`, to be combined with `Stamp`."""
    return pghistory.create_event_model(
        tracked,
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        fields=fields,
        obj_field=pghistory.ObjForeignKey(related_name="versions"),
        context_field=None,  # who acted is set by trigger from the settings that policies read
    )


class Stamp(models.Model):
    """Base: who made the change; null for due work."""

    membership = models.ForeignKey(Membership, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    agency = models.ForeignKey(Agency, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")

    class Meta:
        abstract = True


class CaseVersion(
    Stamp,
    versions_of(
        Case,
        [
            "status",
            "form",
            "age_side",
            "urgency",
            "territory",
            "language",
            "persons",
            "lead",
            "coordination",
            "closure_reason",
        ],
    ),
):
    sight = Sees(2, case="pgh_obj_id")

    class Meta:
        indexes = [models.Index(fields=["pgh_obj", "-pgh_id"], name="case_versions")]

    def __str__(self):
        return str(self.pgh_id)


class IdentityVersion(Stamp, versions_of(Identity, ["id", "case", "data"])):
    sight = Identity.sight

    class Meta:
        indexes = [models.Index(fields=["case", "-pgh_id"], name="identity_versions")]

    def __str__(self):
        return str(self.pgh_id)


class ContactVersion(Stamp, versions_of(Contact, ["case", "source_id", "data"])):
    sight = Contact.sight

    class Meta:
        indexes = [models.Index(fields=["case", "-pgh_id"], name="contact_versions")]

    def __str__(self):
        return str(self.pgh_id)


class NeedVersion(Stamp, versions_of(Need, ["case", "bit", "priority", "state", "reason"])):
    sight = Sees(3) & (IsNot("bit", Category.RESIDENCE) | Sees(bit=Category.RESIDENCE))

    class Meta:
        indexes = [models.Index(fields=["case", "-pgh_id"], name="need_versions")]

    def __str__(self):
        return str(self.pgh_id)


class ProfileVersion(Stamp, versions_of(Profile, ["case", "data", "by"])):
    sight = Profile.sight

    class Meta:
        indexes = [models.Index(fields=["case", "-pgh_id"], name="profile_versions")]

    def __str__(self):
        return str(self.pgh_id)
