"""Send one alert and die by `kill -9` between its commit and the message to the broker: `publisher-killed` runs it."""

import os
import signal
import sys

import django

django.setup()

from bench.faults.ledger import author  # noqa: E402 - after the settings
from foundation.actor import acting_as  # noqa: E402
from notifications.operations import events  # noqa: E402
from referral.alerts.operations import alerts  # noqa: E402


def main(draft: str) -> None:
    events._wake = lambda: os.kill(os.getpid(), signal.SIGKILL)
    member = author()
    with acting_as(member):
        alerts.send_alert(member, draft)


if __name__ == "__main__":
    main(sys.argv[1])
