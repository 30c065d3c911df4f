"""Describe for OpenAPI the version of what is shown (ETag), and the headers that name one."""

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter

from referral.api.serializers.records import Shown

MATCH = gettext_lazy("The `ETag` of `%(of)s`; `*`: whatever it is by now.")
MATCH_URGENT = gettext_lazy(
    "The `ETag` of `%(of)s`; `*`: whatever it is by now. May be left out in a danger to life, which waits for no tag."
)
TAG = '(W/)?"[!#-~]*"'
TAGS = rf"^(\*|{TAG}(, ?{TAG})*)$"
_filled = lazy(lambda words, of: str(words) % {"of": of}, str)


def if_match(of: str, urgent: bool) -> OpenApiParameter:
    """Describe the header that says on which version a program changes something."""
    words = _filled(MATCH_URGENT if urgent else MATCH, of)
    header = OpenApiParameter.HEADER
    return OpenApiParameter("If-Match", str, header, required=not urgent, pattern=TAGS, description=words)


def add_versions(operation: dict, method: str, schemas: dict) -> None:
    """Say which answers have a tag, and that a program which has that version is answered 304."""
    answer = operation["responses"].get("200", {})
    named = {content["schema"].get("$ref", "").rpartition("/")[2] for content in answer.get("content", {}).values()}
    listed = any(
        schemas.get(name, {}).get("properties", {}).keys() >= {"results", "next", "previous"} for name in named
    )
    tag = {"ETag": {"description": _("Of what you are shown, for you alone"), "schema": {"type": "string"}}}
    whole = {serializer.__name__ for serializer in subclasses(Shown) if serializer.whole}
    if method == "get" and not listed:
        operation.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": "If-None-Match",
                "schema": {"type": "string"},
                "description": _("The `ETag` of what you have: 304 when it is still that."),
            }
        )
        operation["responses"]["304"] = {"description": _("You have it as it is"), "headers": tag}
    if (method == "get" and not listed) or named & whole:
        answer["headers"] = tag


def subclasses(parent):
    """Yield all subclasses."""
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)
