"""Who is the same child. `answer` is the one function the intake asks; it knows exact rules only.

Beside it stands the model, which weighs what is alike: `training.train` learns it, `link.link` matches two
sources, `known.KnownChildren` one record at a time. Import them from where they are: Splink takes a second.
"""

from cabinet.linkage.exact import Answer, Known, Person, answer
from cabinet.linkage.names import name_key

__all__ = ["Answer", "Known", "Person", "answer", "name_key"]
