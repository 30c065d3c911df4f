"""The pack's rules read a second time, the slow way: from the sentences and the raw file, not from assess().

Nothing of `indicators` is imported. A dimension is positive when some choice of distinct facts spells one of
the four sentences; a case takes the first rule whose dimensions are all there.
"""

from itertools import combinations

SENTENCES = {
    "DIM-A": [("strong", "strong")],
    "DIM-B": [("medium", "strong"), ("strong", "weak")],
    "DIM-C": [("medium", "medium", "medium")],
    "DIM-D": [("medium", "medium", "weak")],
}
FORCE = {"weak": 1, "medium": 2, "strong": 3}
SEEN = {"observed", "reported", "third_party", "document"}
CHILD = {"minor", "doubt", "unknown"}
ADULT_PROFILES = {"adult_labour", "adult_sexual", "adult"}
CHILD_PROFILES = {"child_labour", "child_sexual", "child"}


def facts(signs):
    """Strengths of the distinct facts of a dimension: signs of one concept are one fact, at its strongest."""
    alone = [sign["strength"] for sign in signs if sign["concept"] is None]
    shared = {}
    for sign in signs:
        if sign["concept"] is not None:
            shared.setdefault(sign["concept"], []).append(sign["strength"])
    return alone + [max(strengths, key=FORCE.__getitem__) for strengths in shared.values()]


def sentence_spelled(strengths):
    for name, spellings in SENTENCES.items():
        for spelling in spellings:
            if any(tuple(sorted(choice)) == spelling for choice in combinations(strengths, len(spelling))):
                return name
    return None


def dimensions_of(signs):
    spelled = {}
    for dimension in {sign["dimension"] for sign in signs}:
        name = sentence_spelled(facts([sign for sign in signs if sign["dimension"] == dimension]))
        if name:
            spelled[dimension] = name
    return spelled


def first_rule(rules, positive):
    for rule in sorted(rules, key=lambda rule: rule["order"]):
        every = all(dimension in positive for dimension in rule["all_positive"])
        one = rule["any_positive"] == [] or any(dimension in positive for dimension in rule["any_positive"])
        if every and one:
            return rule
    raise AssertionError("no rule holds")


def read(pack, observations, age_side, form, immediate_danger, grid, asked):
    """`grid`: the raw short grid or None; `asked`: signs that some short grid asks, and their pairs.

    Returns plain values to compare with an assessment.
    """
    seen = [i for i in pack["indicators"] if observations.get(i["code"]) in SEEN]
    other_side = ADULT_PROFILES if age_side in CHILD else CHILD_PROFILES
    counting = [i for i in seen if i["profile"] not in other_side and i["dimension"] != "corroborating_signs"]
    short = grid is not None and set(observations) <= asked

    results, level_zero = {}, False
    for ruleset in pack["rulesets"]:
        own = [i for i in counting if i["catalogue"] in ruleset["catalogues"]]
        positive = dimensions_of(own)
        group = "child" if age_side in CHILD else "adult"
        rules = [r for r in pack["case_rules"] if r["ruleset"] == ruleset["code"] and r["age_group"] == group]
        rule = first_rule(rules, positive)
        low = rule["result"] == "insufficient"
        level_zero |= low
        results[ruleset["code"]] = {
            "rule": rule["code"],
            "result": "short_grid_inconclusive" if low and short else rule["result"],
            "positive": positive,
        }

    overrides = []
    if immediate_danger:
        overrides.append("SAFE-DANGER")
    if age_side in CHILD:
        overrides.append("SAFE-CHILD")
        if form == "sexual_exploitation" or observations.get("FR-SEX-06") in SEEN:
            overrides.append("SAFE-CHILD-SEX")
    if any(i["strength"] == "strong" for i in counting):
        overrides.append("SAFE-ONE-STRONG")
    if level_zero:
        overrides.append("SAFE-NO-DOWNGRADE")
    return {"results": results, "overrides": overrides, "scope": "short" if short else "full"}
