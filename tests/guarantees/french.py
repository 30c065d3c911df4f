"""Every sentence the code asks for, found in templates (by Django's own reader) and in Python (by its syntax)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from .conventions import python, templates

TEXT = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*{TEXT}\s*(?:,\s*{TEXT})?(?:\s*,\s*{TEXT})?")
NAMES = {
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "pgettext",
    "pgettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "npgettext",
}
# Words that tell French from English and are not English words, and letters English does without.
FRENCH = re.compile(
    r"\b(le|la|les|des|une|est|vous|votre|pour|avec|sur|dans|aux|ou|qui|cette|dossier)\b|[éèêàùûôîç]", re.I
)
OWN_NAMES = {
    "Département", "département", "départements", "Défenseur", "Île", "École", "Repère", "Légifrance", "procureur",
    "préfecture", "Code", "pénal",
}  # fmt: skip


def wanted(root: Path) -> Iterator[tuple[str | None, str, str]]:
    """(context, sentence, where) of each use."""
    for name, text in templates(root):
        if name.endswith(".html"):
            for kind, *texts in CALL.findall(templatize(text, origin=name)):
                said = [ast.literal_eval(part) for part in texts if part]
                yield (said[0], said[1], name) if kind.endswith("pgettext") else (None, said[0], name)
    for name, tree, _ in python(root):
        names = _names_in(tree)
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            if not (isinstance(called, ast.Name) and called.id in names and node.args):
                continue
            said = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if "pgettext" in names[called.id] and len(said) > 1:
                yield said[0], said[1], name
            elif said:
                yield None, said[0], name


def _names_in(tree: ast.AST) -> dict[str, str]:
    """Return what a module calls the functions of Django that translate, and which each is."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    found = (alias for node in imports if node.module == "django.utils.translation" for alias in node.names)
    return {alias.asname or alias.name: alias.name for alias in found if alias.name in NAMES}


def untranslated(root: Path, fragments: dict[str, set[tuple[str | None, str]]]) -> list[str]:
    """Return a sentence for each use that no fragment translates; `fragments`: path -> its (context, sentence)."""
    uses = sorted(set(wanted(root)), key=lambda use: (use[2], use[1]))
    known = set().union(*fragments.values())
    missing = {
        use[:2]: use[2] for use in reversed(uses) if use[1].strip() and use[:2] not in known
    }  # once, its first use
    return [
        f"{where}: « {sentence} »{f', context « {context} »,' if context else ''} has no French: add it at the end of"
        f" {_fragment_of(where, uses, fragments)}"
        for (context, sentence), where in reversed(missing.items())
    ]


def _fragment_of(where: str, uses: list, fragments: dict[str, set]) -> str:
    """Return the fragment that translates most sentences of this file, then of its folder, then of its app."""
    places = (where, *(parent.as_posix() for parent in Path(where).parents))
    said = [{use[:2] for use in uses if Path(use[2]).is_relative_to(place)} for place in places]
    return max(sorted(fragments), key=lambda path: [len(sentences & fragments[path]) for sentences in said])


def french_sentences(root: Path) -> list[str]:
    """Sentences in the code are English; their French is in the catalogue."""
    found = []
    for _, sentence, where in sorted(set(wanted(root)), key=lambda use: (use[2], use[1])):
        bare = re.sub(r"Défenseur des droits|%\(\w+\)s|“[^”]*”", "", sentence)
        words = " ".join(word for word in re.findall(r"[\w’']+", bare) if word not in OWN_NAMES)
        if hit := FRENCH.search(words):
            found.append(f"{where}: « {sentence} » has « {hit[0]} »: write it in English, its French in locale/")
        elif "«" in sentence:
            found.append(f"{where}: {sentence}: English quotes with “ ”, write it so; its French keeps « »")
    return found
