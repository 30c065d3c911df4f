"""Row security of the directory: everybody reads it; the application changes a few columns of one's own desk."""

from django.conf import settings

from agencies.models import GIVEN_BY_THE_DIRECTORY, SECRET_OVERLAP, SETTLED
from agencies.models.accounts import (
    ACCOUNT_KEPT_AT_LEAST,
    CODE_LIFE,
    COST,
    INVITED,
    UNUSED_AT_LEAST,
    WARNED_FIRST,
    WARNED_FOR,
    WARNED_LAST,
)
from agencies.models.kept import Draft, KeptForm
from agencies.models.programs import ProgramCall, Sandbox
from agencies.models.providers import ProviderLink
from agencies.models.units import FORMER, OFFICES
from foundation.sql_values import by_code, constant
from foundation.walls import SIGNED, Wall

FUNCTIONS = [
    constant("nrm.code_life", CODE_LIFE),
    constant("nrm.password_cost", COST),
    constant("nrm.unused_at_least", UNUSED_AT_LEAST),
    constant("nrm.warned_first", WARNED_FIRST),
    constant("nrm.warned_last", WARNED_LAST),
    constant("nrm.warned_for", WARNED_FOR),
    constant("nrm.account_kept_at_least", ACCOUNT_KEPT_AT_LEAST),
    constant("nrm.invited_at_least", INVITED),
    constant("nrm.former", FORMER),
    constant("nrm.settled", SETTLED),
    constant("nrm.secret_overlap", SECRET_OVERLAP),
    constant("nrm.sandbox_most", settings.SANDBOX_MOST),
    constant("nrm.sandbox_megabytes", settings.SANDBOX_MEGABYTES),
    constant("nrm.given_by_the_directory", sorted(GIVEN_BY_THE_DIRECTORY)),
    by_code("nrm.pack_office", OFFICES),
]
_EDIT = "SELECT, INSERT, UPDATE" if settings.ADMIN_ENABLED else "SELECT"
RIGHTS = {
    "agencies_territory": "SELECT",
    "agencies_territory_neighbours": "SELECT",
    "agencies_service": _EDIT,
    "agencies_helpline": _EDIT,
    "agencies_referenceversion": _EDIT,
    "agencies_directory": _EDIT,
    "agencies_directory_services": _EDIT,
    "agencies_agency": _EDIT,
    # functions of agencies/sql/accounts.sql write passwords (one's own, with a code, at a new cost) and sign-ins;
    # of the columns here, one's own alone (agencies/sql/unwalled.sql)
    "agencies_user": "SELECT, UPDATE (language, phone, charter, charter_at)",
    "agencies_membership": "SELECT",
    # with a token that it is given (agencies/sql/unwalled.sql)
    "agencies_apiclient": "SELECT, UPDATE (last_used_at)",
    # counted before anybody is known; digests only; the application signs (agencies/sql/unwalled.sql)
    "agencies_tries": "SELECT, INSERT, UPDATE, DELETE",
    # read before anybody is known; digests of keys; whose a session is stands in its signed data too
    "agencies_session": (
        "SELECT, INSERT, UPDATE (session_data, expire_date, mark, user_id, began_at, device, place), DELETE"
    ),
    "auth_group": "SELECT, INSERT" if settings.ADMIN_ENABLED else "SELECT",
    "auth_permission": "SELECT",
    "auth_group_permissions": "SELECT",
    "django_content_type": "SELECT",
    # digests of tokens, each with a signature of its own (referral/api/middleware/tokens.py); the application says to
    # whom it gives one, and the worker deletes those that are over (agencies/sql/unwalled.sql)
    "oauth2_provider_accesstoken": "SELECT, INSERT, DELETE",
}

