"""Row security of health, offence and residence: the bit, whoever leads."""

from foundation.walls import Wall

from .sight import sees

_BITS = {"victims_healthnote": 4, "victims_offencefact": 8, "victims_residencefact": 16}

WALLS = [
    Wall(
        table,
        select=sees(f"{table}.case_id", 2, bit=bit),
        insert=f"by_id = nrm.membership() AND {sees(f'{table}.case_id', 2, bit=bit)}",
        rights="SELECT, INSERT",
    )
    for table, bit in _BITS.items()
]
