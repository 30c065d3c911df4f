"""Play both stories: `python -m players GENERATOR SITE PORT CERTIFICATE`, secrets in the environment; 1 when stuck."""

import json
import os
import sys

from . import stories
from .listener import Listener
from .program import Program, Stuck


def main(generator: str, site: str, port: str, certificate: str) -> int:
    secret, listener = os.environ["PROGRAM_SECRET"], Listener(int(port), certificate, os.environ["WEBHOOK_SECRET"])
    story = "sign in"
    try:
        names = [f"{role}-{generator}" for role in ("shelter", "coordination", "service")]
        shelter, coordination, service = (Program(generator, site, name, secret) for name in names)
        story = "shelter"
        stories.shelter(shelter, service, listener)
        print(json.dumps({"story": story, "webhooks": len(listener.told), "ok": True}), flush=True)
        story = "coordination"
        stories.coordination(coordination, shelter)
        print(json.dumps({"story": story, "ok": True}), flush=True)
    except Stuck as stuck:
        print(json.dumps({"story": story, "stuck": str(stuck), "ok": False}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
