"""Who reads, sends, moderates and answers a contribution: by the operations, and by the database alone."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from plans.models import Consultation, Contribution, ContributionMove, Response
from plans.participation.operations import participation
from tests import factories as f
from tests.plans import participants as p
from tests.plans import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordination():
    return people.coordination()


@pytest.fixture
def association():
    return people.speaker()


def refused(act, error=ProgrammingError) -> bool:
    try:
        with transaction.atomic():
            act()
    except error:
        return True
    return False


def move_by(actor, contribution, action, before, after, **fields) -> ContributionMove:
    """Written by hand: the database alone judges it."""
    made = {"contribution": contribution, "action": action, "before": before, "after": after}
    return ContributionMove(**made, agency=actor.agency, by=actor, **fields)


def seen_by(actor, pk) -> bool:
    """By bare ORM: the policies alone stand."""
    if actor is None:
        return Contribution.objects.filter(pk=pk).exists()
    with acting_as(actor):
        return Contribution.objects.filter(pk=pk).exists()


def readers(pk, author, coordination) -> dict:
    colleague = f.member(author.agency, Role.POLICY)
    return {
        "author": seen_by(author, pk),
        "colleague": seen_by(colleague, pk),
        "colleague without the role": seen_by(f.member(author.agency, Role.CASE_WORKER), pk),
        "coordination": seen_by(coordination, pk),
        "other association": seen_by(people.speaker(), pk),
        "CNCDH": seen_by(people.cncdh(), pk),
        "public": seen_by(None, pk),
    }


NOBODY_ELSE = {"other association": False, "CNCDH": False, "public": False, "colleague without the role": False}


def test_a_draft_is_its_agencys_alone(association, coordination):
    draft = p.draft(association)
    assert readers(draft.pk, association, coordination) == {
        "author": True,
        "colleague": True,
        "coordination": False,
        **NOBODY_ELSE,
    }
    with acting_as(coordination), pytest.raises(NotFound):
        participation.visible(coordination, draft.pk)


def test_what_is_sent_is_read_by_the_coordination_too(association, coordination):
    sent = p.sent(association)
    assert readers(sent.pk, association, coordination) == {
        "author": True,
        "colleague": True,
        "coordination": True,
        **NOBODY_ELSE,
    }


def test_what_is_published_is_read_by_all_side_by_side(association, coordination):
    found = p.published(association, coordination)
    assert set(readers(found.pk, association, coordination).values()) == {True}


def test_a_confidential_one_is_never_read_by_anybody_else(association, coordination):
    sent = p.sent(association, confidential=True)
    expected = {"author": True, "colleague": True, "coordination": True, **NOBODY_ELSE}
    assert readers(sent.pk, association, coordination) == expected
    with acting_as(coordination):
        with pytest.raises(WrongState):
            participation.publish_contribution(coordination, sent.pk)
        participation.answer_contribution(coordination, sent.pk, verdict="accepted", text="Entendu.")
    assert readers(sent.pk, association, coordination) == expected
    others = people.speaker()
    with acting_as(others):
        assert not Response.objects.exists(), "nor its answer"
    assert not Response.objects.exists()


def test_survivors_words_are_confidential_whatever_is_asked(association, coordination):
    sent = p.sent(association, author_kind="survivor_with_support", confidential=False)
    assert (sent.author_kind, sent.confidential) == ("survivor_with_support", True)
    company = p.sent(people.speaker(Kind.EMPLOYER), author_kind="survivor_with_support")
    assert (company.author_kind, company.confidential) == ("company", False), "an association alone speaks for them"
    assert not seen_by(None, sent.pk)


def test_nobody_passes_for_an_independent_body(association):
    draft = p.draft(association, author_kind="independent")
    assert draft.author_kind == "association"
    with acting_as(association):
        Contribution.objects.filter(pk=draft.pk).update(author_kind="independent")
    with acting_as(association):
        assert Contribution.objects.get(pk=draft.pk).author_kind == "association"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.NGO, "association"),
        (Kind.NGO_NETWORK, "association"),
        (Kind.UNION, "union"),
        (Kind.EMPLOYER, "company"),
        (Kind.LOCAL_AUTHORITY, "local_authority"),
        (Kind.INDEPENDENT, "independent"),
        (Kind.JUSTICE, "state"),
    ],
)
def test_the_kind_of_author_follows_from_the_agency(kind, expected):
    assert p.draft(people.speaker(kind)).author_kind == expected


# -- moderation -------------------------------------------------------------------------------------------------------
def test_an_independent_body_is_published_as_it_sends_and_never_moderated(coordination):
    sent = p.sent(people.cncdh())
    assert sent.state == "published"
    with acting_as(coordination):
        with pytest.raises(NotAllowed):
            participation.set_contribution_aside(coordination, sent.pk, reason="Trop critique")

        def by_hand():
            move = move_by(coordination, sent, "set_aside", "published", "set_aside", reason="Trop critique")
            ContributionMove.objects.bulk_create([move])

        assert refused(by_hand)
        assert refused(lambda: Contribution.objects.filter(pk=sent.pk).update(state="set_aside"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE nrm_owner")
        with pytest.raises(IntegrityError, match="independent_is_never_moderated"), transaction.atomic():
            cursor.execute(
                "UPDATE plans_contribution SET state = 'set_aside', set_aside_reason = 'x' WHERE id = %s", [sent.pk]
            )
        cursor.execute("SET LOCAL ROLE nrm_app")
    assert seen_by(None, sent.pk)


def test_an_independent_body_may_stay_confidential_and_is_still_not_moderated(coordination):
    sent = p.sent(people.cncdh(), confidential=True)
    assert sent.state == "submitted"
    with acting_as(coordination), pytest.raises(NotAllowed):
        participation.set_contribution_aside(coordination, sent.pk, reason="Non")


def test_an_association_is_moderated_with_a_reason_it_reads(association, coordination):
    sent = p.sent(association)
    with acting_as(coordination):
        participation.set_contribution_aside(coordination, sent.pk, reason="Une personne y est reconnaissable.")
    with acting_as(association):
        mine = Contribution.objects.get(pk=sent.pk)
    assert (mine.state, mine.set_aside_reason) == ("set_aside", "Une personne y est reconnaissable.")
    assert not seen_by(None, sent.pk)
    assert not seen_by(people.speaker(), sent.pk)


def test_only_the_coordination_moderates_and_answers(association, coordination):
    sent = p.sent(association)
    found = p.published(people.speaker(Kind.UNION), coordination)
    for actor in (association, people.ministry(), people.cncdh()):
        with acting_as(actor):
            for act in (
                lambda a=actor: participation.publish_contribution(a, sent.pk),
                lambda a=actor: participation.set_contribution_aside(a, sent.pk, reason="x"),
                lambda a=actor: participation.answer_contribution(a, found.pk, verdict="accepted", text="x"),
                lambda a=actor: participation.sum_up_survivors(a, title="x", text="x"),
            ):
                with pytest.raises((NotAllowed, NotFound)):
                    act()
            response = Response(contribution=found, verdict="accepted", text="x", agency=actor.agency, by=actor)
            assert refused(lambda r=response: Response.objects.bulk_create([r]))
    with acting_as(association), pytest.raises(NotAllowed):
        participation.publish_contribution(association, sent.pk)


def test_the_coordination_does_not_contribute_to_itself(coordination):
    with acting_as(coordination), pytest.raises(NotAllowed):
        participation.start_contribution(coordination, subject="plan", target="plan3", title="x", text="x")
    made = Contribution(
        subject="plan", target="plan3", title="x", text="x", agency=coordination.agency, by=coordination
    )
    with acting_as(coordination):
        assert refused(lambda: Contribution.objects.bulk_create([made]))


# -- the author's hand ------------------------------------------------------------------------------------------------
def test_a_draft_is_edited_by_its_agency_until_it_is_sent(association, coordination):
    draft = p.draft(association)
    colleague = f.member(association.agency, Role.POLICY)
    with acting_as(colleague):
        participation.save_contribution(colleague, draft.pk, text="Corrigé.")
        participation.send_contribution(colleague, draft.pk)
        with pytest.raises(WrongState):
            participation.save_contribution(colleague, draft.pk, text="Trop tard.")
        assert Contribution.objects.filter(pk=draft.pk).update(text="Trop tard.") == 0
        participation.take_back_contribution(colleague, draft.pk)
        participation.save_contribution(colleague, draft.pk, text="Repris.")
    assert not seen_by(coordination, draft.pk), "taken back: the coordination does not read it any more"
    stranger = people.speaker()
    with acting_as(stranger):
        with pytest.raises(NotFound):
            participation.save_contribution(stranger, draft.pk, text="Volé")
        assert Contribution.objects.filter(pk=draft.pk).update(text="Volé") == 0


def test_it_is_withdrawn_before_publication_and_not_after(association, coordination):
    sent = p.sent(association)
    with acting_as(association):
        participation.withdraw_contribution(association, sent.pk)
        assert Contribution.objects.get(pk=sent.pk).text == p.TEXT, "what was typed stays"
    found = p.published(association, coordination)
    with acting_as(association), pytest.raises(WrongState):
        participation.withdraw_contribution(association, found.pk)


def test_a_state_or_a_date_is_never_written_by_hand(association, coordination):
    draft = p.draft(association)
    for actor in (association, coordination):
        with acting_as(actor):
            for fields in ({"state": "published"}, {"due_at": timezone.now()}, {"settled_at": timezone.now()}):
                assert refused(lambda said=fields: Contribution.objects.filter(pk=draft.pk).update(**said))

    def born_published():
        made = Contribution(subject="plan", target="plan3", title="x", state="published", agency=association.agency,
                            by=association)  # fmt: skip
        Contribution.objects.bulk_create([made])

    with acting_as(association):
        assert refused(born_published)
        far = move_by(association, draft, "submit", "draft", "submitted", due_at=timezone.now() + timedelta(400))
        assert refused(lambda: ContributionMove.objects.bulk_create([far]), DatabaseError), "a clock of a year"


# -- the duty to answer -----------------------------------------------------------------------------------------------
def test_thirty_days_from_sending_then_late_until_it_is_answered(association, coordination):
    found = p.published(association, coordination)
    assert timedelta(days=29) < found.due_at - timezone.now() <= timedelta(days=30)
    assert not found.is_late
    p.long_ago(found)
    assert found.is_late
    assert list(Contribution.objects.public().late()) == [found], "and the public is told"
    with acting_as(coordination):
        participation.answer_contribution(coordination, found.pk, verdict="not_followed", text="Hors du champ.")
    found.refresh_from_db()
    assert not found.is_late
    assert not Contribution.objects.late().exists()


def test_the_time_to_answer_is_a_setting(association, settings):
    settings.CONTRIBUTION_ANSWER_DAYS = 45
    assert p.sent(association).due_at - timezone.now() > timedelta(days=44)


def test_it_is_answered_once_it_is_published_and_answers_stay(association, coordination):
    sent = p.sent(association)
    with acting_as(coordination):
        with pytest.raises(WrongState):
            participation.answer_contribution(coordination, sent.pk, verdict="accepted", text="Oui")
        participation.publish_contribution(coordination, sent.pk)
        participation.answer_contribution(coordination, sent.pk, verdict="accepted", text="Oui")
        participation.answer_contribution(coordination, sent.pk, verdict="partly", text="À moitié, en fait.")
        assert refused(lambda: Response.objects.update(text="Non"))
        assert refused(lambda: Response.objects.all()._raw_delete("default"))
    assert [r.verdict for r in Response.objects.all()] == ["accepted", "partly"]


def figures() -> dict:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nrm.participation_figures()")
        return dict(zip([c.name for c in cursor.description], cursor.fetchone(), strict=True))


def test_the_public_figures_count_what_it_may_not_read(association, coordination):
    p.draft(association)
    p.sent(association)
    p.answered(association, coordination)
    late, hidden = p.published(association, coordination), p.sent(association, confidential=True)
    p.long_ago(late)
    p.long_ago(hidden)
    aside = p.sent(association)
    with acting_as(coordination):
        participation.set_contribution_aside(coordination, aside.pk, reason="Une personne est reconnaissable.")
    with acting_as(association):
        participation.withdraw_contribution(association, p.sent(association).pk)
    assert figures() == {
        "received": 5,
        "confidential": 1,
        "answered": 1,
        "set_aside": 1,
        "waiting": 1,
        "late": 2,
        "unread_late": 1,
        "due": 4,
        "settled": 2,
        "median_days": 0,
        "unread": 1,
    }
    shown = Contribution.objects.visible_to(None).count()
    found = figures()
    assert found["received"] == shown + found["confidential"] + found["set_aside"] + found["unread"], (
        "one is counted and told nowhere"
    )


# -- consultations ----------------------------------------------------------------------------------------------------
def test_only_the_coordination_consults(association, coordination):
    with pytest.raises(NotAllowed):
        p.consultation(association)
    today = timezone.localdate()
    made = Consultation(subject="other", title="x", text="x", opens=today, closes=today, agency=association.agency,
                        by=association)  # fmt: skip
    with acting_as(association):
        assert refused(lambda: Consultation.objects.bulk_create([made]))


def test_a_consultation_to_come_is_the_coordinations_alone(association, coordination):
    coming = p.consultation(coordination, opens=3)
    with acting_as(coordination):
        assert Consultation.objects.filter(pk=coming.pk).exists()
        participation.change_consultation(coordination, coming.pk, title="Autre titre")
    with acting_as(association):
        assert not Consultation.objects.filter(pk=coming.pk).exists()
    assert not Consultation.objects.filter(pk=coming.pk).exists()


def test_what_is_asked_does_not_change_once_open(coordination):
    found = p.consultation(coordination)
    later = found.closes + timedelta(5)
    with acting_as(coordination):
        participation.change_consultation(coordination, found.pk, title="Réécrit", closes=later)
        stored = Consultation.objects.get(pk=found.pk)
        assert (stored.title, stored.closes) == (found.title, later)
        assert refused(lambda: Consultation.objects.filter(pk=found.pk).update(title="Réécrit"), DatabaseError)
        with pytest.raises(WrongState):
            participation.change_consultation(coordination, found.pk, closes=found.closes)


def test_nothing_is_received_once_it_is_closed_or_withdrawn(association, coordination):
    found = p.consultation(coordination)
    draft = p.draft(association, to=found)
    with acting_as(coordination):
        participation.withdraw_consultation(coordination, found.pk, reason="Reportée.")
    with acting_as(association):
        with pytest.raises(WrongState):
            participation.send_contribution(association, draft.pk)
        with pytest.raises(WrongState):
            stored = Consultation.objects.get(pk=found.pk)
            participation.start_contribution(association, consultation=stored, title="x", text="x")
        move = move_by(association, draft, "submit", "draft", "submitted", due_at=timezone.now() + timedelta(30))
        assert refused(lambda: ContributionMove.objects.bulk_create([move]), DatabaseError)
        assert Contribution.objects.get(pk=draft.pk).text == p.TEXT
