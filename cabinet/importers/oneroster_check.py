"""A OneRoster package as a whole, before anything of it is taken: columns and values, then what refers to what.

Each look is taken only if the one before found nothing, so that one fault is not reported as ten.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from cabinet.errors import RowProblem
from cabinet.importers.format import Oddity
from cabinet.importers.oneroster_columns import Columns
from cabinet.importers.oneroster_findings import MAX_FINDINGS, Finding, refuse
from cabinet.importers.oneroster_package import Mode, Roster
from cabinet.importers.oneroster_references import Ids, reference_faults, semantic_faults
from cabinet.importers.oneroster_rows import row_faults, schema_faults
from cabinet.importers.oneroster_standard import FILES
from cabinet.importers.tabular import Record
from cabinet.importers.tally import Tally
from cabinet.importers.word_codes import Words

DUPLICATE = RowProblem("A sourcedId stands twice in the file; the last row counts.", hint="")


def check(roster: Roster, words: Words) -> Iterator[Oddity]:
    """Refuse a package of version 1.2 that breaks the standard; yield what is odd in one of 1.1.

    What stands in columns without a home is counted in both. Raises PackageInvalid with up to 100 faults of the
    first kind that was found.
    """
    ids, columns = Ids(), Columns(words)
    if roster.is_strict:
        _refuse_any(fault for noun in FILES for fault in schema_faults(roster, noun))
        _refuse_any(fault for noun in FILES for fault in _value_faults(roster, noun, ids, columns))
        _refuse_any(ids.duplicates)
        _refuse_any(fault for noun in FILES for fault in _meaning_faults(roster, noun, ids))
        yield from columns.oddities()
        return
    for noun in FILES:
        for record in roster.records(noun):
            if isinstance(record, Record):
                ids.add(noun, record)
                columns.count(noun, record)
    yield from columns.oddities()
    twice = Tally()
    for finding in ids.duplicates:
        twice.add(DUPLICATE, finding.file, finding.row, finding.column)
    yield from twice.oddities()


def _refuse_any(faults: Iterable[Finding]) -> None:
    if found := list(islice(faults, MAX_FINDINGS)):
        refuse(found)


def _value_faults(roster: Roster, noun: str, ids: Ids, columns: Columns) -> Iterator[Finding]:
    mode = roster.mode(noun)
    for record in roster.records(noun):
        if isinstance(record, Record):
            ids.add(noun, record)
            columns.count(noun, record)
            yield from row_faults(noun, mode, record)
        elif record.line > 1:
            # What is odd about the first line is the file's encoding, which could be read.
            problem = f"{record.file}, row {record.line}: {record.problem.message}"
            yield Finding("csv.unreadable_row", problem, record.file, record.line)


def _meaning_faults(roster: Roster, noun: str, ids: Ids) -> Iterator[Finding]:
    for record in roster.records(noun):
        if isinstance(record, Record):
            if roster.mode(noun) is Mode.BULK:
                yield from reference_faults(roster, ids, noun, record)
            yield from semantic_faults(noun, record)
