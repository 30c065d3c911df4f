"""Parse, filter and minify the rules of a stylesheet (tinycss2). Independent of Django and of our pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import tinycss2
from tinycss2.ast import Declaration, URLToken

HOLD_DECLARATIONS = (
    "font-face",
)  # the other at-rules contain rules; `page` holds both: margins, and what stands in them
COMMA, COLON = ",", ":"


@dataclass
class Rule:
    """Hold a selector list or an at-rule, with its declarations, its inner rules (`@media`), or both (`@page`)."""

    head: str
    declarations: list[Declaration]
    rules: list["Rule"]


def read(css: str, wanted: Callable[[list], bool] = lambda selector: True) -> list[Rule]:
    """Return the rules that have a wanted selector, without their other selectors.

    `wanted` takes a selector as its tokens. Raises ValueError for invalid CSS and for nested rules: no rule is dropped
    silently.
    """
    return list(_rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), wanted))


def _rules(nodes: list, wanted) -> Iterator[Rule]:
    for node in nodes:
        if node.type == "error":
            raise ValueError(f"line {node.source_line}: {node.message}")
        if node.type == "qualified-rule":
            if heads := [_written(each) for each in _selectors(node.prelude) if wanted(each)]:
                yield Rule(",".join(heads), _declarations(node.content), [])
            continue
        head = f"@{node.at_keyword} {_written(node.prelude)}".strip()
        if node.at_keyword in HOLD_DECLARATIONS:
            yield Rule(head, _declarations(node.content), [])
        elif node.at_keyword == "page":
            inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            boxes = [Rule(f"@{each.at_keyword}", _declarations(each.content), []) for each in inner if _is_box(each)]
            yield Rule(head, _only_declarations([each for each in inner if not _is_box(each)]), boxes)
        elif node.content is not None:  # @charset has none
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            if kept := list(_rules(inner, wanted)):
                yield Rule(head, [], kept)


def _selectors(prelude: list) -> list[list]:
    """Split a selector list at its commas; those of `:is(a, b)` are inside a function's own tokens."""
    found: list[list] = [[]]
    for each in prelude:
        if each == COMMA:
            found.append([])
        else:
            found[-1].append(each)
    return found


def _is_box(node) -> bool:
    """Return whether this part of `@page` is a box in its margin, such as `@bottom-right`."""
    return node.type == "at-rule" and node.content is not None


def _declarations(content: list) -> list[Declaration]:
    return _only_declarations(tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True))


def _only_declarations(found: list) -> list[Declaration]:
    for each in found:
        if each.type != "declaration":
            raise ValueError(f"line {each.source_line}: a declaration was expected, not {each.type}")
    return found


def every(rules: list[Rule]) -> Iterator[Rule]:
    """Yield the rules and the rules inside them, depth first."""
    for rule in rules:
        yield rule
        yield from every(rule.rules)


# -- classes --------------------------------------------------------------------
def classes(selector: list) -> Iterator[tuple[str, bool]]:
    """Yield the classes that a selector requires; `:not(…)` requires none.

    (`fr-btn`, True) for `.fr-btn`, the whole name; (`fr-btn--`, False) for `[class*=" fr-btn--"]`, a part of a name.
    """
    for before, token in zip([None, *selector], selector, strict=False):
        if token.type == "ident" and before == ".":
            yield token.value, True
        elif token.type == "[] block" and token.content[0].value == "class":
            yield token.content[-1].value.strip(), False
        elif token.type == "function" and token.lower_name != "not":
            yield from classes(token.arguments)


def parts(selector: list) -> Iterator[str]:
    """Yield the elements and the attributes that a selector requires; `:not(…)` requires none.

    `input` and `type` for `input[type=radio]`. A class stands for itself (see `classes`).
    """
    for before, token in zip([None, *selector], selector, strict=False):
        if token.type == "ident" and before not in (".", COLON):
            yield token.value
        elif token.type == "[] block" and token.content[0].value != "class":
            yield token.content[0].value
        elif token.type == "function" and token.lower_name != "not":
            yield from parts(token.arguments)


# -- variables ------------------------------------------------------------------
def drop_idle_variables(rules: list[Rule]) -> None:
    """Remove the custom properties that no declaration reads, until all that remain are used."""
    while True:
        read_by_some = {name for rule in every(rules) for each in rule.declarations for name in _variables(each.value)}
        changed = False
        for rule in every(rules):
            kept = [each for each in rule.declarations if each.name[:2] != "--" or each.name in read_by_some]
            changed = changed or len(kept) < len(rule.declarations)
            rule.declarations = kept
        if not changed:
            return


def _variables(tokens: list) -> Iterator[str]:
    for token in tokens:
        if token.type == "function":
            if token.lower_name == "var":
                yield next(each.value for each in token.arguments if each.type == "ident")
            yield from _variables(token.arguments)


# -- addresses ------------------------------------------------------------------
def replace_addresses(rules: list[Rule], new: Callable[[str], str]) -> list[Rule]:
    """Replace the address of each `url(…)` by `new(address)`, in place, and return the rules."""
    for rule in every(rules):
        for each in rule.declarations:
            each.value = [_replaced(token, new) for token in each.value]
    return rules


def _replaced(token, new):
    if token.type == "url":
        old = token.value
    elif token.type == "function" and token.lower_name == "url":
        old = token.arguments[0].value
    else:
        return token
    address = new(old)
    if address == old:
        return token
    return URLToken(token.source_line, token.source_column, address, f'url("{address}")')


# -- writing --------------------------------------------------------------------
def write(rules: list[Rule]) -> str:
    """Serialize rules, minified, without the empty ones."""
    return "".join(map(_rule, rules))


def _rule(rule: Rule) -> str:
    inside = ";".join(filter(None, [*map(declaration, rule.declarations), write(rule.rules)]))
    return f"{rule.head}{{{inside}}}" if inside else ""


def declaration(each: Declaration) -> str:
    """Serialize one declaration: `color:red!important`."""
    return f"{each.name}:{_written(each.value)}{'!important' if each.important else ''}"


def _written(tokens: list) -> str:
    return tinycss2.serialize(_small(tokens))


def _small(tokens: list) -> list:
    """Remove comments and the spaces that separate nothing: at the ends, around commas, after colons."""
    kept: list = []
    for each in tokens:
        if each.type == "error":
            raise ValueError(f"line {each.source_line}: {each.message}")
        if each.type == "comment" or each.type == "whitespace" and _separates_nothing(kept):
            continue
        if each == COMMA and kept and kept[-1].type == "whitespace":
            kept.pop()
        if each.type == "whitespace":
            each.value = " "
        elif each.type == "function":
            each.arguments = _small(each.arguments)
        elif each.type in ("() block", "[] block"):
            each.content = _small(each.content)
        kept.append(each)
    return kept[:-1] if kept and kept[-1].type == "whitespace" else kept


def _separates_nothing(before: list) -> bool:
    return not before or before[-1].type == "whitespace" or before[-1] in (COMMA, COLON)
