"""Say where things stand, for the sentences of a failing test: read from the code, so that a move of files keeps them
true."""

import inspect
import re
from collections import Counter
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
DECLARES = re.compile(r" Wall(?:\.of)?\(")
WORKFLOW = "tests/guarantees/expected/workflow.md"


def file_of(thing) -> str:
    """Return the path, from the root, of the file of a module, class or function."""
    return str(Path(inspect.getsourcefile(thing)).resolve().relative_to(ROOT))


def file_that_says(line: str, name: str) -> str:
    """Return the path of the one file of this name with a line that begins so; raises ValueError when there is none."""
    found = [path for path in sorted(ROOT.glob(f"*/**/{name}")) if f"\n{line}" in f"\n{path.read_text()}"]
    if len(found) != 1:
        raise ValueError(f"{len(found)} files {name} have a line that begins with « {line} »")
    return str(found[0].relative_to(ROOT))


def files_of_walls(table: str) -> list[str]:
    """Return the paths of the files where the app of this table declares its walls."""
    app = ROOT / table.split("_")[0]
    return [str(path.relative_to(ROOT)) for path in sorted(app.rglob("*.py")) if DECLARES.search(path.read_text())]


def file_of_wall(table: str) -> str:
    """Return the path of the file that declares the wall of this table, else of most tables of its module of models,
    else, as for a table without a model, of most tables that its app declares in one file."""
    files = files_of_walls(table)
    declaring = {one._meta.db_table: _declaring(one._meta.db_table, one.__name__, files) for one in apps.get_models()}
    if found := declaring.get(table) or _declaring(table, table, files):
        return found
    model = next((model for model in apps.get_models() if model._meta.db_table == table), None)
    beside = [
        declaring[one._meta.db_table]
        for one in apps.get_models()
        if one._meta.db_table.startswith(f"{table.split('_')[0]}_")
        and (model is None or one.__module__ == model.__module__)
    ]
    return Counter(name for name in beside if name).most_common(1)[0][0] if any(beside) else files[0]


def _declaring(table: str, model: str, files: list[str]) -> str | None:
    """Return the first of these files with a wall of this table."""
    named = re.compile(rf' Wall(?:\.of)?\(\s*(?:"{table}"|{model})\b')
    return next((name for name in files if named.search((ROOT / name).read_text())), None)
