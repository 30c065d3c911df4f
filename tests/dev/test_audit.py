"""Rules by which `./run audit` reads the code: each has lines to be tried on, and what is known has its reason."""

import csv
import re

import pytest
import yaml
from django.conf import settings

AUDIT = settings.BASE_DIR / "bench" / "audit"
RULES = [rule["id"] for rule in yaml.safe_load((AUDIT / "rules.yml").read_text())["rules"]]
LINES = re.findall(r"# (ruleid|ok): ([a-z-]+)", (AUDIT / "rules.py").read_text())


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_a_line_that_it_must_find_and_one_that_it_must_not(rule):
    assert {("ruleid", rule), ("ok", rule)} <= set(LINES)


def test_what_is_known_stands_in_a_file_of_ours_with_its_reason():
    with (AUDIT / "known.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        assert (settings.BASE_DIR / row["file"]).exists(), row
        assert int(row["count"]) > 0 and len(row["why"]) > 10, row
