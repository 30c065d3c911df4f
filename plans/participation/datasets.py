"""Publish open data of participation: each published contribution with its dates and answer.

Without its text: a release never changes, so a name seen too late could not be removed from it. The page has the text.
"""

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from plans.models import Contribution
from plans.participation.selectors.targets import labelled
from plans.publication.rules.opendata import Dataset, Field, register


def rows():
    published = Contribution.objects.public().select_related("consultation", "agency__profile")
    for found in labelled(published.prefetch_related("responses").order_by("published_at", "reference")):
        answers = list(found.responses.all())
        yield {
            "reference": found.reference,
            "author": found.author_name,
            "author_kind": found.author_kind,
            "consultation": found.consultation.reference if found.consultation else None,
            "subject": found.subject or "consultation",
            "target": found.target or None,
            "about": found.about,
            "received_on": localdate(found.submitted_at),
            "published_on": localdate(found.published_at),
            "due_on": localdate(found.due_at),
            "answered_on": localdate(answers[0].at) if answers else None,
            "answer": answers[-1].verdict if answers else None,
            "answer_text": answers[-1].text if answers else None,
            "page": reverse("policy:contribution-detail", args=[found.pk]),
        }


register(
    Dataset(
        "contributions",
        title=_("Contributions and their answers"),
        about=_(
            "What organisations said of the policy, as published, with the dates and the State's answers. The text"
            " itself is on the page of each; confidential contributions are not here."
        ),
        key="reference",
        page="policy:contribution-list",
        fields=[
            Field("reference", "string", _("Reference"), required=True),
            Field("author", "string", _("Author"), required=True),
            Field("author_kind", "string", _("Kind of author"), required=True),
            Field("consultation", "string", _("Reference of the consultation")),
            Field("subject", "string", _("What it is about"), required=True),
            Field("target", "string", _("Code of what it is about")),
            Field("about", "string", _("Title of what it is about")),
            Field("received_on", "date", _("Received on"), required=True),
            Field("published_on", "date", _("Published on"), required=True),
            Field("due_on", "date", _("Answer due on"), required=True),
            Field("answered_on", "date", _("Answered on")),
            Field("answer", "string", _("Answer")),
            Field("answer_text", "string", _("Text of the answer")),
            Field("page", "string", _("Page")),
        ],
        rows=rows,
        declared=_("Said by their authors, each for itself; the State vouches for its own answers alone."),
    )
)
