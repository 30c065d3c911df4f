"""Models of who takes part, and reference data."""

from .accounts import ActivationCode
from .changes import MemberChange
from .desk_changes import DeskChange
from .directory import (
    GIVEN_BY_THE_DIRECTORY,
    Category,
    Directory,
    Helpline,
    Kind,
    Level,
    ReferenceVersion,
    Service,
    Territory,
)
from .duty import DutyHours, DutyMember
from .kept import DRAFT_LIFE, FORM_LIFE, Draft, KeptForm
from .programs import SECRET_OVERLAP, ApiClient, ProgramCall, Sandbox, Scope
from .providers import ProviderLink
from .sessions import Session
from .tries import Tries
from .units import (
    APART_ROLES,
    CASE_ROLES,
    SETTLED,
    Agency,
    AgencyQuerySet,
    Capacity,
    Desk,
    Membership,
    MembershipQuerySet,
    Role,
    User,
    UserManager,
)
