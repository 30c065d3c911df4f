"""A name is taken out of what was published, by the page and by the database alone; no opinion goes with it."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from plans.models import Contribution, NameWithdrawal, WithdrawnPassage
from plans.participation.operations import names, participation
from tests import factories as f
from tests.notifications.post import fan_out, told
from tests.plans import participants as p
from tests.plans import people
from tests.roles import as_role

from .test_participation_views import client_of, post, text_of

pytestmark = pytest.mark.django_db
NAME = "Zélie Fictive"
TEXT = f"Le service a renvoyé {NAME} sans l'entendre. {NAME} attend encore. Le plan ignore ces refus."
LEFT = "Le service a renvoyé [nom retiré 1] sans l'entendre. [nom retiré 1] attend encore. Le plan ignore ces refus."


@pytest.fixture
def coordination():
    return people.coordination()


@pytest.fixture
def cncdh():
    return people.cncdh()


@pytest.fixture
def said(cncdh):
    """Published as it was sent: an independent body's."""
    return p.sent(cncdh, title=f"Pour {NAME}", text=TEXT)


def take_out(actor, contribution, passage=NAME, reason="name"):
    with acting_as(actor):
        return names.withdraw_name(actor, contribution.pk, passage=passage, reason=reason)


def public_page(contribution) -> str:
    answer = Client().get(reverse("policy:contribution-detail", args=[contribution.pk]))
    assert answer.status_code == 200
    return text_of(answer)


def refused(act, error=DatabaseError) -> bool:
    try:
        with transaction.atomic():
            act()
    except error:
        return True
    return False


def test_a_name_leaves_an_independent_bodys_text_and_every_other_word_stays(said, coordination):
    assert NAME in public_page(said)
    take_out(coordination, said)
    said.refresh_from_db()
    assert (said.title, said.text, said.state) == ("Pour [nom retiré 1]", LEFT, "published")
    page = public_page(said)
    assert NAME not in page and "Zélie" not in page
    assert "Un passage a été retiré" in page and "le nom d&#x27;une personne, retiré par la coordination" in page
    for address in ("/plan/contributions/", "/plan/recherche/?q=refus"):
        assert NAME not in text_of(Client().get(address))
    assert "Aucun résultat" in text_of(Client().get("/plan/recherche/", {"q": NAME}))


def test_it_leaves_the_answers_to_a_consultation_too(coordination, cncdh):
    consultation = p.consultation(coordination)
    found = p.sent(cncdh, to=consultation, title="Avis", text="", answers=[f"Voir {NAME}.", ])  # fmt: skip
    take_out(coordination, found)
    found.refresh_from_db()
    assert found.answers == ["Voir [nom retiré 1]."]


def test_it_leaves_the_answer_that_quotes_it_and_comes_back_there_too(said, coordination, cncdh):
    other = p.sent(cncdh, title="Autre", text=TEXT)
    with acting_as(coordination):
        for one in (said, other):
            participation.answer_contribution(coordination, one.pk, verdict="partly", text=f"{NAME} sera reçue. Bien.")
    made = take_out(coordination, said)
    page = public_page(said)
    assert NAME not in page and "[nom retiré 1] sera reçue. Bien." in page
    assert f"{NAME} sera reçue" in public_page(other), "the answer to another contribution is as it was"
    with acting_as(coordination):
        assert refused(lambda: said.responses.update(text="Autre chose")), "nobody else rewrites an answer"
    with acting_as(cncdh):
        names.restore_name(cncdh, said.pk, made.pk)
    assert f"{NAME} sera reçue. Bien." in public_page(said)


