"""Fragments become one catalogue, or a refusal that names the sentence."""

import gettext
import os

import pytest

from foundation.words.translations import TranslationError, build, join


@pytest.fixture
def fragment(tmp_path):
    (tmp_path / "fragments").mkdir()

    def write(name: str, text: str):
        path = tmp_path / "fragments" / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1, 1))
        return path

    return write


def test_fragments_are_joined_and_compiled_once(tmp_path, fragment):
    fragment("b.po", 'msgid "Case"\nmsgstr "Dossier"\n')
    fragment(
        "a.po",
        'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s jour"\nmsgstr[1] "%(n)s jours"\n',
    )
    os.utime(tmp_path / "fragments", (1, 1))
    assert build(tmp_path) == 2
    with (tmp_path / "LC_MESSAGES" / "django.mo").open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert french.gettext("Case") == "Dossier"
    assert [french.ngettext("%(n)s day", "%(n)s days", n) for n in (0, 2)] == ["%(n)s jour", "%(n)s jours"]
    assert build(tmp_path) == 0
    fragment("c.po", 'msgid "Alert"\nmsgstr "Alerte"\n')  # a new file touches the directory
    assert build(tmp_path) == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('msgid "Case"\nmsgstr "Affaire"\n', "already in a.po"),
        ('msgid "Alert"\nmsgstr ""\n', "has no French"),
        ('msgid "day"\nmsgid_plural "days"\nmsgstr[0] "jour"\nmsgstr[1] ""\n', "has no French"),
        ('#, fuzzy\nmsgid "Alert"\nmsgstr "Alerte"\n', "fuzzy"),
        ('msgid "Alert\nmsgstr "Alerte"\n', "b.po"),
    ],
)
def test_refusals_name_file_and_sentence(fragment, text, reason):
    paths = [fragment("a.po", 'msgid "Case"\nmsgstr "Dossier"\n'), fragment("b.po", text)]
    with pytest.raises(TranslationError, match=rf"b\.po.*{reason}|{reason}"):
        join(paths)


def test_the_same_word_in_two_contexts_is_no_duplicate(fragment):
    text = 'msgctxt "{}"\nmsgid "Open"\nmsgstr "{}"\n'
    paths = [
        fragment("a.po", text.format("verb", "Ouvrir")),
        fragment("b.po", text.format("state", "Ouvert")),
    ]
    assert len(join(paths)) == 2


def test_french_spacing_is_put_in_for_the_author(fragment):
    text = 'msgid "{0}"\nmsgstr "{0}"\nmsgid "{0} one"\nmsgid_plural "{0} many"\nmsgstr[0] "{0}"\nmsgstr[1] "{0}"\n'
    one, several = join([fragment("a.po", text.format("Où ? « Ici » : oui ; non !"))])
    wanted = "Où\u202f? «\u00a0Ici\u00a0»\u00a0: oui\u202f; non\u202f!"
    assert one.msgstr == wanted and list(several.msgstr_plural.values()) == [wanted, wanted]
    assert one.msgid == "Où ? « Ici » : oui ; non !"
