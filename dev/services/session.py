"""Run one command with the services of a running `./run`, else started for its duration.

`./run manage migrate` and `./run manage shell` thus work whether the platform is up or not.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from foundation.words import translations

from . import embedded, processes, state
from .processes import StartError


@contextmanager
def addresses(directory: Path) -> Iterator[dict[str, str]]:
    """Yield the addresses of the services, started when none run.

    Raises StartError when another command starts them.
    """
    lock = state.Lock(directory)
    if lock.take():
        (directory / "urls.env").unlink(missing_ok=True)
        processes.stop_leftovers(directory / "pids.json")
        with embedded.services(directory, os.environ, durable=True) as (urls, children):
            processes.remember(directory / "pids.json", children)
            yield urls
    elif urls := state.read_env(directory / "urls.env"):
        yield urls
    else:
        raise StartError("Another command is starting or using this state: try again in a moment.")


def main(arguments: list[str]) -> int:
    """Run Python with these arguments and the addresses of the services; return its exit code.

    French sentences are compiled first: the command reads them when it starts, and writes them into documents.
    """
    signal.signal(signal.SIGTERM, _leave)
    try:
        translations.build(state.ROOT / "locale" / "fr")
        directory = state.directory(os.environ)
        base = state.DEMONSTRATION | state.development_secrets(directory, os.environ) | os.environ
        base |= {"STATE_DIR": str(directory)}
        with addresses(directory) as urls:
            return _run([sys.executable, *arguments], base | urls)
    except (StartError, translations.TranslationError) as error:
        print(error, file=sys.stderr)
        return 1


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """Exit through the contexts, which stop the services."""
    raise SystemExit(128 + number)


def _run(argv: list[str], env: dict[str, str]) -> int:
    """Run the command in the foreground: Ctrl-C reaches it directly, and this process waits for its result."""
    command = subprocess.Popen(argv, env=env, cwd=state.ROOT)
    try:
        while True:
            try:
                return command.wait()
            except KeyboardInterrupt:
                continue
    finally:
        if command.poll() is None:
            command.terminate()
            command.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
