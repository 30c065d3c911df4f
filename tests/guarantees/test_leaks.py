"""What was told of a person stays behind the walls: planted markers are searched for everywhere else."""

import json
import logging
import re
import uuid
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.urls import reverse

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from notifications import words
from notifications.operations import delivery
from tests import factories as f
from tests.notifications.post import one_pass
from tests.roles import as_role
from victims.consents.operations import record_opinion
from victims.identity.operations import enter_identity, read_identity
from victims.needs import operations as needs

pytestmark = pytest.mark.django_db
MARKERS = ("MARQUEUR-NOM", "MARQUEUR-RECIT", "MARQUEUR-CONTACT", "MARQUEUR-LIEU", "MARQUEUR-REFUS")
# the one place a clear text may stand: nowhere. These columns hold ciphertext, the others no text of a person at all.
TITLE = re.compile(r"<title>(.*?)</title>", re.S)


@pytest.fixture
def story(db, caplog):
    """An alert with everything in it, a case, identity entered, one refusal with a comment, one acceptance."""
    caplog.set_level(logging.DEBUG)
    f.national()
    coord = f.member(f.coordination(), Role.COORDINATOR)
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    shelter, other = f.member(f.shelter()), f.member(f.shelter())
    alert = f.sent_alert(
        nurse,
        contact={"channel": "sms", "value": "MARQUEUR-CONTACT"},
        recipients=["association", "contact"],
        where="MARQUEUR-LIEU",
    )
    case = f.case(coord, alert=alert)
    refused = f.orientation(coord, case, other.agency, state="sent")
    with acting_as(other):
        from referral.orientations.operations import orientations

        orientations.decline_orientation(other, refused.pk, reason="no_place", comment="MARQUEUR-REFUS")
    with acting_as(coord):
        agreed = case.consents.order_by("obtained_at").first()
    taken = f.orientation(
        coord,
        case,
        shelter.agency,
        state="accepted",
        answerer=shelter,
        verb="transfer",
        consent=agreed,
        level=3,
        categories=2,
    )
    named = f.consent(shelter, case, agencies=[shelter.agency_id], categories=3)
    with acting_as(shelter):
        enter_identity(shelter, case.pk, consent=named, data={"family_name": "MARQUEUR-NOM", "given_names": "A"})
        read_identity(shelter, case.pk)
    return {"coord": coord, "nurse": nurse, "shelter": shelter, "alert": alert, "case": case, "taken": taken}


def found(text) -> list[str]:
    return [marker for marker in MARKERS if marker in text]


