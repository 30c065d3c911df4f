"""The shell script itself: what it refuses and says. Installing is measured in docs/figures/run.md."""

import os
import shutil
import socket
import subprocess

import pytest

from dev import check
from dev.hygiene import ROOT


def run(*arguments, **env):
    return subprocess.run(
        ["/bin/sh", ROOT / "run", *arguments], capture_output=True, text=True, env=os.environ | env, cwd="/"
    )


@pytest.mark.parametrize("script", ["run", ".ci/run", "deploy/roles.sh"])
def test_scripts_are_executable_and_plain_sh(script):
    assert os.access(ROOT / script, os.X_OK)
    assert (ROOT / script).read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["/bin/sh", "-n", ROOT / script]).returncode == 0


def test_help_and_an_unknown_command():
    assert "./run check" in run("help").stdout
    unknown = run("fly")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "./run check" in unknown.stderr


def test_without_python_and_uv_it_says_what_to_install(tmp_path):
    """In a copy, and with a PATH of the few programs the script itself needs."""
    (tmp_path / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "run.lock", tmp_path / "requirements")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("cat", "cksum", "date", "dirname", "mkdir", "rm"):
        (programs / name).symlink_to(shutil.which(name))
    script = (ROOT / "run").read_text().replace("/usr/bin/python3", "/nowhere/python3")
    script = script.replace("/usr/local/bin/python3", "/nowhere/python3")
    (tmp_path / "run").write_text(script)
    shown = subprocess.run(["/bin/sh", tmp_path / "run"], capture_output=True, text=True, env={"PATH": str(programs)})
    assert shown.returncode == 1
    assert "Python 3.12 or later is needed: install it, or install uv" in shown.stderr


def test_a_port_in_use_is_said_before_anything_is_installed(tmp_path):
    """In a copy without packages, whose installation would fail at once."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.lock").write_text("--no-such-option\n")
    shutil.copytree(ROOT / "dev" / "services", tmp_path / "dev" / "services")
    (tmp_path / "dev" / "__init__.py").touch()
    shutil.copy(ROOT / "run", tmp_path / "run")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = os.environ | {"PORT": str(port)}
        shown = subprocess.run(["/bin/sh", tmp_path / "run"], capture_output=True, text=True, env=env, timeout=120)
    assert shown.returncode == 1
    assert f"Port {port} is already used" in shown.stderr
    assert "packages" not in shown.stderr + shown.stdout
    assert not (tmp_path / ".venv").exists()


def test_check_refuses_an_unknown_step(capsys):
    assert check.main(["nothing"]) == 2
    assert "format, lint, types" in capsys.readouterr().err


def test_check_goes_on_after_a_failure_and_fails(monkeypatch, capfd):
    monkeypatch.setattr(check, "STEPS", {"one": ["false"], "two": ["true"]})
    assert check.main([]) == 1
    shown = capfd.readouterr().out
    assert "one: FAILED" in shown
    assert "two: ok" in shown
    assert "Failed: one" in shown


@pytest.mark.parametrize(
    ("user", "installs", "failing"),
    [("0", True, ""), ("1000", False, "check"), ("0", True, "proof"), ("0", True, "audit")],
)
def test_continuous_integration_installs_only_as_root_and_runs_all_three(tmp_path, user, installs, failing):
    programs, copy = tmp_path / "bin", tmp_path / "copy"
    (copy / ".ci").mkdir(parents=True)
    programs.mkdir()
    shutil.copy(ROOT / ".ci" / "run", copy / ".ci" / "run")
    for name in ("dirname", "find", "head"):
        (programs / name).symlink_to(shutil.which(name))
    for path, line in (
        (programs / "id", f"echo {user}"),
        (programs / "apt-get", 'echo "apt-get $*" >&2'),
        (copy / "run", f'echo "ran $*"; [ "$1" != "{failing}" ]'),
    ):
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)
    shown = subprocess.run(
        ["/bin/sh", copy / ".ci" / "run"], capture_output=True, text=True, env={"PATH": str(programs)}
    )
    assert shown.returncode == (1 if failing else 0)
    assert shown.stdout.splitlines()[-3:] == ["ran audit", "ran check", "ran proof --turn"]
    assert ("apt-get install -qq -y --no-install-recommends chromium" in shown.stderr) is installs
    assert ("Installing: chromium" in shown.stdout) is installs
    assert ("Missing here" in shown.stderr) is not installs
