"""Show agreements, identity and contact, who sees the case, how the person is identified, and where the case is."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.api.serializers.contents import SPOKEN, GiverTexts, OpinionTexts, as_it_is, code, codes
from referral.api.serializers.identity import KNOWN
from referral.api.serializers.records import CATEGORIES, ConsentShown, LevelField, Shown
from referral.models import Orientation
from victims.cases.words import CHANNELS, EXPLAINED, WHOSE
from victims.consents.words import INTERPRETERS, PROOFS
from victims.identity.words import SEXES
from victims.models import ChildOpinion, Grant

from .base import DataField


class AgreementShown(ConsentShown):
    """Show an agreement with its texts, which are at level `file`."""

    live = serializers.BooleanField(source="is_live")
    explained = serializers.ListField(child=serializers.ChoiceField(choices=codes(EXPLAINED)))
    proof = code(codes(PROOFS), required=True)
    language = code(SPOKEN, required=True)
    interpreter = code(codes(INTERPRETERS), required=True)
    texts = as_it_is(
        GiverTexts,
        source="words",
        help_text=_("`proxy`, `decision`, `verified`, `cleared`: from level `file`."),
    )


class OpinionShown(Shown):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    stance = serializers.ChoiceField(choices=ChildOpinion.Stance.values)
    language = code(SPOKEN, required=True)
    interpreter = code(codes(INTERPRETERS), required=True)
    texts = as_it_is(OpinionTexts, source="words", help_text=_("`words`, `heard_by`: from level `file`."))


class ShareShown(Shown):
    """Show what was shared without agreement, on a legal ground."""

    orientation = serializers.UUIDField(source="orientation_id")
    sender = serializers.IntegerField(source="sender_id")
    addressee = serializers.IntegerField(source="addressee_id")
    ground = serializers.ChoiceField(choices=Orientation.LegalGround.values)
    sent_at = serializers.DateTimeField()


class BirthShown(Shown):
    date = serializers.CharField(help_text=KNOWN)
    estimated = serializers.BooleanField(default=False)


class IdentityShown(Shown):
    """Show an identity as it was recorded; what is not known is absent."""

    absent = ("family_name", "given_names", "aliases", "births", "nationalities", "sex")

    family_name = serializers.CharField(default=None)
    given_names = serializers.CharField(default=None)
    aliases = serializers.ListField(child=serializers.CharField(), default=None)
    births = BirthShown(many=True, default=None)
    nationalities = serializers.ListField(child=serializers.CharField(), default=None)
    sex = serializers.ChoiceField(choices=codes(SEXES), default=None)


class ContactShown(Shown):
    """Show one safe way to reach the person."""

    channel = serializers.ChoiceField(choices=[code for code, _words in CHANNELS], source="data.channel")
    value = DataField("value")
    hours = DataField("hours")
    who_may_answer = DataField("who_may_answer")
    code_word = DataField("code_word")
    whose = serializers.ChoiceField(choices=[code for code, _words in WHOSE], source="data.whose")


class GroundShown(Shown):
    ground = serializers.ChoiceField(choices=Grant.Ground.values)
    until = serializers.DateTimeField(allow_null=True)


class SeesShown(Shown):
    """Show one agency that sees the case, how far, and on which grounds."""

    agency = serializers.IntegerField(source="agency.pk")
    name = serializers.CharField(source="agency.name")
    level = LevelField(allow_null=True)
    categories = serializers.ListField(child=serializers.ChoiceField(choices=list(CATEGORIES.values())))
    grounds = GroundShown(many=True)


class MemberShown(Shown):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="user.full_name")


class ReadingShown(Shown):
    """Show one opening of the case."""

    at = serializers.DateTimeField()
    agency = serializers.IntegerField(source="agency_id", allow_null=True)
    act = serializers.CharField(source="action", help_text=_("As the journal names it."))


class RelocationShown(Shown):
    at = serializers.DateTimeField()
    from_territory = serializers.CharField(source="from_territory_id")
    to_territory = serializers.CharField(source="to_territory_id")
    from_unit = serializers.IntegerField(source="from_unit_id")
    to_unit = serializers.IntegerField(source="to_unit_id")