def dump() -> Iterator[tuple[str, str]]:
    """Yield each row of every table with the name of its table, as a stolen dump would show it."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608
            for (row,) in cursor.fetchall():
                # bytea is shown in hexadecimal: read it as bytes too
                raw = b"".join(bytes.fromhex(h) for h in re.findall(r"\\\\?x((?:[0-9a-f]{2})+)", row))
                yield table, row + raw.decode("latin-1")


def test_no_table_holds_clear_text(story):
    rows = list(dump())
    assert [(table, marker) for table, row in rows for marker in found(row)] == []
    assert len({table for table, _row in rows}) > 40


def test_a_dump_tells_no_sign_of_a_case_and_not_what_a_child_thinks(db):
    """Which signs were noticed, what was computed of them, an opinion: the catalogue alone names signs."""
    f.national()
    lead = f.member(f.shelter())
    noticed = {"ILO-AL-CD-01": "reported", "ILO-AL-CD-02": "not_observed"}
    case = f.own_case(lead, observations=noticed, minor="no")
    coord = f.member(f.coordination(), Role.COORDINATOR)
    child = f.case(coord, author=f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), minor="yes")
    with acting_as(coord):
        record_opinion(coord, child.pk, stance="unfavourable", language="ro")
        assert child.opinions.first().stance == "unfavourable"
    with acting_as(lead):
        assert {o.indicator: o.value for o in case.observations.all()} == noticed
        assert case.assessments.get().result
    of_cases = [(table, row) for table, row in dump() if table.startswith(("victims_", "referral_", "journal_"))]
    assert {"victims_observation", "victims_assessment", "victims_childopinion"} <= {table for table, _row in of_cases}
    told = ("ILO-AL", "reported", "not_observed", "unfavourable")
    assert [(table, word) for table, row in of_cases for word in told if word in row] == []


def test_a_dump_tells_no_need_of_a_person(db):
    """Which services are needed stands sealed, in the need and in its versions: its category alone is in clear."""
    f.national()
    lead = f.member(f.shelter(may_hold=Category.HEALTH | Category.RESIDENCE))
    case = f.own_case(lead)
    needed = ("asylum", "residence_permit", "health_care", "psychological_care", "prostitution_exit")
    services = [f.service(code) for code in needed]
    with acting_as(lead):
        for service in services:
            made = needs.add_need(lead, case.pk, service=service, priority="now", text="MARQUEUR-BESOIN")
            made.refresh_from_db()
            needs.change_need(lead, made.pk, state="met", priority="now", seen=made.changed_at)
        assert {need.service_id for need in case.needs.all()} == set(needed)
    rows = [(table, row) for table, row in dump() if table.startswith(("victims_", "referral_", "journal_"))]
    assert {"victims_need", "victims_needversion"} <= {table for table, _row in rows}
    assert [(table, word) for table, row in rows for word in (*needed, "MARQUEUR") if word in row] == []


def test_mails_carry_a_reference_only(story, mailoutbox):
    assert one_pass() > 0, "the story writes mails"
    for sent in mailoutbox:
        text = sent.message().as_string() + sent.body + sent.subject
        assert not found(text)
        assert str(story["case"].pk) not in text
        assert "sexual" not in text
        assert "labour" not in text
    references = {story["alert"].reference, story["case"].reference, story["taken"].reference}
    assert any(ref in sent.body for sent in mailoutbox for ref in references)


def test_a_mail_says_the_same_to_everyone(story, mailoutbox):
    """But for the reference: whatever else differed from one mail to the next would be about somebody."""
    reference = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")

    def bare(message):
        return reference.sub("…", message.subject), reference.sub("…", message.body)

    to_nobody = {
        bare(delivery.Letter(0, uuid.UUID(int=0), kind, "2345-6789", 1, "personne@exemple.invalid", "fr").message())
        for kind in words.KINDS
    }
    assert one_pass() > 0, "the story writes mails"
    assert len({message.to[0] for message in mailoutbox}) > 2
    assert len({bare(message) for message in mailoutbox}) > 1
    for message in mailoutbox:
        assert bare(message) in to_nobody, "a mail holds a reference and « sign in »: never who, what or where"
        assert {*message.message().keys()} <= {
            *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
            *("Content-Type", "MIME-Version", "Content-Transfer-Encoding"),
        }


def test_logs_broker_and_sessions_hold_nothing(story, caplog, client):
    client.force_login(story["shelter"].user)
    client.get(reverse("referral:case-detail", args=[story["case"].pk]))
    assert not found(caplog.text)
    for client_of_redis in (caches["default"]._cache.get_client(), redis.from_url(settings.CELERY_BROKER_URL)):
        nothing_in(client_of_redis)
    session = client.session
    known = {"_auth_user_id", "_auth_user_backend", "_auth_user_hash", "membership"}
    # when it began; when and by what kind of factor the second step was made, and by which account
    known |= {"begun", "account_authentication_methods", "account_authentication_methods_user"}
    assert set(session.keys()) <= known
    assert not found(json.dumps(dict(session.items()), default=str))


def nothing_in(client_of_redis) -> None:
    for key in client_of_redis.scan_iter("*", count=500):
        kind = client_of_redis.type(key)
        values = {
            b"string": lambda k: [client_of_redis.get(k)],
            b"list": lambda k: client_of_redis.lrange(k, 0, -1),
            b"hash": lambda k: list(client_of_redis.hgetall(k).values()),
        }.get(kind, lambda k: [])(key)
        assert not found(repr(key) + repr(values)), key


def test_titles_and_addresses_hold_references_only(story, client):
    """Each page that shows the person: its title and its links name nobody."""
    pages = {
        story["shelter"]: [
            reverse("referral:case-detail", args=[story["case"].pk]),
            reverse("referral:orientation-detail", args=[story["taken"].pk]),
            reverse("referral:case-list"),
        ],
        story["nurse"]: [reverse("referral:alert-detail", args=[story["alert"].pk]), reverse("referral:alert-list")],
        story["coord"]: [reverse("referral:alert-inbox"), reverse("referral:orientation-sent")],
    }
    for actor, addresses in pages.items():
        client.force_login(actor.user)
        for address in addresses:
            response = client.get(address)
            assert response.status_code == 200, address
            page = response.content.decode()
            assert not found(TITLE.search(page)[1]), address
            assert not [link for link in re.findall(r'(?:href|action|src)="([^"]*)"', page) if found(link)], address
            assert response["Cache-Control"].startswith("no-store") or "no-store" in response["Cache-Control"]
            assert settings.SECURE_CSP


def test_errors_say_nothing_of_the_row(story, client):
    """A stranger's request for a real row and for one that does not exist get the same answer, byte for byte."""
    stranger = f.member(f.shelter())
    client.force_login(stranger.user)
    for name, real in (
        ("referral:case-detail", story["case"].pk),
        ("referral:orientation-detail", story["taken"].pk),
        ("referral:inbox-alert", story["alert"].pk),
        ("referral:alert-detail", story["alert"].pk),
    ):
        other = uuid.uuid4()
        seen = client.get(reverse(name, args=[real]))
        unknown = client.get(reverse(name, args=[other]))
        assert (seen.status_code, unknown.status_code) == (404, 404), name
        strip = lambda response, pk: re.sub(r'value="[^"]{30,}"', "", response.content.decode()).replace(str(pk), "")  # noqa: E731
        assert strip(seen, real) == strip(unknown, other), name
