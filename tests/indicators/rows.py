"""Everything the pack writes, to compare before and after."""

from agencies.models import Directory, Helpline, Service, Territory
from indicators.models import (
    Catalogue,
    Code,
    Indicator,
    LegalText,
    PackFile,
    Procedure,
    Sheet,
    ShortGrid,
    ShortGridItem,
)

COUNTED = [
    Catalogue,
    Indicator,
    ShortGrid,
    ShortGridItem,
    Code,
    LegalText,
    Procedure,
    Sheet,
    PackFile,
    Directory,
    Helpline,
    Service,
    Territory,
]


def stored():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in COUNTED}
