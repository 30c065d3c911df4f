"""What an agency and its members keep of their own: the desk, duty, notices, the journal, imports, the survey."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Kind, Membership, Role
from tests import factories as f
from tests.roles import as_role

from . import world

OF_DESK = {"desk_id": "mine"}


class World(world.World):
    """Members of one agency, « home », and of others. `elder` is of one that answered an earlier year."""

    rows = {
        "agencies_desk_services": {**OF_DESK, "service_id": "legal_aid"},
        "agencies_desk_territories": {**OF_DESK, "territory_id": "75"},
        "agencies_dutyhours": OF_DESK,
        "agencies_dutymember": {**OF_DESK, "membership_id": "me"},
        "agencies_draft": {"membership_id": "me", "place": "digest"},
        "agencies_keptform": {"membership_id": "me", "browser": "digest"},
        "agencies_programcall": {"membership_id": "me"},
        "mfa_authenticator": {"user_id": "myself", "type": "webauthn"},
        "agencies_providerlink": {"user_id": "myself", "digest": "digest"},
        "notifications_event": {"kind": "alert_sent", "subject": "alert", "actor_id": "me"},
        "notifications_notice": {
            "membership_id": "me", "event_id": "event", "channel": "app", "state": "queued", "subject": "alert",
        },
        "notifications_preference": {"membership_id": "me", "kind": "alert_sent", "mail": False},
        "journal_entry": {"membership_id": "me", "agency_id": "mine", "action": "alert.send", "outcome": "done"},
        "referral_clientkey": {"membership_id": "me"},
        "referral_caseimport": {"agency_id": "mine", "by_id": "me"},
        "referral_importmatching": {"agency_id": "mine"},
        "referral_surveyanswer": {"agency_id": "mine", "by_id": "me", "year": timezone.localdate().year - 1},
    }  # fmt: skip

    def __init__(self):
        super().__init__()
        home, other, elder = f.shelter(), f.shelter(), f.shelter()
        self.who = {
            "admin": f.member(home, Role.AGENCY_ADMIN),
            "worker": f.member(home),
            "frontline": f.member(home, Role.FRONTLINE),
            "left": f.member(home, Role.AGENCY_ADMIN),
            "other": f.member(other),
            "other_admin": f.member(other, Role.AGENCY_ADMIN),
            "elder": f.member(elder),
            "labour": f.member(f.agency(Kind.LABOUR)),
            # a program reads and writes under the rights of its agency, and keeps no desk
            "program": f.program(home, Role.AGENCY_ADMIN),
        }
        for name, member in self.who.items():
            self.mates[name] = self.who["worker" if name == "admin" else "admin"] if member.agency == home else None
            self.mates[name] = self.mates[name] or f.member(member.agency)
        self.names = {"home": home.pk, "nowhere": f.agency(desk=False).pk, "somebody": f.member(home).user_id}
        with as_role("nrm_owner"):
            Membership.objects.filter(pk=self.who["left"].pk).update(active=False)
            self._rows()

    def _rows(self):
        self.names["event"] = self.put("notifications_event", "worker")
        for name, channel in (("worker", "app"), ("worker", "mail"), ("frontline", "app")):
            self.put("notifications_notice", name, channel=channel)
        for name in ("worker", "frontline"):
            self.put("notifications_preference", name, kind="alert_vital", mail=True)
        for name in ("admin", "other_admin"):
            for table in ("agencies_dutyhours", "agencies_dutymember"):
                self.put(table, name)
        last_week = timezone.now() - timedelta(days=8)
        for name, key, at in (
            ("worker", "old", last_week),
            ("worker", "new", timezone.now()),
            ("other", "old", last_week),
        ):
            self.put("referral_clientkey", name, key=key, at=at)
        for name in ("worker", "other"):
            self.put("referral_caseimport", name)
            self.put("referral_importmatching", name)
            self.put("agencies_keptform", name)
            self.put("mfa_authenticator", name)
            self.put("agencies_providerlink", name, digest=name)
            self.put("agencies_draft", name, place="other")
        self.put("referral_surveyanswer", "worker")
        self.put("referral_surveyanswer", "elder", year=timezone.localdate().year - 2)
