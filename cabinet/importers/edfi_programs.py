"""The programs of an Ed-Fi export, out of its Program records and of what its students are said to be in.

A program's code is made of its natural key alone, so that it is the same whichever file names the program. What
only some of a program's students get is a program of its own: being in a program is being reached by all of its
services.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from cabinet.errors import RowInvalid
from cabinet.importers.edfi_codes import NAME_OF, SECTOR_OF, bare_code
from cabinet.importers.edfi_export import Export
from cabinet.importers.values import present, slug
from cabinet.importers.xml_records import Node
from cabinet.intake.rows import Kind, Raw

MAX_CODE = 100
EDUCATION = "EDUCATION"
READ = frozenset({"EducationOrganizationReference", "ProgramName", "ProgramType"})


@dataclass(frozen=True, order=True)
class ProgramKey:
    """What Ed-Fi knows a program by; the type is a bare code."""

    organization: str
    name: str
    type: str

    @property
    def code(self) -> str:
        words = dict.fromkeys((self.organization, _slug(self.name), _slug(self.type)))
        return shortened("-".join(words))

    def part(self, service_type: str) -> str:
        """Return the code of what gives this service to some of the program's students."""
        return shortened(f"{self.code}--{slug(service_type)}")


@dataclass
class Program:
    """A program, where it was first named, and the service types that it and its parts give."""

    file: str
    line: int
    own: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)


class Programs:
    def __init__(self, export: Export) -> None:
        self._export = export
        self._known: dict[ProgramKey, Program] = {}

    def add(self, node: Node) -> None:
        """Take a Program record in."""
        key = self._read(node)
        if key is None:
            self._export.report(
                RowInvalid("A Program without organization, name or type was passed over.", hint=""), node
            )
        else:
            self._export.report_unread(node, READ)
            self._at(key, node).own.update(self._types(key, node))

    def named_by(self, association: Node) -> tuple[ProgramKey, frozenset[str]] | None:
        """Return the program a student is said to be in, and the service types that being in it is.

        None, and a report, if it is not said.
        """
        reference = self._export.referred(association, "ProgramReference")
        holder = (reference.first("ProgramIdentity") or reference) if reference else None
        key = self._read(holder) if holder else None
        if key is None or holder is None:
            problem = RowInvalid(f"A {association.name} that names no program was passed over.", hint="")
            self._export.report(problem, association)
            return None
        kind = self._export.codes.find("kinds", association.name)
        gives = frozenset(filter(None, (kind, *self._types(key, holder))))
        self._at(key, association).own.update(gives)
        return key, gives

    def part(self, key: ProgramKey, service_type: str) -> str:
        """Return the code of the program's part that gives this service, and remember that there is one."""
        self._known[key].parts.add(service_type)
        return key.part(service_type)

    def rows(self, owner: str) -> Iterator[Raw]:
        """Yield the programs with their parts, then their services."""
        programs = sorted(self._known.items())
        for key, program in programs:
            yield _program(key, program, owner, key.code, key.name, min(program.own, default=""))
            for kind in sorted(program.parts):
                yield _program(key, program, owner, key.part(kind), f"{key.name}: {NAME_OF[kind]}", kind)
        for key, program in programs:
            for kind in sorted(program.own):
                yield _service(program, key.part(kind), key.code, kind)
            for kind in sorted(program.parts):
                yield _service(program, f"{key.part(kind)}-only", key.part(kind), kind)

    def _read(self, holder: Node) -> ProgramKey | None:
        organization = self._export.organization(holder)
        name, kind = holder.of("ProgramName"), bare_code(holder.of("ProgramType"))
        return ProgramKey(organization, name, kind) if organization and name and kind else None

    def _at(self, key: ProgramKey, node: Node) -> Program:
        return self._known.setdefault(key, Program(node.file, node.line))

    def _types(self, key: ProgramKey, holder: Node) -> set[str]:
        named = self._export.codes.find("program_names", key.name)
        # The type is kept in the program's description, so that one without a home is not lost.
        typed = self._export.meaning("program_types", holder.first("ProgramType"), kept=True)
        return set(filter(None, (named or typed,)))


def _program(key: ProgramKey, program: Program, owner: str, code: str, name: str, kind: str) -> Raw:
    fields = present(
        code=code,
        name=name,
        organization=owner,
        sector=SECTOR_OF.get(kind, EDUCATION),
        description=f"Ed-Fi program type {key.type}, of education organization {key.organization}.",
    )
    return Raw(Kind.PROGRAM, fields, program.file, program.line)


def _service(program: Program, code: str, program_code: str, kind: str) -> Raw:
    fields = {"code": code, "name": NAME_OF[kind], "program": program_code, "service_type": kind}
    return Raw(Kind.SERVICE, fields, program.file, program.line)


def shortened(text: str) -> str:
    """Return a text that fits a code; a long one keeps its beginning and a digest of the whole."""
    if len(text) <= MAX_CODE:
        return text
    return f"{text[: MAX_CODE - 17]}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _slug(text: str) -> str:
    """Return a slug; one that lost letters gets a digest, so that names of other scripts stay apart."""
    plain = slug(text)
    if sum(map(str.isalnum, text)) == sum(map(str.isalnum, plain)):
        return plain
    return f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:8]}".strip("-")
