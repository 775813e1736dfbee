"""Who is the same child. `match` is the one function the intake asks."""

from cabinet.linkage.exact import Known, Match, Person, match
from cabinet.linkage.names import name_key

__all__ = ["Known", "Match", "Person", "match", "name_key"]
