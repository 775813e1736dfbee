"""Reading a large XML file record by record, in bounded memory and without trusting it.

A record is a child of the root. A document type is refused outright, and with it every entity that a file could
define; no file needs one. A record of more than MAX_RECORD bytes or MAX_DEPTH levels is refused as well.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, NamedTuple
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, IncrementalParser, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from cabinet.errors import FileUnreadable
from cabinet.importers.package import Package

CHUNK = 64 * 1024
MAX_RECORD = 1024**2
MAX_DEPTH = 40
MAX_NAME = 100


class Place(NamedTuple):
    """Where an element stands, for what is reported of it once the element itself is gone."""

    file: str
    line: int
    name: str


@dataclass(slots=True)
class Node:
    """One element: its name without a prefix, where it begins, its text, attributes and children."""

    file: str
    line: int
    name: str
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return Place(self.file, self.line, self.name)

    def all(self, *names: str) -> list["Node"]:
        """Return the children of these names, in their order."""
        return [child for child in self.children if child.name in names]

    def first(self, *path: str) -> "Node | None":
        """Return the first element at a path below this one."""
        found: Node | None = self
        for name in path:
            found = next(iter(found.all(name)), None) if found else None
        return found

    def of(self, *path: str) -> str:
        """Return the text at a path below this one, or nothing."""
        found = self.first(*path)
        return found.text if found else ""

    def anywhere(self, name: str) -> str:
        """Return the text of the first element of this name at any depth below, or nothing."""
        for child in self.children:
            found = child.text if child.name == name else child.anywhere(name)
            if found:
                return found
        return ""

    def content(self) -> bytes:
        """Return a digest of what the element says, wherever it stands."""
        return hashlib.sha256(repr(_plain(self)).encode()).digest()


def _plain(node: Node) -> object:
    return (node.name, node.text, sorted(node.attributes.items()), [_plain(child) for child in node.children])


@dataclass
class Records:
    """The records of one file. `root`, `namespaces` and `passed_over` are known once they have been read."""

    package: Package
    file: str
    root: str = ""
    namespaces: Collection[str] = ()
    passed_over: Counter[str] = field(default_factory=Counter)
    first_lines: dict[str, int] = field(default_factory=dict)

    def read(self, wanted: Collection[str]) -> Iterator[Node]:
        """Yield the records of these names whole, and count the others by name.

        Raises FileUnreadable where the file stops being sound XML; the records before that have been yielded.
        """
        with self.package.open(self.file) as stream:
            yield from _parse(stream, self, wanted)


def _parse(stream: IO[bytes], records: Records, wanted: Collection[str]) -> Iterator[Node]:
    parser = make_parser()
    parser.forbid_dtd = True
    handler = _Handler(records, wanted, parser)
    parser.setContentHandler(handler)
    # An empty file would otherwise pass for one that is sound.
    problem = _fed(parser, b"")
    while not problem and (data := stream.read(CHUNK)):
        handler.since_record += len(data)
        problem = _fed(parser, data)
        yield from handler.taken()
        if handler.since_record > MAX_RECORD + CHUNK:
            problem = f"a record is larger than {MAX_RECORD:,} bytes"
    if problem := problem or _fed(parser, None):
        message = f"{records.file} cannot be read to its end: {problem}."
        raise FileUnreadable(message, file=records.file, line=parser.getLineNumber() or 1)


def _fed(parser: IncrementalParser, data: bytes | None) -> str:
    """Give the parser more of the file, or tell it that this was all; return what it objects to."""
    try:
        if data is None:
            parser.close()
        else:
            parser.feed(data)
    except DefusedXmlException:
        return "it has a document type (DTD), which could define entities without end"
    except _TooDeep:
        return f"it is nested deeper than {MAX_DEPTH} levels"
    except (SAXException, ValueError, LookupError) as error:
        return str(error).replace("<unknown>:", "line ")
    return ""


class _TooDeep(Exception):
    pass


class _Handler(ContentHandler):
    """Builds the wanted records; everything else is counted and forgotten."""

    def __init__(self, records: Records, wanted: Collection[str], place: Locator) -> None:
        super().__init__()
        self._place = place
        self._records = records
        self._wanted = wanted
        self._open: list[Node | None] = []
        self._done: list[Node] = []
        self.since_record = 0

    def taken(self) -> list[Node]:
        done, self._done = self._done, []
        return done

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX names it so.
        depth = len(self._open)
        parent = self._open[-1] if depth > 1 else None
        if depth > 1 and parent is None:
            # Most of most files is below a record that nobody wants.
            self._open.append(None)
        elif depth < MAX_DEPTH:
            self._open.append(self._begin(name.rpartition(":")[2][:MAX_NAME], attrs, parent))
        else:
            raise _TooDeep

    def _begin(self, name: str, attrs: AttributesImpl, parent: Node | None) -> Node | None:
        """Return the element to build; None for the root and for a record nobody wants."""
        line = self._place.getLineNumber() or 1
        if not self._open:
            self._records.root = name
            self._records.namespaces = [value for key, value in attrs.items() if key.startswith("xmlns")]
            return None
        if parent is None and name not in self._wanted:
            self._records.passed_over[name] += 1
            self._records.first_lines.setdefault(name, line)
            return None
        node = Node(self._records.file, line, name, attributes=dict(attrs.items()))
        if parent is not None:
            parent.children.append(node)
        return node

    def characters(self, content: str) -> None:
        node = self._open[-1] if self._open else None
        # Text between children would be markup of a document, and these are data.
        if node is not None and not node.children:
            node.text += content

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802
        node = self._open.pop()
        if node is not None:
            node.text = node.text.strip()
        if len(self._open) == 1:
            self.since_record = 0
            if node is not None:
                self._done.append(node)
