"""Define the models of the pack: the shared catalogue and its rules, code lists, procedures and legal texts."""

from .catalogue import (
    Catalogue,
    CatalogueQuerySet,
    Code,
    CodeList,
    CodeQuerySet,
    Dimension,
    Indicator,
    PackFile,
    Ruleset,
    ShortGrid,
    ShortGridItem,
)
from .procedures import Consent, LegalText, Procedure, ProcedureStep, Unit
from .sheets import Sheet
