"""Say how many tries are taken, from whom, and how long one waits afterwards (decision 48).

`what` is tried: a password at sign-in, one's own password on its page, a code told by voice, a second factor, an
identity of the State's sign-in, the secret of a program.
Each has counts of its own: a program with a wrong secret closes the sign-in of nobody.
"""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.utils.crypto import salted_hmac

from agencies.models import Tries

PASSWORD, OWN, CODE, FACTOR, PROVIDER, SECRET = "password", "own", "code", "factor", "provider", "secret"


@dataclass(frozen=True)
class Limit:
    """Take `free` tries, then one after `first` seconds, then each wait twice the last, `most` seconds at most.

    `forgives`: seconds after which one try less is counted.
    """

    kind: str
    free: int
    forgives: float
    first: float
    most: float


Kind = Tries.Kind
PAIR = Limit(Kind.PAIR, free=6, forgives=3600, first=60, most=900)  # one account from one address
BROWSER = Limit(Kind.BROWSER, free=6, forgives=3600, first=60, most=900)  # one account in a browser it signed in with
ACCOUNT = Limit(Kind.ACCOUNT, free=20, forgives=1800, first=60, most=900)  # one account from all unknown addresses
ADDRESS = Limit(Kind.ADDRESS, free=30, forgives=60, first=60, most=900)  # one address, all accounts it does not know
# one /48 of IPv6, which anybody is given for nothing: less than closes all of them, for no longer than that
SITE = Limit(Kind.ADDRESS, free=100, forgives=2, first=5, most=60)
# one password on all accounts, from all unknown places: who has many addresses tries one on each of them
WORD = Limit(Kind.WORD, free=10, forgives=600, first=60, most=900)
TOTAL = Limit(Kind.TOTAL, free=300, forgives=0.5, first=5, most=60)  # all addresses that are known to no account tried
RATE = Limit(Kind.RATE, free=20, forgives=3, first=3, most=60)  # of a program from one address, right secrets too


def limits(what: str, name: str, address: str, *, known: bool, browser: str = "", word: str = "") -> dict[str, Limit]:
    """Return what counts a try, by digest; `word`: the password that is tried.

    `known`: this account signed in from this address before. `browser`: proof that it did so with this browser. Both
    are counted by themselves alone, so that nobody elsewhere closes them, however many tries they make.
    """
    if browser:
        return {digest(what, BROWSER.kind, name, browser): BROWSER}
    # an identity, and a passkey alone, name no account before they are right: one count would be of everybody's
    found = {digest(what, PAIR.kind, name, network(address)): PAIR} if name else {}
    if what == SECRET:
        found[digest(what, RATE.kind, name, network(address))] = RATE
    # who types a second factor knows the password, and made every address known by it
    if what == OWN:  # by somebody who is signed in: from anywhere, by whoever took the session
        return found | {digest(what, ACCOUNT.kind, name): ACCOUNT}
    if known and what != FACTOR:
        return found
    found[digest(what, ADDRESS.kind, network(address))] = ADDRESS
    if ":" in address:
        found[digest(what, SITE.kind, "site", network(address, 48))] = SITE
    found[digest(what, TOTAL.kind)] = TOTAL
    if word:
        found[digest(what, WORD.kind, heap(word))] = WORD
    # codes and secrets are drawn by us, too long to be guessed from many addresses
    if name and what in (PASSWORD, FACTOR):
        found[digest(what, ACCOUNT.kind, name)] = ACCOUNT
    return found


def known_as(what: str, name: str, address: str) -> str:
    """Return the digest under which a sign-in of this account, or program, from this address is remembered."""
    return digest(SECRET if what == SECRET else PASSWORD, Kind.KNOWN, name, network(address))


def placed_as(name: str, address: str) -> str:
    """Return the digest under which a place of an account is remembered: a telephone goes from one network to the next
    of its operator, and nobody reads a mail a day."""
    return digest("place", Kind.KNOWN, name, network(address, 32, 16))


def network(address: str, bits: int = 64, of_ipv4: int = 32) -> str:
    """Return what counts as one caller: an IPv4 address, or the /64 of an IPv6 one, of which anybody has billions.

    `bits`, `of_ipv4`: of another network.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    found = getattr(found, "ipv4_mapped", None) or found
    bits = bits if found.version == 6 else of_ipv4
    return str(found) if bits == found.max_prefixlen else str(ip_network((found, bits), strict=False))


def heap(word: str) -> str:
    """Return which of 65,536 heaps a password falls into, by our key: the same one falls where it fell before, and none
    is found again from its heap, not even by who has the key."""
    return salted_hmac("heap of passwords", word, algorithm="sha256").hexdigest()[:4]


def digest(*said: str) -> str:
    """Return a keyed digest: the table names neither accounts nor addresses."""
    return salted_hmac("tries", "\n".join(said), algorithm="sha256").hexdigest()
