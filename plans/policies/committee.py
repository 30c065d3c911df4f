"""Declare row security of the committee: kept by the coordination; any seat proposes an item.

The body responsible follows up decisions. Dates and seats are public, the agenda once published, decisions and minutes
once the minutes are. Who came is the coordination's: the others read numbers by college (nrm.attendance_figures).
"""

from foundation.walls import Wall
from plans.models import Attendance, Minutes

_KEEPS = "nrm.coordinates()"
_BUILDS = "nrm.policy_agency() IS NOT NULL"
_SIGNED = "agency_id = nrm.policy_agency() AND by_id = nrm.membership()"


def _meeting(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM plans_meeting m WHERE m.id = meeting_id AND ({condition}))"


_HELD = _meeting("m.state = 'held'")
_OPEN = f"{_KEEPS} AND {_HELD} AND NOT nrm.meeting_closed(meeting_id)"
_DECIDED = "EXISTS (SELECT 1 FROM plans_decision d WHERE d.id = decision_id{})"
WALLS = [
    Wall("plans_seat", select="true", insert=_KEEPS, update=_KEEPS, rights='SELECT, INSERT, UPDATE ("end")'),
    Wall(
        "plans_meeting",
        select="true",
        insert=f"{_KEEPS} AND state = 'planned'",
        update=f"{_KEEPS} AND state = 'planned'",
        check=_KEEPS,
        rights='SELECT, INSERT, UPDATE ("on", title_fr, title_en, state, reason_fr, postponed_to_id,'
        " agenda_published_at, people, edited_at)",
    ),
    Wall(
        "plans_agendaitem",
        select=f"{_BUILDS} OR (state = 'accepted' AND {_meeting('m.agenda_published_at IS NOT NULL')})",
        insert=f"{_SIGNED} AND body_id = nrm.policy_body() AND (nrm.sits() OR {_KEEPS})"
        f" AND (state = 'proposed' OR {_KEEPS}) AND {_meeting("m.state = 'planned'")}",
        update=f"{_KEEPS} AND {_meeting("m.state = 'planned'")}",
        rights="SELECT, INSERT, UPDATE (meeting_id, state, answer, place)",
    ),
    Wall.of(
        Minutes,
        insert=f"{_KEEPS} AND {_HELD}",
        update=f"{_KEEPS} AND published_at IS NULL",
        check=_KEEPS,
        rights="SELECT, INSERT, UPDATE (text, published_at, saved_at)",
    ),
    Wall.of(
        Attendance,
        insert=_OPEN,
        update=_OPEN,
        rights="SELECT, INSERT, UPDATE (presence)",
    ),
    Wall(
        "plans_decision",
        select=f"{_BUILDS} OR nrm.meeting_closed(meeting_id)",
        insert=_OPEN,
        update=_OPEN,
        delete=_OPEN,
        rights="SELECT, INSERT, UPDATE (text, responsible_id, due, measure_id, commitment_id), DELETE",
    ),
    Wall(
        "plans_decisionfollowup",
        select=_DECIDED.format(""),
        insert=f"{_SIGNED} AND ({_KEEPS} OR {_DECIDED.format(' AND d.responsible_id = nrm.policy_body()')})",
        rights="SELECT, INSERT",
    ),
]
