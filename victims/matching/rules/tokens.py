"""By what an identity is looked for: combinations, so that no token stands for a single common name.

Two words of one name; a word with a year of birth, or with a nationality; a whole date of birth with a nationality.
They bring together far more than is alike: `compare` decides.
"""

from itertools import combinations

from .births import Birth, births
from .spelling import skeletons, words


def tokens(data: dict) -> set[str]:
    """Tokens in clear, to be keyed before they are stored."""
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
    """Each name the person goes by, as words; an alias of one word also with the family name."""
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
    """The pair as heard, and with one consonant of one of them missing: a slip of the finger loses or changes one."""
    yield first, second
    for kept, touched in ((first, second), (second, first)):
        if len(touched) >= 3:
            yield from ((kept, touched[:i] + touched[i + 1 :]) for i in range(len(touched)))


def _date(birth: Birth) -> str:
    """Day and month in order of size: written the other way round, it is the same token."""
    low, high = sorted((birth.month, birth.day))
    return f"{birth.year}-{low}-{high}"
