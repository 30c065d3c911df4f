"""Groups of roles: WORKS on cases, WRITES alerts."""

from agencies.models import Role

WORKS = (Role.CASE_WORKER, Role.COORDINATOR)
WRITES = (Role.FRONTLINE, Role.CASE_WORKER, Role.COORDINATOR)
