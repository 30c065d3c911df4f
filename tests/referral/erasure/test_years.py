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


def test_a_case_is_archived_after_a_month_at_least_and_before_it_is_erased(monkeypatch):
    for said, days in (("", 182), ("1", 30), ("23", 699)):
        monkeypatch.setenv("CASE_ARCHIVED_MONTHS", said)
        assert reload(retention).ARCHIVED_AFTER.days == days
    for said in ("0", "24"):
        monkeypatch.setenv("CASE_ARCHIVED_MONTHS", said)
        with pytest.raises(ImproperlyConfigured, match="CASE_ARCHIVED_MONTHS"):
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
