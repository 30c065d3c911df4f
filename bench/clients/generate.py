"""Make a client of the document as a partner does, install it as it is in an environment of its own, and play."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from dev.services import state
from dev.services.embedded import free_port

from .running import COORDINATION, SECRET, SERVICE, SHELTER, Platform

TOOLS = state.ROOT / ".venv" / "clients" / "bin"
DOCUMENT = state.ROOT / "docs" / "openapi.json"
PLAYERS = Path(__file__).parent
ROLES = {"shelter": SHELTER, "coordination": COORDINATION, "service": SERVICE}
MADE = {
    "openapi-python-client": ["openapi-python-client", "generate", "--path", str(DOCUMENT), "--meta", "setup",
                              "--output-path"],
    "openapi-generator": ["openapi-generator-cli", "generate", "-i", str(DOCUMENT), "-g", "python",
                          "--additional-properties=packageName=repere_og", "-o"],
}  # fmt: skip
GENERATION, INSTALLATION, STORY = 300, 120, 600  # seconds


def played(platform: Platform, generators: tuple[str, ...] = tuple(MADE)) -> Iterator[dict]:
    """Generate, install and play with each; yield the line of each step."""
    for generator in generators:
        place = platform.place / generator
        place.mkdir()
        made = _generated(generator, place / "source")
        yield made
        if made["ok"]:
            python = installed(place / "source", place / "venv")
            yield from _play(platform, generator, python)


def _generated(generator: str, source: Path) -> dict:
    """Generate a client; the line says how many files, and what the generator warned of."""
    env = {"PATH": f"{TOOLS}:{os.environ['PATH']}", "HOME": str(source.parent), "LC_ALL": "C.UTF-8"}
    argv = [str(TOOLS / MADE[generator][0]), *MADE[generator][1:], str(source)]
    done = subprocess.run(argv, env=env, cwd=source.parent, capture_output=True, text=True, timeout=GENERATION)
    files = sum(1 for path in source.rglob("*.py") if "test" not in path.parts)
    line = {"generator": generator, "step": "generated", "files": files, "ok": done.returncode == 0 and files > 0}
    warned = [
        text.strip() for text in (done.stdout + done.stderr).splitlines() if text.startswith(("WARNING", "Cannot"))
    ]
    return line | {"warned": warned} | ({} if line["ok"] else {"said": (done.stdout + done.stderr)[-2000:]})


def installed(source: Path, place: Path) -> Path:
    """Install a generated package in an environment of its own; return its Python.

    What such clients import is that of `requirements/clients.lock`: nothing is fetched.
    """
    subprocess.run([str(TOOLS / "python"), "-m", "venv", "--without-pip", str(place)], check=True, timeout=INSTALLATION)
    [packages] = place.glob("lib/python*/site-packages")
    [known] = TOOLS.parent.glob("lib/python*/site-packages")
    (packages / "known.pth").write_text(f"{known}\n")
    python = place / "bin" / "python"
    argv = [str(python), "setup.py", "-q", "build_py", "--build-lib", str(packages)]
    subprocess.run(argv, cwd=source, check=True, timeout=INSTALLATION, capture_output=True)
    return python


def _play(platform: Platform, generator: str, python: Path) -> Iterator[dict]:
    """Play both stories in a process that knows the client and nothing of the platform; yield its lines."""
    port = free_port()
    for role, program in ROLES.items():
        platform.add(f"{role}-{generator}", program)
    secret = platform.hook(f"shelter-{generator}", f"https://localhost:{port}/repere")
    argv = [str(python), "-m", "players", generator, platform.site, str(port), str(platform.certificate)]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PLAYERS), "PROGRAM_SECRET": SECRET, "WEBHOOK_SECRET": secret}
    done = subprocess.run(argv, env=env, stdout=subprocess.PIPE, text=True, timeout=STORY)
    lines = [json.loads(text) for text in done.stdout.splitlines()]
    told = [line for line in lines if "story" in line]
    yield from ({"generator": generator, **line} for line in lines)
    well = done.returncode == 0 and [line["story"] for line in told if line["ok"]] == ["shelter", "coordination"]
    operations = {line["operation"] for line in lines if "operation" in line}
    print(f"{generator}: {len(lines) - len(told)} calls of {len(operations)} operations", file=sys.stderr)
    yield {"generator": generator, "step": "played", "calls": len(lines) - len(told), "operations": len(operations),
           "ok": well}  # fmt: skip
