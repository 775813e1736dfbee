"""One record a key, the same one in whatever order the files hold them."""

from cabinet.errors import RowInvalid
from cabinet.importers.edfi_export import Export
from cabinet.importers.xml_records import Node, Place


class Once:
    """Keeps one record of each key; of two that differ, the one whose content sorts first."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self.nodes: dict[str, Node] = {}

    def add(self, key: str, node: Node) -> None:
        if not key:
            self._export.report(RowInvalid(f"A {node.name} without its id was passed over.", hint=""), node)
        elif key not in self.nodes:
            self.nodes[key] = node
        elif (known := self.nodes[key]) and known.content() != node.content():
            report_twice(self._export, node, key)
            self.nodes[key] = min(known, node, key=Node.content)


def report_twice(export: Export, node: Node | Place, key: str) -> None:
    message = f"{node.name} {key[:60]!r} stands twice and says different things; one of them was taken."
    export.report(RowInvalid(message, hint=""), node)