def test_the_original_is_sealed_for_the_body_alone(said, coordination, cncdh):
    take_out(coordination, said)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT w.passage, s.text FROM plans_namewithdrawal w JOIN plans_withdrawnpassage s"
                       " ON s.withdrawal_id = w.id")  # fmt: skip
        ((passage, sealed),) = cursor.fetchall()
    assert passage == "" and NAME.encode() not in bytes(sealed)
    readers = {"coordination": coordination, "other": people.speaker(), "the case workers": None}
    readers["the case workers"] = f.member(cncdh.agency, Role.CASE_WORKER)
    for name, reader in readers.items():
        with acting_as(reader):
            assert not WithdrawnPassage.objects.exists(), name
    assert not WithdrawnPassage.objects.exists(), "the public"
    assert NameWithdrawal.objects.count() == 1, "that a name was taken out is public"
    with acting_as(cncdh):
        assert WithdrawnPassage.objects.get().text == NAME
    assert NAME in text_of(client_of(cncdh).get(reverse("plans:contribution-detail", args=[said.pk])))
    for reader in (coordination, people.speaker()):
        assert NAME not in text_of(client_of(reader).get(reverse("plans:contribution-detail", args=[said.pk])))


def test_the_body_is_told_and_nobody_else(said, coordination, cncdh):
    other = people.speaker()
    take_out(coordination, said)
    fan_out()
    assert cncdh.pk in told("contribution_name_withdrawn")
    assert not {other.pk, coordination.pk} & told("contribution_name_withdrawn")


def test_only_the_author_and_the_coordination_take_a_name_out(said, coordination):
    for actor in (people.speaker(), people.ministry(), people.speaker(Kind.UNION), people.collective()):
        with acting_as(actor), pytest.raises(NotAllowed):
            names.withdraw_name(actor, said.pk, passage=NAME, reason="name")
        row = NameWithdrawal(contribution=said, reason="name", passage=NAME, agency=actor.agency, by=actor)
        with acting_as(actor):
            assert refused(lambda r=row: NameWithdrawal.objects.bulk_create([r]), ProgrammingError)
    said.refresh_from_db()
    assert said.text == TEXT


def test_the_author_takes_its_own_out(cncdh, said):
    take_out(cncdh, said)
    assert "retiré par son auteur" in public_page(said) and NAME not in public_page(said)


@pytest.mark.parametrize("state", ["draft", "set_aside", "confidential"])
def test_what_is_never_published_has_no_name_to_take_out(state, coordination):
    association = people.speaker()
    if state == "draft":
        found = p.draft(association, text=TEXT)
    else:
        found = p.sent(association, text=TEXT, confidential=state == "confidential")
    if state == "set_aside":
        with acting_as(coordination):
            participation.set_contribution_aside(coordination, found.pk, reason="Une personne y est reconnaissable.")
    for actor in (association, coordination):
        with acting_as(actor), pytest.raises((WrongState, NotFound)):
            names.withdraw_name(actor, found.pk, passage=NAME, reason="name")


@pytest.mark.parametrize(
    ("passage", "code"),
    [
        ("Z", "length"),
        (TEXT, "length"),
        ("[nom retiré 1]", "length"),
        ("nom retiré", "length"),
        ("quelqu'un d'autre", "absent"),
        ("zélie fictive", "absent"),
    ],
)
def test_an_argument_is_no_name(passage, code, said, coordination):
    with acting_as(coordination), pytest.raises(names.NotThere) as refusal:
        names.withdraw_name(coordination, said.pk, passage=passage, reason="name")
    assert refusal.value.code == code
    row = NameWithdrawal(
        contribution=said, reason="name", passage=passage[:80], agency=coordination.agency, by=coordination
    )
    if len(passage) <= 80:  # the database says the same by itself
        with acting_as(coordination):
            assert refused(lambda: NameWithdrawal.objects.bulk_create([row]))
    said.refresh_from_db()
    assert said.text == TEXT


