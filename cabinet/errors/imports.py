"""What is wrong with a file that is sent in, or with the job that takes it in."""

from cabinet.errors.base import CabinetError
from cabinet.errors.rows import InputInvalid, RowProblem


class SupplyNotYours(RowProblem):
    """A file that an agency sends in says nothing of the supply but the schools of its own organization."""

    code = "SUPPLY_NOT_YOURS"
    hint = "The operator loads what services there are, with `cabinet load`."


class ImportEnded(InputInvalid):
    """The file has been taken in or given up already."""

    code = "IMPORT_ENDED"
    hint = "What was taken in stays; send a corrected file to change it."


class ImportGivenUp(CabinetError):
    """The file was begun several times, and each time whoever was at work on it died or met no database."""

    code = "IMPORT_GIVEN_UP"
    hint = "Tell the operator; what was taken in until then stays, and the file may be sent again."


class TooManyUploads(CabinetError):
    """As many files are arriving as this server takes at once."""

    code, status, hint = "TOO_MANY_UPLOADS", 503, "Try again when the seconds of Retry-After have passed."


class DiskFull(CabinetError):
    """The disk has no room for this file."""

    code, status = "DISK_FULL", 507
    hint = "Tell the operator, and send the file again later."
