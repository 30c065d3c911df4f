"""Cases: what is known of a person's situation, and which agency sees how much of it.

A Grant is what makes a case visible; `CaseAccess` is derived from grants by triggers and read by every list.
"""

from .cases import (
    AccessQuerySet,
    AgeSide,
    Assignment,
    Case,
    CaseAccess,
    CaseQuerySet,
    Grant,
    GrantLog,
    Restriction,
    RestrictionQuerySet,
    Urgency,
    live,
    new_reference,
)
from .consents import Consent
from .emergencies import EmergencyAccess
from .episodes import Episode, Profile
from .findings import Assessment, CaseText, Observation
from .persons import Contact, Identity
from .relocations import Relocation

__all__ = [
    "AccessQuerySet",
    "AgeSide",
    "Assessment",
    "Assignment",
    "Case",
    "CaseAccess",
    "CaseQuerySet",
    "CaseText",
    "Consent",
    "Contact",
    "EmergencyAccess",
    "Episode",
    "Grant",
    "GrantLog",
    "Identity",
    "Observation",
    "Profile",
    "Relocation",
    "Restriction",
    "RestrictionQuerySet",
    "Urgency",
    "live",
    "new_reference",
]
