"""Compute the search keys of an identity: combinations, so that no token is a single common name.

Two words of one name; a word with a year of birth or a nationality; a whole date of birth with a nationality. They find
many more pairs than are alike: `compare` decides.
"""

from itertools import combinations

from .births import Birth, births
from .spelling import skeletons, words


def tokens(data: dict) -> set[str]:
    """Return the tokens in clear; they are keyed (`foundation.encryption.keyed`) before they are stored."""
    found: set[str] = set()
    keys: set[str] = set()
    for name in names(data):
        found |= {
            f"pair {'+'.join(sorted(both))}"
            for one, two in combinations(name, 2)
            for first in skeletons(one)
            for second in skeletons(two)
            for both in _slips(first, second)
        }
        keys |= {key for word in name for key in skeletons(word)}
    said = births(data)
    nations = set(data.get("nationalities") or [])
    found |= {f"year {key} {year}" for key in keys for birth in said for year in (birth.year, birth.year + 1)}
    found |= {f"nation {key} {nation}" for key in keys for nation in nations}
    found |= {f"date {_date(birth)} {nation}" for birth in said if birth.day for nation in nations or {""}}
    return found


def names(data: dict) -> list[tuple[str, ...]]:
    """Return each name the person uses, as words; a one-word alias also with the family name."""
    family, given = data.get("family_name") or "", data.get("given_names") or ""
    main = words(f"{family} {given}")
    found = [main] if main else []
    for alias in data.get("aliases") or []:
        used = words(alias)
        if used:
            found.append(used)
        if len(used) == 1 and family:
            found.append(words(f"{family} {alias}"))
    return list(dict.fromkeys(found))


def _slips(first: str, second: str):
    """Yield the pair, and the pair with one consonant missing: finds names with one letter lost or changed."""
    yield first, second
    for kept, touched in ((first, second), (second, first)):
        if len(touched) >= 3:
            yield from ((kept, touched[:i] + touched[i + 1 :]) for i in range(len(touched)))


def _date(birth: Birth) -> str:
    """Return a key of the date with day and month sorted, so that swapping them gives the same token."""
    low, high = sorted((birth.month, birth.day))
    return f"{birth.year}-{low}-{high}"
