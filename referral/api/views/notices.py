"""Mark the notices of a program as read."""

import uuid

from django.utils.translation import gettext_lazy as _

from notifications.models import Notice
from notifications.operations.events import mark_all_read, mark_read
from referral.api.rules import FOLLOW
from referral.api.schema.document import posts
from referral.api.serializers.notices import NoticeShown
from referral.api.serializers.records import Shown
from referral.api.serializers.strict import Flag, Strict

from .endpoints import Single


class ReadInput(Strict):
    older = Flag(required=False, help_text=_("All older ones too; none that came since."))


class NoticesRead(Single):
    scopes = {"read_until": FOLLOW}
    queryset = Notice.objects.none()
    serializer_class = Shown

    @posts(
        "read_notice",
        _("Say that a notice was read, or all up to it"),
        tag="notices",
        request=ReadInput,
        response=NoticeShown,
        description=_("A program has notices of its own: those of its colleagues stay as they are."),
    )
    def read_until(self, request, pk):
        actor, said = request.auth, self.body(ReadInput).validated_data
        taken = self.claim(uuid.uuid4())
        if not taken.replayed and said.get("older"):
            mark_all_read(actor, pk)
        notice = mark_read(actor, pk)
        return self.answer(NoticeShown, notice, replayed=taken.replayed)
