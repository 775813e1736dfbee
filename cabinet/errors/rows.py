"""What is wrong with the values and the rows somebody sent, each row by itself."""

from cabinet.errors.base import CabinetError


class InputInvalid(CabinetError):
    """The input can be read, but it cannot be meant."""

    code, status = "INPUT_INVALID", 422


class TooManyRows(InputInvalid):
    """One post takes at most 10,000 rows, and so do all posts of one request."""

    code = "TOO_MANY_ROWS"
    hint = "Split the rows into several posts, each with an idempotency key of its own."


class IdempotencyKeyReused(InputInvalid):
    """This idempotency key was used before, for another body."""

    code = "IDEMPOTENCY_KEY_REUSED"
    hint = "Use a fresh key for a new post; repeat a key only to repeat the same post."


class RowProblem(InputInvalid):
    """The row cannot be taken."""

    code = "ROW_PROBLEM"


class RowInvalid(RowProblem):
    """A field of the row is missing or cannot be read."""

    code = "ROW_INVALID"
    hint = "The path names the field."


class DateInvalid(RowProblem):
    """This is not a date of the calendar."""

    code = "DATE_INVALID"
    hint = "Write dates as YYYY-MM-DD, for example 2026-09-01."


class NothingWithdrawn(RowProblem):
    """No record of this kind stands under this id; nothing was withdrawn."""

    code = "NOTHING_WITHDRAWN"
    hint = "Give `recordVersion` to withdraw a record that has yet to arrive, or check the id and the kind."


class EndsBeforeBegins(RowProblem):
    """The row ends before it begins."""

    code = "ENDS_BEFORE_BEGINS"
    hint = "Leave the end empty while the enrollment is open."


class ColumnMissing(RowProblem):
    """A column that every row needs is missing from the file."""

    code = "COLUMN_MISSING"
    hint = "`cabinet load --help` lists the columns of each format."


class ColumnUnknown(RowProblem):
    """A column of the file has no meaning here; its values were not used."""

    code = "COLUMN_UNKNOWN"
    hint = "Check the spelling, or ignore this if the column is not meant for us."


class LayoutTaken(RowProblem):
    """The file's header shows how its rows are laid out; it was read so."""

    code = "LAYOUT_TAKEN"
    hint = "`cabinet load --help` says what each layout needs, if this is not the one you meant."


class ColumnTaken(RowProblem):
    """A column was read as one of another name."""

    code = "COLUMN_TAKEN"
    hint = "Rename the column if this is not what it holds."


class CodeUnknown(RowProblem):
    """A code of the file has no meaning here; what it says was not used."""

    code = "CODE_UNKNOWN"
    hint = "Say what it means in a file of your own, and load again with --mapping FILE."


class ProgramUnknown(RowProblem):
    """The community has no program with this code."""

    code = "PROGRAM_UNKNOWN"
    hint = "`community { programs { nodes { code name } } }` lists the codes."


class ProgramNotYours(RowProblem):
    """The program belongs to another organization."""

    code = "PROGRAM_NOT_YOURS"
    hint = "Post to your own programs only; ask cabinet staff if the program should be yours."


class ServiceNotYours(RowProblem):
    """The service is of another organization's program."""

    code = "SERVICE_NOT_YOURS"
    hint = "Post the seats of your own programs' services only; ask cabinet staff if the program should be yours."


class ReferenceUnknown(RowProblem):
    """The row refers to something the community does not have."""

    code = "REFERENCE_UNKNOWN"
    hint = "Load the organizations, places, programs and services before what refers to them."


class NeighborhoodUnknown(RowProblem):
    """The community has no neighborhood with this code; the row was taken without it."""

    code = "NEIGHBORHOOD_UNKNOWN"
    hint = "`community { neighborhoods { nodes { code name } } }` lists the codes."


class SchoolUnknown(RowProblem):
    """The community has no school with this code; the row was taken without it."""

    code = "SCHOOL_UNKNOWN"
    hint = "`community { schools { nodes { code name } } }` lists the codes."


class ChildUnknown(RowProblem):
    """No child of yours is known by this reference."""

    code = "CHILD_UNKNOWN"
    hint = "Use the reference an earlier receipt gave you, or send name, birth date and sex."


class ChildAmbiguous(RowProblem):
    """More than one child fits; a person has to decide. The row is kept until then."""

    code = "CHILD_AMBIGUOUS"
    hint = "Send an identifier both records share, such as the district student id."


class IdentityIncomplete(RowProblem):
    """The row does not say which child it is about."""

    code = "IDENTITY_INCOMPLETE"
    hint = "Send our reference, your own id for the child, or given name, family name and birth date."


class DuplicateRow(RowProblem):
    """The same record id stands twice in this post."""

    code = "DUPLICATE_ROW"
    hint = "Give each record an id of its own; send a correction with a higher version."


class VersionConflict(RowProblem):
    """This version of the record was posted before with other content."""

    code = "VERSION_CONFLICT"
    hint = "Raise recordVersion to correct a record."


class AlreadyEnrolled(RowProblem):
    """The child already has an open enrollment in this program under another record id."""

    code = "ALREADY_ENROLLED"
    hint = "Correct the earlier record, or end it first."


class ProgramFull(RowProblem):
    """No seat is free in the program, by the seats posted for it; the child was put on its waiting list."""

    code = "PROGRAM_FULL"
    hint = "Post the seats there are with postCapacity, then this row again with a higher version."


class EnrollmentUnknown(RowProblem):
    """You have no enrollment of this child in this program under this record id."""

    code = "ENROLLMENT_UNKNOWN"
    hint = "Use the record id you posted it under, or leave it out: then child, program and day decide."


class EnrollmentMade(RowProblem):
    """The child had no enrollment in this program; one was made, open, from the first day attended."""

    code = "ENROLLMENT_MADE"
    hint = "Post the enrollment itself to say when it began and ended: it takes the place of this one."


class EnrollmentContradicted(RowProblem):
    """The enrollment does not cover this day; the day was taken all the same."""

    code = "ENROLLMENT_CONTRADICTED"
    hint = "Correct the enrollment's status, begin or end, or the day."


class BatchRefused(RowProblem):
    """The row is sound, but another row of this atomic post is not, so nothing was written."""

    code = "BATCH_REFUSED"
    hint = "Mend the rejected rows, or post with atomic: false."


class FileUnreadable(CabinetError):
    """The file cannot be read as this format."""

    code, status = "FILE_UNREADABLE", 422
    hint = "`cabinet load --help` says what each format needs."


class PackageInvalid(FileUnreadable):
    """The package does not keep to its standard; nothing of it was taken."""

    code = "PACKAGE_INVALID"
    hint = "Mend the export and send it whole again; `problems` lists what was found, with file, row and column."


class TooManyAbsent(FileUnreadable):
    """A file that says it is complete holds far fewer than were there; nothing of it was taken."""

    code = "TOO_MANY_ABSENT"
    hint = (
        "If they really left, load it with --accept-absences; if it is a part only, its manifest has to say delta."
    )
