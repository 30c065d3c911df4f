"""Ask ClamAV what it knows of a file, over its socket (CLAMAV_ADDRESS)."""

import io
import socket
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

SECONDS = 30  # without an answer
UNSCANNED, SCANNED, CLOSED = "unscanned", "scanned", "closed"


class Infected(Exception):
    """Signal a file that the scanner knows as hostile; `signature` is its name for it."""

    def __init__(self, signature: str):
        super().__init__(signature)
        self.signature = signature


class ScannerAway(Exception):
    """Signal that the scanner did not say that the file is clean: it is away, hangs, or refused to look."""


def uploads() -> str:
    """Return whether files are SCANNED, taken UNSCANNED because the installation chose so, or not taken at all."""
    if settings.CLAMAV_ADDRESS:
        return SCANNED
    return UNSCANNED if settings.FILES_UNSCANNED else CLOSED


def scan(content: bytes) -> None:
    """Return when the scanner knows nothing against the file. Raises Infected and ScannerAway."""
    try:
        status, signature = _scanner().instream(io.BytesIO(content))["stream"]
    except (ClamdError, OSError, KeyError, ValueError) as error:
        raise ScannerAway(type(error).__name__) from error
    if status == "FOUND":
        raise Infected(signature or "")
    if status != "OK":
        raise ScannerAway(status)


def answers() -> bool:
    """Return whether the scanner is there and says so, whatever it did with a file."""
    try:
        return _scanner().ping() == "PONG"
    except (ClamdError, OSError, ValueError, ScannerAway):
        return False


def _scanner() -> ClamdNetworkSocket:
    address = settings.CLAMAV_ADDRESS
    if not address:
        raise ScannerAway("CLAMAV_ADDRESS is not set")
    if address.startswith("/"):
        with socket.socket(socket.AF_UNIX) as probe:  # the client waits without end for one that takes no call
            probe.settimeout(SECONDS)
            probe.connect(address)
        return ClamdUnixSocket(address, timeout=SECONDS)
    place = urlsplit(f"//{address}")
    return ClamdNetworkSocket(place.hostname or "", place.port or 3310, timeout=SECONDS)
