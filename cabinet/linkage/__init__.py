"""Who is the same child. `match` is the one function the intake asks; it knows exact rules only.

Beside it stands the model, which weighs what is alike: `training.train` learns it, `link.link` matches two
sources, `known.KnownChildren` one record at a time. Import them from where they are: Splink takes a second.
"""

from cabinet.linkage.exact import Known, Match, Person, match
from cabinet.linkage.names import name_key

__all__ = ["Known", "Match", "Person", "match", "name_key"]
