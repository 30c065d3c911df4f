"""The scan finds what it is meant to find, and the project is clean."""

import pytest

from dev import hygiene

HOST = "py" + "pi.org"


@pytest.mark.parametrize(
    "line",
    [
        "STATE = '/" + "home/marie/repere'",
        "cd /" + "root/project",
        "see file:///" + "Users/marie/x",
        f"https://{HOST}/simple",
        "pip install --" + "index-url x",
        "https://files.python" + "hosted.org/packages/a",
        'url = "https://mirror.example/a-1.0-py3-none-any.' + 'whl"',
        '"resolved": "' + 'https://mirror.example/htmx"',
    ],
)
def test_a_planted_fault_is_found_with_file_and_line(line):
    assert [fault.split(":")[:2] for fault in hygiene.faults("docs/x.md", f"fine\n{line}\n")] == [["docs/x.md", "2"]]


@pytest.mark.parametrize(
    "line",
    [
        "https://www.ilo.org/" + "home/index",
        "COPY . /srv/repere",
        "path = reverse('home')",
        "/healthz",
        "the root/child rule",
        "/opt/venv/bin/python",
    ],
)
def test_an_ordinary_line_is_left_alone(line):
    assert not list(hygiene.faults("x", line))


def test_no_tracked_file_names_a_machine_or_an_index(capsys):
    assert hygiene.main() == 0, capsys.readouterr().out


def test_what_is_generated_is_not_tracked():
    names = {str(path.relative_to(hygiene.ROOT)) for path in hygiene.tracked()}
    assert not [n for n in names if n.endswith((".mo", ".pyc", "uv.lock")) or n.startswith((".state", ".venv"))]
