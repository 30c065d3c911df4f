"""The world of the acts of public policy: a member for each thing one may be to a plan, and a measure being written."""

from agencies.models import Directory, Kind, Role
from tests import factories as f
from tests.plans import people
from tests.plans.plan.test_plan_operations import ready


def body(code: str) -> Directory:
    return Directory.objects.get(pk=code)


class Policy:
    def __init__(self):
        f.territory()
        self.coord = people.coordination()
        self.ministry = people.ministry("dgcs", Kind.SOCIAL_AFFAIRS)
        self.colleague = f.member(self.ministry.agency, Role.POLICY)
        self.cncdh = people.cncdh()
        self.association = people.speaker()
        self.union = people.speaker(Kind.UNION)
        self.auditor = f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)
        self.admin = f.member(f.agency(Kind.COORDINATION, desk=False), Role.PLATFORM_ADMIN)
        self.measure = ready(self.coord)  # of plan4, led by the ministry; it passes the gate