# An agency keeps its own desk: what it takes, for whom, its places. Whether and how far it receives is set by others.
_KEPT = "takes_adults, takes_minors, forms, languages, places, places_updated_at, second_id, phone"
# only its administrator
_ADMIN = (
    "desk_id = nrm.agency() AND EXISTS (SELECT 1 FROM agencies_membership m WHERE m.id = nrm.membership()"
    " AND m.active AND m.kind = 'person' AND 'agency_admin' = ANY(m.roles))"
)
WALLS = [
    Wall(
        "agencies_desk",
        select="true",
        update="agency_id = nrm.agency()",
        rights=f"SELECT, UPDATE ({_KEPT})",
    ),
    *[
        Wall(
            table,
            select="true",
            # what is added is asked and agreed to (nrm.decide_desk), in the admin too; what is taken off is free
            delete=_ADMIN,
            rights="SELECT, DELETE",
        )
        for table in ("agencies_desk_services", "agencies_desk_territories")
    ],
    # everybody reads the hours: who alerts a desk at night is told when it opens
    Wall(
        "agencies_dutyhours",
        select="true",
        insert=_ADMIN,
        update=_ADMIN,
        delete=_ADMIN,
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
    Wall(
        "agencies_dutymember",
        select="desk_id = nrm.agency()",
        insert=_ADMIN,
        update=_ADMIN,
        delete=_ADMIN,
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
    # written by functions only; every member reads who was invited, and who was given a code
    Wall(
        "agencies_memberchange",
        select="agency_id = nrm.agency() OR nrm.second_or_auditor(nrm.membership(), agency_id, by_id, membership_id)",
    ),
    Wall(
        "agencies_deskchange",
        select="desk_id = nrm.agency() OR stand_in_id = nrm.agency() OR unit_id = nrm.agency()"
        " OR nrm.decides_desk(nrm.membership(), unit_id, by_id)"
        " OR EXISTS (SELECT 1 FROM agencies_membership b WHERE b.id = by_id AND b.agency_id = nrm.agency())",
    ),
    # read before anybody is known; set up and removed by its person. A lost one is taken away by nrm.decide_member
    Wall(
        "mfa_authenticator",
        select="true",
        insert="user_id = nrm.person()",
        update="true",
        delete="user_id = nrm.person()",
        # allauth saves whole rows: nrm.factor_stays guards what stays, nrm.kept_by_oneself whose it is
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
    # found at a sign-in and made by functions (agencies/sql/providers.sql); whose it is reads and removes it, and the
    # context is asked for its signature to read it too
    Wall.of(
        ProviderLink,
        select=f"user_id = nrm.person() AND {SIGNED}",
        delete="user_id = nrm.person()",
        rights="SELECT, DELETE",
    ),
    # functions write it for an administrator, and the worker, which makes the database
    Wall.of(
        Sandbox,
        select="membership_id IN (SELECT p.id FROM agencies_membership p JOIN agencies_membership m"
        " ON m.agency_id = p.agency_id WHERE m.id = nrm.membership() AND m.active AND m.agency_id = nrm.agency()"
        " AND 'agency_admin' = ANY(m.roles))",
        worker_rights="SELECT, UPDATE, DELETE",
    ),
    # a program writes its own calls; the administrators of its agency alone read them
    Wall.of(
        ProgramCall,
        select="membership_id IN (SELECT p.id FROM agencies_membership p JOIN agencies_membership m"
        " ON m.agency_id = p.agency_id WHERE m.id = nrm.membership() AND m.active AND m.agency_id = nrm.agency()"
        " AND 'agency_admin' = ANY(m.roles))",
        insert="membership_id = nrm.membership()",
        rights="SELECT, INSERT",
        worker_rights="SELECT, INSERT, DELETE",
    ),
    # written by trigger only
    Wall("agencies_capacity", select="desk_id = nrm.agency()"),
    # whoever typed it, under the membership the form was opened with; which browser may have it back is asked in Python
    Wall.of(KeptForm, insert=KeptForm.sight, delete=KeptForm.sight, rights="SELECT, INSERT, DELETE"),
    Wall.of(
        Draft,
        insert=Draft.sight,
        update=Draft.sight,
        delete=Draft.sight,
        rights="SELECT, INSERT, UPDATE (data, saved_at), DELETE",
    ),
]
