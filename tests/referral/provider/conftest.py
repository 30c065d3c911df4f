import pytest

from agencies.models import Role
from referral.provider.operations import client
from tests import factories as f
from tests.referral.factors.set_up import give_app

from .set_up import Hostile, configured, running

SITE = "http://testserver"


@pytest.fixture(scope="session")
def issuer(tmp_path_factory):
    with running(tmp_path_factory.mktemp("provider"), SITE) as found:
        yield found


@pytest.fixture
def real(issuer, settings):
    settings.OIDC, settings.SITE_URL = configured(issuer), SITE
    forget()
    return issuer


@pytest.fixture
def hostile(settings):
    found = Hostile()
    settings.OIDC, settings.SITE_URL = configured(found.issuer), SITE
    forget()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def worker(db):
    f.national()
    member = f.member(f.shelter(), Role.CASE_WORKER)
    give_app(member)
    return member


def forget() -> None:
    client._documents.clear()
    client._away.clear()
