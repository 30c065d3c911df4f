"""A sample of `./run clients`: each generated client plays both stories, schemathesis tries every operation."""

import json
import os
import subprocess
import sys
from contextlib import nullcontext

import pytest

from bench.clients import __main__ as clients
from bench.clients import fuzz, generate
from dev.services import state

LIMIT = 1_800  # seconds


def lines_of(*names: str, module: str = "bench.clients") -> list[dict]:
    """Run these parts in a process of their own, which has a platform of its own."""
    argv = [sys.executable, "-m", module, *names]
    # not the servers, the settings and the keys of the tests
    own = (*state.URLS, "DJANGO_SETTINGS_MODULE", "STATE_DIR", "SECRET_KEY", "FIELD_KEYS", "MATCH_KEY", "JOURNAL_KEY")
    env = {name: value for name, value in os.environ.items() if name not in own}
    done = subprocess.run(argv, cwd=state.ROOT, env=env, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return [json.loads(text) for text in done.stdout.splitlines()]


@pytest.mark.long
def test_generated_clients_play_whole_stories_and_every_operation_answers_as_the_document_says():
    assert fuzz.SCHEMATHESIS.exists(), "`./run proof` and `./run clients` install .venv/clients"
    lines = lines_of("stories", "sample")
    played = {line["generator"]: line for line in lines if line.get("step") == "played"}
    assert set(played) == set(generate.MADE)
    assert all(line["operations"] > 35 for line in played.values()), played
    told = {(line["generator"], line["story"]): line for line in lines if "story" in line}
    assert {story for _, story in told} == {"shelter", "coordination"} and len(told) == 2 * len(generate.MADE)
    assert all(line["webhooks"] >= 4 for (_, story), line in told.items() if story == "shelter")
    [tried] = [line for line in lines if line["part"] == "sample"]
    assert tried["failures"] == 0 and tried["operations"] > 30 and tried["cases"] > 1_000


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([{"ok": True}, {"ok": True}], 0),
        ([{"ok": True}, {"ok": False}], 1),
        ([{"ok": False}, {"ok": True}], 1),
    ],
)
def test_one_line_that_is_not_well_fails_the_proof(monkeypatch, capsys, lines, code):
    class Nothing:
        def __enter__(self):
            return self

        def __exit__(self, *args):
            pass

        def without_quota(self):
            return nullcontext()

    monkeypatch.setattr(clients, "Platform", Nothing)
    monkeypatch.setattr(clients, "PARTS", {"made up": lambda platform: iter(lines)})
    monkeypatch.setattr(clients.fuzz, "SCHEMATHESIS", state.ROOT)
    assert clients.main([]) == code
    assert [json.loads(text)["part"] for text in capsys.readouterr().out.splitlines()] == ["made up"] * 2


def test_an_unknown_part_is_named(capsys):
    assert clients.main(["nothing"]) == 2
    assert "stories, operations" in capsys.readouterr().err
