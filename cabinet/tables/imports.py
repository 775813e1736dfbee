"""Files that came in over HTTP: the job that takes each of them in, and what was said of their rows."""

from sqlalchemy import BigInteger, Boolean, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from cabinet.tables.catalog import Holds, Label, column, community_table, index, one_of, recorded_at, ref
from cabinet.tables.terms import ImportState

INTERNAL = Label.INTERNAL
_WHEN = TIMESTAMP(timezone=True)

import_job = community_table(
    "import_job",
    Holds.IMPORT,
    "A file that was sent in, and how far it has been taken in.",
    column("organization_id", Uuid(), INTERNAL, "The organization whose records these are."),
    column("subject", Text(), INTERNAL, "Who sent it: `sub` of the token."),
    column("format", Text(), INTERNAL, "Name of the format it is read as."),
    column("file", Text(), INTERNAL, "Its name, as remarks name it."),
    column("bytes", BigInteger(), INTERNAL, "Its size."),
    column("folder", Uuid(), INTERNAL, "The data folder it waits in; who has that folder takes it in."),
    column("state", Text(), INTERNAL, "Where the job stands.", default="'RECEIVED'"),
    column("runner", Uuid(), INTERNAL, "Who is at work on it; only that one writes its progress.", nullable=True),
    column("tries", Integer(), INTERNAL, "Times it was begun since it last got on.", default="0"),
    column("alive_at", _WHEN, INTERNAL, "The runner's last sign of life.", nullable=True),
    column("posted", BigInteger(), INTERNAL, "Rows the intake has answered.", default="0"),
    column("oddities", BigInteger(), INTERNAL, "Remarks of the reader's own that were kept.", default="0"),
    column("remarks", BigInteger(), INTERNAL, "Remarks kept.", default="0"),
    column("created", BigInteger(), INTERNAL, "Rows that made a record.", default="0"),
    column("updated", BigInteger(), INTERNAL, "Rows that changed a record.", default="0"),
    column("unchanged", BigInteger(), INTERNAL, "Rows that were known already.", default="0"),
    column("needs_review", BigInteger(), INTERNAL, "Rows that wait for a person.", default="0"),
    column("rejected", BigInteger(), INTERNAL, "Rows that were not taken, unreadable ones included.", default="0"),
    column("error_code", Text(), INTERNAL, "With FAILED: the code of the error that ended it.", nullable=True),
    column("error_message", Text(), INTERNAL, "With FAILED: what it says.", nullable=True),
    column("error_hint", Text(), INTERNAL, "With FAILED: what to do about it.", nullable=True),
    column("started_at", _WHEN, INTERNAL, "When the first row was read.", nullable=True),
    column("finished_at", _WHEN, INTERNAL, "When it was done, failed or canceled.", nullable=True),
    recorded_at(),
    column("passed_over", BigInteger(), INTERNAL, "Rows that came to nothing beside what stands.", default="0"),
    column("rows_read", BigInteger(), INTERNAL, "Rows of the file so far, unreadable ones included.", default="0"),
    ref("organization"),
    one_of("state", tuple(ImportState)),
    index("import_job_waiting_idx", "folder", postgresql_where=text("state IN ('RECEIVED', 'RUNNING')")),
    index("import_job_subject_idx", "subject", "import_job_id"),
)

import_remark = community_table(
    "import_remark",
    Holds.IMPORT,
    "Why a row of a file was not taken, or what was odd about it.",
    column("import_job_id", Uuid(), INTERNAL, "The job."),
    column("number", BigInteger(), INTERNAL, "Its place among the job's remarks; below zero: told once."),
    column("organization_id", Uuid(), INTERNAL, "The organization of the job."),
    column("subject", Text(), INTERNAL, "Who sent the file."),
    column("file", Text(), INTERNAL, "The file it is about: of a zip, the one inside."),
    column("line", BigInteger(), INTERNAL, "The line, or the place among the file's items."),
    column("field", Text(), INTERNAL, "The column; empty: the whole row."),
    column("code", Text(), INTERNAL, "Code of the error."),
    column("message", Text(), INTERNAL, "What is wrong; it may hold a value as it was sent."),
    column("hint", Text(), INTERNAL, "What to do about it."),
    column("times", BigInteger(), INTERNAL, "Times it was met; the place is that of the first."),
    column("is_rejection", Boolean(), INTERNAL, "Whether the row was not taken."),
    ref("import_job"),
    key=("import_job_id", "number"),
)
