"""Say what of the platform is well: `python deploy/ready.py` in a web prints each part, and exits 1 unless all are ok.

Asks /readyz on the port of the probes, which answers 503 with the same words while a part is not. Without Django.
"""

import json
import os
import sys
import urllib.error
import urllib.request

SECONDS = 20


def main() -> int:
    host, port = os.environ.get("HEALTH_HOST") or "127.0.0.1", os.environ["HEALTH_PORT"]
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=SECONDS) as answer:
            parts = json.load(answer)
    except urllib.error.HTTPError as refusal:
        parts = json.load(refusal)
    except OSError as error:
        parts = {"web": f"no answer ({type(error).__name__})"}
    for name, said in sorted(parts.items(), key=lambda part: part[1] == "ok"):  # what is not well stands first
        print(f"{name}: {said}")
    return 0 if set(parts.values()) == {"ok"} else 1


if __name__ == "__main__":
    sys.exit(main())
