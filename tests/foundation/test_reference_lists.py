"""Reference lists are kept in the process, and a change of them is seen by the next request."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.directory.filters import places
from agencies.directory.selectors import numbers_of_pages
from agencies.models import Helpline, Service, Territory
from foundation.actor import REFERENCE_VERSION, become, fresh_context
from foundation.words import reference_lists
from foundation.words.reference_lists import kept
from indicators.catalogue.selectors import _stamp
from indicators.codes.selectors import FORMS, choices, labels
from indicators.models import Code, PackFile
from referral.desk.display.lists import _filter_form
from referral.orientations.filters import OrientationFilter
from tests import factories as f
from tests.roles import as_role


@pytest.fixture
def member(db):
    return f.member(f.shelter())


def in_a_request(member, ask):
    """Return what `ask` returns, and the statements on the lists, in the transaction of a request of its own."""
    with fresh_context(), transaction.atomic(), CaptureQueriesContext(connection) as said:
        become(member)
        found = ask()
    lists = ("agencies_helpline", "agencies_territory", "agencies_service", "indicators_code", "indicators_packfile")
    return found, sum(any(f'FROM "{name}"' in query["sql"] for name in lists) for query in said)


LISTS = {
    "numbers": (numbers_of_pages, lambda: Helpline.objects.filter(number="17").update(label_fr="Changé")),
    "places": (places, lambda: Territory.objects.filter(code="75").update(label_fr="Changé")),
    "labels": (lambda: labels(FORMS), lambda: Code.objects.filter(code_list=FORMS).update(label_fr="Changé")),
    "form of a list": (
        lambda: kept(_filter_form, OrientationFilter, ""),
        lambda: Service.objects.filter(code=Service.objects.order_by("label_fr")[0].code).update(label_fr="Changé"),
    ),
    "files of the pack": (_stamp, lambda: PackFile.objects.update(checksum="0")),
    "choices": (lambda: choices(FORMS), lambda: Code.objects.filter(code_list=FORMS).update(active=False)),
}


@pytest.mark.parametrize("name", LISTS)
def test_list_is_read_once_and_again_after_a_change(member, name):
    ask, change = LISTS[name]
    first, _ = in_a_request(member, ask)
    again, asked = in_a_request(member, ask)
    assert (again, asked) == (first, 0)
    with as_role("nrm_owner"):
        change()
    changed, asked = in_a_request(member, ask)
    assert asked == 1 and changed != first
    assert in_a_request(member, ask) == (changed, 0)


def test_change_that_is_rolled_back_is_not_kept(member):
    first, _ = in_a_request(member, places)
    with pytest.raises(RuntimeError), transaction.atomic():
        with as_role("nrm_owner"):
            LISTS["places"][1]()
        assert in_a_request(member, places)[0] != first
        raise RuntimeError
    assert in_a_request(member, places)[0] == first
    with as_role("nrm_owner"):
        Territory.objects.filter(code="75").update(label_fr="Autrement")
    assert dict(in_a_request(member, places)[0])["75"] == "Autrement"


@pytest.mark.parametrize("verb", ["INSERT", "DELETE", "TRUNCATE"])
def test_every_way_of_changing_a_list_draws_another_version(db, verb):
    def version():
        with connection.cursor() as cursor:
            cursor.execute("SELECT nrm.reference_version()")
            return cursor.fetchone()[0]

    before = version()
    with as_role("nrm_owner"), connection.cursor() as cursor:
        tables = (
            "agencies_helpline",
            "agencies_territory",
            "agencies_service",
            "indicators_code",
            "indicators_packfile",
        )
        for table in tables:
            cursor.execute(
                {
                    "INSERT": f"INSERT INTO {table} SELECT * FROM {table} WHERE false",
                    "DELETE": f"DELETE FROM {table} WHERE false",
                    "TRUNCATE": f"TRUNCATE {table} CASCADE",
                }[verb]
            )
            assert before != (before := version())


def test_without_a_version_lists_are_read_each_time(db):
    assert REFERENCE_VERSION.get() is None
    for _ in range(2):
        with CaptureQueriesContext(connection) as said:
            places()
        assert len(said) == 1


def test_version_ends_with_the_request(member):
    in_a_request(member, places)
    assert REFERENCE_VERSION.get() is None
    client = Client()
    client.force_login(member.user)
    client.get(reverse("profile"))
    assert REFERENCE_VERSION.get() is None


def test_languages_are_kept_apart(member):
    from django.utils import translation

    french, _ = in_a_request(member, numbers_of_pages)
    with translation.override("en"):
        english, asked = in_a_request(member, numbers_of_pages)
    assert english != french
    assert in_a_request(member, numbers_of_pages)[0] == french


@pytest.mark.django_db(transaction=True)
def test_next_request_of_another_connection_shows_the_change(transactional_db):
    """A list changed and committed elsewhere, as `load_domain` does, is shown by the next page."""
    member = f.member(f.shelter())
    client = Client()
    client.force_login(member.user)
    assert "Essai d'ailleurs" not in client.get(reverse("referral:case-list")).content.decode()
    f.territory("zz", "Essai d’ailleurs")
    assert "Essai d’ailleurs" in client.get(reverse("referral:case-list")).content.decode()


def test_what_is_kept_does_not_grow(member):
    for _ in range(3):
        in_a_request(member, places)
        with as_role("nrm_owner"):
            LISTS["places"][1]()
    size = len(reference_lists._kept)
    in_a_request(member, places)
    assert len(reference_lists._kept) == size
