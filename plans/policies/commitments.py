"""Commitments are public; the coordination imports them, CNCDH may add."""

from agencies.walls import Wall

_ADDS = "nrm.coordinates() OR nrm.policy_body() = 'cncdh'"
WALLS = [
    Wall(
        "plans_commitment",
        select="true",
        insert=_ADDS,
        update="nrm.coordinates()",
        rights="SELECT, INSERT, UPDATE",
    ),
    *[
        Wall(table, select="true", insert=_ADDS, delete="nrm.coordinates()", rights="SELECT, INSERT, DELETE")
        for table in ("plans_commitment_repeats", "plans_commitment_measures")
    ],
]
RIGHTS = {
    "plans_commitmentbody": "SELECT",
    "plans_commitmenttheme": "SELECT",
    "plans_commitmenturgency": "SELECT",
    "plans_commitmentsource": "SELECT, INSERT",
}