def test_the_author_puts_back_what_names_nobody_to_protect_and_it_stays(said, coordination, cncdh):
    row = take_out(coordination, said)
    for actor in (coordination, people.speaker()):
        with acting_as(actor), pytest.raises(NotAllowed):
            names.restore_name(actor, said.pk, row.pk)
        with acting_as(actor):
            assert not NameWithdrawal.objects.filter(pk=row.pk).update(passage=NAME, restored_at="2026-01-01T00:00Z")
    with acting_as(cncdh):
        names.restore_name(cncdh, said.pk, row.pk)
        with pytest.raises(WrongState):
            names.restore_name(cncdh, said.pk, row.pk)
    said.refresh_from_db()
    assert (said.title, said.text) == (f"Pour {NAME}", TEXT)
    assert "puis remis par son auteur" in public_page(said)
    fan_out()
    assert coordination.pk in told("contribution_name_restored")
    for again in (NAME, "Fictive", f"renvoyé {NAME}"):
        with acting_as(coordination), pytest.raises(names.NotThere) as refusal:
            names.withdraw_name(coordination, said.pk, passage=again, reason="name")
        assert refusal.value.code == "restored"
        row = NameWithdrawal(
            contribution=said, reason="name", passage=again, agency=coordination.agency, by=coordination
        )
        with acting_as(coordination):
            assert refused(lambda r=row: NameWithdrawal.objects.bulk_create([r])), "nor by the database"
    take_out(cncdh, said)  # its author may still think better of it
    said.refresh_from_db()
    assert NAME not in said.text


def test_two_names_leave_two_marks_and_each_comes_back_to_its_place(coordination, cncdh):
    found = p.sent(cncdh, text="Anatole Faux et Berthe Feinte attendent.")
    first = take_out(coordination, found, "Anatole Faux")
    take_out(coordination, found, "Berthe Feinte", "recognisable")
    found.refresh_from_db()
    assert found.text == "[nom retiré 1] et [nom retiré 2] attendent."
    with acting_as(cncdh):
        names.restore_name(cncdh, found.pk, first.pk)
    found.refresh_from_db()
    assert found.text == "Anatole Faux et [nom retiré 2] attendent."


def test_no_text_is_rewritten_by_hand(said, coordination, cncdh):
    for actor in (coordination, cncdh):
        with acting_as(actor):
            assert Contribution.objects.filter(pk=said.pk).update(text="Autre chose") == 0
    row = take_out(coordination, said)
    with acting_as(cncdh):
        assert refused(lambda: NameWithdrawal.objects.filter(pk=row.pk).update(reason="place"))
        assert refused(lambda: NameWithdrawal.objects.filter(pk=row.pk).delete())


def test_the_page_takes_it_out_says_what_is_wrong_and_keeps_what_was_typed(said, coordination, cncdh):
    chief, author = client_of(coordination), client_of(cncdh)
    wrong = post(chief, "plans:contribution-name", said.pk, **{"act": "withdraw", "name-passage": "Inconnue Totale"})
    assert "Choisissez de quoi il s" in text_of(wrong) and 'value="Inconnue Totale"' in text_of(wrong)
    absent = {"act": "withdraw", "name-passage": "Inconnue Totale", "name-reason": "name"}
    assert "pas dans le texte" in text_of(post(chief, "plans:contribution-name", said.pk, **absent))
    post(chief, "plans:contribution-name", said.pk, **{**absent, "name-passage": NAME})
    assert NAME not in public_page(said)
    with acting_as(cncdh):
        row = NameWithdrawal.objects.get()
    stranger = client_of(people.speaker())
    back = {"act": "restore", "which": row.pk}
    assert stranger.post(reverse("plans:contribution-name", args=[said.pk]), stranger.hat | back).status_code == 403
    bad = author.post(reverse("plans:contribution-name", args=[said.pk]), author.hat | {"act": "restore", "which": "x"})
    assert bad.status_code == 404
    post(author, "plans:contribution-name", said.pk, **back)
    assert NAME in public_page(said)
    assert author.get(reverse("plans:contribution-name", args=[said.pk])).status_code == 302
