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
