"""Every form of every page, sent empty, too long, with unknown codes, with a character no text may hold, and twice: an
answer in words, what was typed still there, nothing half written. The forms are those a walk along the links finds;
what it does not meet is tried by hand in the test named beside it. Public policy has a walk of its own, with members
of its roles: test_any_policy_form.
"""

import re
from pathlib import Path

import pytest

from agencies.models import Membership, Role
from tests.roles import as_role

from .conditions import EVERYTHING, WHOLE, share
from .forms_late import late
from .forms_sent import tried
from .forms_walk import walk
from .test_routes import LEDGER
from .world import World

pytestmark = pytest.mark.django_db
PROGRAMS = ("token", "client")
APART = "plans:"
TESTS = Path(__file__).resolve().parents[1]
BY_HAND = {
    "referral/archives/test_archives.py": "archive-open",
    "referral/organisations/test_duty_views.py": "duty",
    "referral/organisations/test_accounts.py": "activate",
    "referral/organisations/test_members.py": "member-code member-on",
    "referral/organisations/test_old_files.py": "member-files",
    "agencies/accounts/test_views.py": "login logout",
    "agencies/kept/test_kept_forms.py": "kept kept-now",
    "agencies/kept/test_drafts.py": "drafts",
    "victims/consents/test_agreements.py": "opinion-new",
    "referral/alerts/test_alert_follow_views.py": "alert-follow",
    "referral/alerts/test_offline.py": "offline-deliver",
    "referral/alerts/test_signal_to_alert.py": "alert-start",
    "referral/alerts/test_alert_to_the_end.py": "alert-add",
    "referral/alerts/test_kept_alerts.py": "alert-address alert-finish",
    "referral/alerts/test_alert_views.py": "alert-discard alert-reading alert-step",
    "victims/categories/test_categories.py": "case-offence case-residence",
    "victims/files/test_attacks.py": "file-download",
    "referral/duplicates/test_decisions.py": "match-decide match-merge",
    "referral/exports/test_exports.py": "export-approve export-refuse",
    "referral/imports/test_imports.py": "import-columns import-detail import-discard import-load import-undo"
    " import-words",
    "referral/organisations/test_organisation_views.py": "organisation-edit",
    "referral/organisations/test_invented_member.py": "arrival",
    "referral/organisations/test_coverage.py": "desk-change",
    "referral/organisations/test_powers.py": "powers",
    "referral/factors/test_second_step.py": "second-step passkey factor-codes factor-remove",
    "referral/factors/test_lost_factor.py": "member-factor",
    "referral/provider/set_up.py": "provider provider-link provider-unlink",
    "referral/charter/test_charter.py": "charter",
    "referral/erasure/test_holds.py": "hold-detail",
    "referral/sessions/test_sessions.py": "sessions member-sessions",
    "referral/organisations/test_hooks.py": "hook hook-make hook-secret",
    "referral/organisations/test_programs.py": "programs program-secret program-cut program-scope",
    "referral/organisations/test_program_keys.py": "program-key",
    "referral/sandbox/test_sandbox_pages.py": "program-sandbox",
    "referral/orientations/test_names_asked.py": "orientation-detail",
    "referral/orientations/test_orientation_views.py": "orientation-accept orientation-answer orientation-ask"
    " orientation-charge orientation-complete orientation-decline orientation-reroute orientation-start",
    "referral/inbox/test_desk_answers.py": "alert-confirm alert-reach alert-stand-down",
    "referral/alerts/test_additions_of_several.py": "alert-take-note",
    "referral/inbox/test_silent_desks.py": "silent-call silent-readdress",
    "referral/situations/test_situations.py": "situation-alert situation-ask situation-charge situation-drafts"
    " situation-persons situation-question situation-signs situation-split",
    "referral/situations/test_group.py": "situation-opening",
    "referral/survey/test_survey.py": "survey-send",
    "referral/desk/test_work_lists.py": "saved-searches",
    "victims/reading/test_reading_budget.py": "reading-alarm",
    "victims/requisitions/test_attacks.py": "requisition-keeping",
}
ELSEWHERE = {route: test for test, routes in BY_HAND.items() for route in routes.split()}


@pytest.fixture
def found(db):
    world = World()
    first = [world.lead, world.coordinator, world.nurse, world.actor(Role.AGENCY_ADMIN, "lead")]
    first += [world.actor(Role.AUDITOR, "stranger"), world.actor("case_worker", "sent")]
    world.tell_everybody(set())
    with as_role("nrm_owner"):
        every = Membership.objects.filter(active=True, kind=Membership.Sort.PERSON).order_by("pk")
        others = list(every.exclude(pk__in=[m.pk for m in first]).select_related("user", "agency"))
    return walk([*first, *others], each=2, most=9)


@pytest.mark.long
@pytest.mark.proof
def test_every_form_sent_wrongly_answers_in_words_and_sent_late_is_given_back(found, subtests):
    """One walk for both questions: walking costs more than asking them."""
    forms = {route: shown for route, shown in found.items() if not route.startswith(APART)}
    with subtests.test("answers anything in words and writes nothing by half"):
        wrong = tried(some := dict(share([*forms.items()])))
        posted = {name for name, row in LEDGER.items() if "POST" in row["methods"] and row["access"] not in PROGRAMS}
        posted = {name for name in posted if not name.startswith(APART)}
        how = "no walk meets this form: try it by hand, and name the test in ELSEWHERE"
        met = {name.removeprefix("referral:") for name in found} | set(ELSEWHERE)
        wrong += [f"{name}: {how}" for name in sorted(posted) if name.removeprefix("referral:") not in met]
        assert not wrong, "\n".join(wrong)
    with subtests.test("sent after its session is given back whole after sign-in"):
        sent, wrong = late(some)
        assert not wrong, "\n".join(wrong)
        assert sent > (90 if EVERYTHING else 22 if WHOLE else 4)


@pytest.mark.parametrize("route", ELSEWHERE)
def test_what_no_walk_meets_is_tried_by_hand(route):
    assert re.search(rf'[":]{route}"', (TESTS / ELSEWHERE[route]).read_text())
