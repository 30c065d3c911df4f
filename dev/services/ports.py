"""Choose and check the port of the web process.

Run by `./run` before packages are installed, so with the standard library only: the wait would be in vain.
"""

import os
import socket
import sys
from collections.abc import Mapping

from .processes import StartError


def wanted(env: Mapping[str, str]) -> tuple[str, int]:
    """Return HOST and PORT, 127.0.0.1 and 8000 by default. Raises StartError for a port that is none."""
    value = env.get("PORT") or "8000"
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise StartError(f"PORT must be a number between 1 and 65535, not “{value}”.")
    return env.get("HOST", "127.0.0.1"), int(value)


def refuse_taken(host: str, port: int) -> None:
    """Raise StartError for a port in use, before anything starts: the web server would only tell at the end."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise StartError(f"Port {port} needs more rights. Choose another: PORT=8001 ./run") from error
        except OSError as error:
            raise StartError(
                f"Port {port} is already used by another program. Choose another: PORT={port + 1} ./run"
            ) from error


def main() -> int:
    try:
        refuse_taken(*wanted(os.environ))
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
