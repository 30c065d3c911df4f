"""Whether two identities may be one person's: pure, so that it can be measured and repeated anywhere.

`tokens(data)` says by what an identity is looked for, `compare(a, b)` whether two that share a token are alike enough
to ask a person. Figures in docs/figures/duplicates.md, by `manage.py match_figures`.
"""

from .likeness import Likeness, compare
from .tokens import tokens
