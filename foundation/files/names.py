"""Make the name under which a file is shown and saved."""

import re
import unicodedata

LONGEST = 100
SUFFIX = re.compile(r"\.(?=[a-z0-9]*[a-z])[a-z0-9]{1,5}$", re.IGNORECASE)
RESERVED = re.compile(r'[<>:"|?*%]')


def shown_name(name: str, extension: str) -> str:
    """Return the name without path, control signs, signs that turn the writing round, and extensions but its own."""
    stem = re.split(r"[/\\]", name.split("\0")[0])[-1]
    stem = "".join(sign for sign in unicodedata.normalize("NFC", stem) if unicodedata.category(sign)[0] != "C")
    stem = RESERVED.sub("_", stem).strip(" .")
    while cut := SUFFIX.search(stem):
        stem = stem[: cut.start()].rstrip(" .")
    return f"{stem[:LONGEST].rstrip(' .') or 'document'}.{extension}"
