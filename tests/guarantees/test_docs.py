"""The generated pages say what the tables say, and the words around the code name things that exist."""

import re
from pathlib import Path

from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


def test_generated_pages_are_current():
    call_command("generate_docs", "--check")


def test_documents_name_files_that_exist():
    """A path in backquotes of the README, CONTRIBUTING and docs/ is a file or folder of the tree."""
    missing = []
    for page in [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("docs/decisions/*.md"),
    ]:
        for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", page.read_text()):
            if "<" not in name and not name.startswith((".state", "api/", "repere/")) and not (ROOT / name).exists():
                missing.append(f"{page.name}: {name}")
    assert not missing, missing


def test_images_of_the_readme_exist():
    images = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert images, "the README shows real pages"
    assert all((ROOT / image).is_file() for image in images), images
