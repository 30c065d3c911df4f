"""One transaction a request: what fails leaves nothing, what is refused is journalled, hats do not mix."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from agencies.models import Agency, Kind, Role
from foundation.actor import acting_as
from journal.middleware import TransactionMiddleware
from journal.models import Entry
from referral.alerts.operations.alerts import start_draft
from referral.config import urls as real
from referral.models import Alert
from tests import factories as f
from tests.roles import as_role


def writes_then(status):
    def view(request):
        start_draft(request.actor, answers={"note": "écrit"})
        return HttpResponse("réponse", status=status)

    return view


def swallows(request):
    """A view that hides a database error: without the check before the commit it would answer 200."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
    except Exception:  # noqa: BLE001
        pass
    return HttpResponse("tout va bien")


def promises(request):
    """A view that writes what only the commit refuses: territories are checked there."""
    made = start_draft(request.actor, answers={"note": "écrit"})
    Alert.objects.filter(pk=made.pk).update(territory_id="zz")
    return HttpResponse("tout va bien")


urlpatterns = [
    *real.urlpatterns,
    path("t/200/", writes_then(200), name="t-200"),
    path("t/302/", writes_then(302), name="t-302"),
    path("t/400/", writes_then(400), name="t-400"),
    path("t/403/", writes_then(403), name="t-403"),
    path("t/404/", writes_then(404), name="t-404"),
    path("t/409/", writes_then(409), name="t-409"),
    path("t/500/", writes_then(500), name="t-500"),
    path("t/promises/", promises, name="t-promises"),
    path("t/swallow/", swallows, name="t-swallow"),
]


@pytest.fixture
def nurse(db, client, settings):
    settings.ROOT_URLCONF = __name__
    f.national()
    member = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    client.force_login(member.user)
    return member


def drafts(actor) -> int:
    with acting_as(actor):
        return Alert.objects.mine(actor).count()


def entries(outcome):
    with as_role("nrm_owner"):
        return list(Entry.objects.filter(outcome=outcome).values_list("action", "membership_id"))


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (302, 1), (400, 0), (403, 0), (404, 0), (409, 0), (500, 0)])
def test_a_response_of_400_or_above_never_commits(nurse, client, status, kept):
    assert client.get(f"/t/{status}/").status_code == status
    assert drafts(nurse) == kept
    # the writing's own entry left with it; a refusal is written after the rollback
    assert len(entries("done")) == kept
    assert entries("refused") == ([(f"t-{status}", nurse.pk)] if status in (403, 404, 409) else [])


@pytest.mark.django_db(transaction=True)
def test_a_swallowed_database_error_is_not_a_success(settings):
    settings.ROOT_URLCONF = __name__
    request = RequestFactory().get("/t/swallow/")
    request.actor = None
    with pytest.raises(Exception, match="current transaction is aborted"):
        TransactionMiddleware(swallows)(request)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.django_db(transaction=True)
def test_what_the_commit_refuses_is_not_a_success(settings, method):
    settings.ROOT_URLCONF = __name__
    f.national()
    member = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    client = Client(raise_request_exception=False)
    client.force_login(member.user)
    assert getattr(client, method)("/t/promises/", {"_membership": member.pk}).status_code == 500
    assert drafts(member) == 0


def test_nobody_is_left_behind(nurse, client):
    client.get("/t/200/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT NULLIF(current_setting('nrm.membership', true), '')")
        assert cursor.fetchone()[0] is None


class TestHats:
    @pytest.fixture
    def hats(self, nurse, client):
        second = f.member(f.shelter(), Role.CASE_WORKER, user=nurse.user)
        session = client.session
        session["membership"] = nurse.pk
        session.save()
        return nurse, second

    def test_several_hats_choose_first(self, nurse, client):
        f.member(f.shelter(), user=nurse.user)
        response = client.get("/t/200/")
        assert response.status_code == 302
        assert "next=/t/200/" in response["Location"]

    def test_a_form_of_the_other_hat_is_refused_and_nothing_is_lost(self, hats, client):
        nurse, second = hats
        typed = {"note": "ce que j'ai écrit", "signes": ["a", "b"], "_membership": second.pk}
        response = client.post("/t/200/", typed)
        assert response.status_code == 409
        assert drafts(nurse) == drafts(second) == 0
        page = response.content.decode()
        assert "ce que j&#x27;ai écrit" in page
        assert page.count('name="signes"') == 2
        # the page sends the same form again under the membership it was opened with
        again = client.post("/t/200/", {**typed, "_switch_back": "1"})
        assert again.status_code == 200
        assert (drafts(nurse), drafts(second)) == (0, 1)

    def test_a_form_that_does_not_say_is_refused(self, hats, client):
        assert client.post("/t/200/", {"note": "x"}).status_code == 409
        assert client.post("/t/200/", {"note": "x", "_membership": "1 OR 1"}).status_code == 409

    @pytest.mark.parametrize("field", ["password", "old", "again", "new_password1"])
    def test_no_password_comes_back_on_the_page(self, hats, client, field):
        """A sign-in sent where a session is open, in another tab: whoever looks at the screen would read it."""
        nurse, second = hats
        for said in ({}, {"_membership": second.pk}):
            response = client.post("/connexion/", {"username": "a@b.fr", field: "quatre girafes", **said})
            assert response.status_code == 409
            page = response.content.decode()
            assert "a@b.fr" in page and "girafes" not in page

    def test_one_cannot_switch_to_the_hat_of_somebody_else(self, hats, client):
        nurse, _ = hats
        stranger = f.member(f.shelter())
        response = client.post("/t/200/", {"_membership": stranger.pk, "_switch_back": "1"})
        assert response.status_code == 409
        assert drafts(nurse) == 0

    @pytest.mark.parametrize("what", ["membership", "agency", "user"])
    def test_a_deactivated_member_stops_at_the_next_request(self, nurse, client, what):
        assert client.get("/t/200/").status_code == 200
        with as_role("nrm_owner"):
            if what == "membership":
                nurse.active = False
                nurse.save()
            elif what == "agency":
                Agency.objects.filter(pk=nurse.agency_id).update(active=False)
            else:
                nurse.user.is_active = False
                nurse.user.save()
        assert client.get("/t/200/").status_code == 302
