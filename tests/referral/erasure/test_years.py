"""The times of the environment: the least without a word, and nothing starts below it."""

from importlib import reload

import pytest
from django.core.exceptions import ImproperlyConfigured

from referral.config import retention


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    yield
    monkeypatch.undo()
    reload(retention)


@pytest.mark.parametrize(("name", "least"), [("CASE_KEPT_YEARS", 2), ("ALERT_KEPT_YEARS", 1)])
def test_each_time_has_a_floor(monkeypatch, name, least):
    for said, years in (("", least), (str(least), least), ("6", 6)):
        monkeypatch.setenv(name, said)
        assert getattr(reload(retention), name) == years
    monkeypatch.setenv(name, str(least - 1))
    with pytest.raises(ImproperlyConfigured, match=name):
        reload(retention)


@pytest.mark.parametrize(
    ("name", "held", "least", "default"),
    [("ACCOUNT_UNUSED_MONTHS", "ACCOUNT_UNUSED", 3, 365), ("ACCOUNT_KEPT_YEARS", "ACCOUNT_KEPT", 2, 5 * 365)],
)
def test_the_times_of_accounts_have_a_floor_too(monkeypatch, name, held, least, default):
    monkeypatch.setenv(name, "")
    assert getattr(reload(retention), held).days == default
    monkeypatch.setenv(name, str(least))
    assert getattr(reload(retention), held).days == {3: 91, 2: 730}[least]
    monkeypatch.setenv(name, str(least - 1))
    with pytest.raises(ImproperlyConfigured, match=name):
        reload(retention)
