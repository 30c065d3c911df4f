"""Say in words from where a session is used, without a query."""

from django.utils.crypto import salted_hmac

from agencies.tries.rules import network

# what a browser says of itself, the more particular first: others say they are Chrome or Safari as well
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(agent: str) -> str:
    """Return browser and system as « Firefox · Windows »; empty when neither says its name."""
    found = [next((name for mark, name in names if mark in agent), "") for names in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found))


def place_of(address: str) -> str:
    """Return a keyed digest of the network, to compare two sessions: where somebody was is written nowhere."""
    return salted_hmac("place of a session", network(address), algorithm="sha256").hexdigest()
