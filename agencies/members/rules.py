"""Groups of roles: who works on cases, who writes alerts."""

from agencies.models import Role

WORKS = (Role.CASE_WORKER, Role.COORDINATOR)
WRITES = (Role.FRONTLINE, Role.CASE_WORKER, Role.COORDINATOR)
