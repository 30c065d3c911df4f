"""Decide whether two identities may belong to one person. Pure functions, so that results can be measured.

`tokens(data)` returns the search keys of an identity; `compare(a, b)` decides whether two that share a token are alike
enough to ask a person. Figures in docs/figures/duplicates.md, by `manage.py match_figures`.
"""

from .likeness import Likeness, compare
from .tokens import tokens
