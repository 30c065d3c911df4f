"""Row security of agreements, opinions of children and their texts."""

from foundation.sight import By, Is, Sql
from foundation.walls import Wall
from victims.models import AgreementText, ChildOpinion, Consent
from victims.models.sight import Leads, Sees

WALLS = [
    Wall.of(
        Consent,
        insert=By("obtained_by_id") & Is("withdrawn_at", None) & Is("withdrawn_by_id", None) & Leads(),
        update=Consent.sight,
        # signed by its author at that moment: the clock, since now() is the start of the transaction
        check=By("withdrawn_by_id") & Sql("withdrawn_at <= clock_timestamp() + interval '1 minute'"),
        rights="SELECT, INSERT, UPDATE (withdrawn_at, withdrawn_by_id)",
    ),
    *[
        Wall.of(model, insert=By() & Sees(3, lead=True), rights="SELECT, INSERT")
        for model in (ChildOpinion, AgreementText)
    ],
]
