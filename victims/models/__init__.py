"""Models of cases: what is known of a person's situation, and how much of it each agency sees.

A Grant makes a case visible; triggers derive `CaseAccess` from grants, and every list reads it.
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
from .categories import HealthNote, OffenceFact, ReportDecision, ResidenceFact
from .consents import AgreementText, ChildOpinion, Consent
from .data_requests import DataRequest, Limitation, limited_since, unlimited
from .departures import Departure
from .emergencies import Archive, ArchiveOpening, EmergencyAccess
from .entries import LinkedPerson, LinkedPersonName, PaperDocument, SecretNote, TimelineEntry
from .episodes import Episode, Profile
from .files import CaseFile
from .findings import Assessment, CaseText, Observation
from .history import CaseVersion, ContactVersion, IdentityVersion, NeedVersion, ProfileVersion
from .links import CaseLink
from .matching import IdentityEntry, MatchToken
from .needs import Need, NeedText, SupportAction
from .own_labels import OwnLabel
from .persons import Contact, Identity
from .readings import ReadingAlarm
from .relocations import Relocation
from .requisitions import Requisition, RequisitionMove
from .statements import IdentificationView, Statement, Status
