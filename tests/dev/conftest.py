"""The proxy of production, for the tests of what it passes on and of who may hold it up."""

import pytest

from .proxied import behind_caddy


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    with behind_caddy(tmp_path_factory.mktemp("caddy")) as found:
        yield found
