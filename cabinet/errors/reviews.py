"""What is wrong with a decision about who is the same child."""

from cabinet.errors.base import CabinetError
from cabinet.errors.rows import InputInvalid


class MatchInvalid(InputInvalid):
    """These children or records cannot be joined or parted like this."""

    code = "MATCH_INVALID"
    hint = "Join two different children; part some of a child's records, and not all of them."


class MatchRowRefused(InputInvalid):
    """The row that waited cannot be taken in any more, so nothing was decided."""

    code = "MATCH_ROW_REFUSED"
    hint = "`problems` says what is wrong with it; ask its agency to correct the record, and decide then."


class MatchDecided(CabinetError):
    """Somebody else has decided this by now."""

    code, status = "MATCH_DECIDED", 409
    hint = "Look at the review again; undo the decision first if you see it otherwise."


class MatchUndone(MatchDecided):
    """This decision was undone by now."""

    code = "MATCH_UNDONE"
    hint = "Nothing is left to undo; decide anew if you see it otherwise."


class MatchOvertaken(MatchDecided):
    """A later decision about the same children stands on this one."""

    code = "MATCH_OVERTAKEN"
    hint = "Undo the later decision first; `decision` is its id."
