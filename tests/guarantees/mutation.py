"""Find the conditions of a policy, so that a test can drop each one and ask whether anybody notices."""

import re

# Conditions that another wall repeats: dropping one shows nobody more. Of the tables asked, each shows a reader its own
# agency's rows, the access table those that have not ended; without the last one more cases count as kept, not fewer.
ASKED_TWICE = re.compile(r"\([adr]\.agency_id = nrm\.desk\(\)\)|\(\(a\.until IS NULL\) OR .*|\(r\.case_id = .*")


def conditions(text: str) -> list[tuple[int, int]]:
    """Where each operand of an AND stands, at any depth: PostgreSQL gives a policy back with all its brackets."""
    found, open_at = [], [[0, []]]
    for mark in re.finditer(r"'(?:[^']|'')*'|\(|\)|\b(?:AND|OR|WHERE|SELECT|FROM|JOIN)\b", text):
        said, here = mark.group(), open_at[-1]
        if said == "(":
            open_at.append([mark.end(), []])
        elif said == ")":
            start, before = open_at.pop()
            found += [*before, (start, mark.start())] if before else []
        elif said == "AND":
            here[1].append((here[0], mark.start()))
            here[0] = mark.end()
        elif said[0] != "'":
            here[0] = mark.end()
    start, before = open_at.pop()
    return found + ([*before, (start, len(text))] if before else [])
