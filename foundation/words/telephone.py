"""Space telephone numbers as one says them in French: 39 19, 116 000, 0 825 009 907, 01 44 52 88 90.

Numbers are stored as they were typed; pages show them by `telephone` and call them by `digits`.
"""

import re

WIDE = "\u00a0"  # a number is not cut at the end of a line
TYPED = re.compile(r"\+?[\d .\u00a0\u202f-]+")
ABROAD = re.compile(r"(?:\+|00)33([1-9]\d{8})")
PAIRS, THREES = re.compile(r"\d\d"), re.compile(r"\d{3}")


def digits(number: str) -> str:
    """Return what a `tel:` link calls: digits, after a plus if there is one."""
    return re.sub(r"(?!^\+)\D", "", number.strip())


def telephone(number: str) -> str:
    """Return the number spaced; as it was typed when it is no French number."""
    if not TYPED.fullmatch(number):
        return number
    called = digits(number)
    if abroad := ABROAD.fullmatch(called):
        return WIDE.join(["+33", abroad[1][0], *PAIRS.findall(abroad[1][1:])])
    if len(called) == 10 and called.startswith("08"):  # special rates
        return WIDE.join(["0", *THREES.findall(called[1:])])
    if len(called) == 6 and called.startswith("116"):  # harmonised in Europe
        return WIDE.join(THREES.findall(called))
    if len(called) == 4 or (len(called) == 10 and called.startswith("0")):
        return WIDE.join(PAIRS.findall(called))
    return called if called == number.strip() else number
