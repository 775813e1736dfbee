"""What one resource says of another: a first reading has to know it before the second can read anything whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cabinet.errors import RowProblem
from cabinet.importers.documents import dicts, text
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_values import version_of
from cabinet.importers.format import Oddity
from cabinet.importers.values import present
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import WithdrawnKind

MARKS = tuple(f'"{mark}"'.encode() for mark in ("Patient", "ServiceRequest", "Task", "Bundle"))
"""What a line holds that the first reading wants; what else it wants is in WITHDRAWN."""
WITHDRAWN = ("entered-in-error", "cancelled", "not-done")
"""Statuses of which an earlier version may have been finished, and was then taken back."""
WITHDRAWN_MARKS = tuple(f'"{status}"'.encode() for status in WITHDRAWN)


@dataclass
class Index:
    """Names, withdrawals and tasks of one export, in whatever order its files hold them."""

    aliases: dict[str, str] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)
    _tasks: list[Resource] = field(default_factory=list)
    _requests: dict[str, int] = field(default_factory=dict)
    _by_request: dict[str, Resource] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    def learn(self, resource: Resource) -> None:
        """Remember what others may have to know of this resource."""
        if resource.full_url:
            self.aliases[resource.full_url] = resource.id
        version = version_of(resource.value)
        if resource.id and text(resource.value, "status") in WITHDRAWN:
            known = self.withdrawn.get(resource.id, -1)
            self.withdrawn[resource.id] = max(known, _LATEST if version is None else version)
        if resource.type == "ServiceRequest":
            self._requests[resource.id] = max(self._requests.get(resource.id, 0), version or 0)
        if resource.type == "Task":
            self._tasks.append(resource)

    def settle(self) -> None:
        """Tie each task to what it is about, once every name is known; of several the newest counts."""
        tasks, self._tasks = sorted(self._tasks, key=_age), []
        for task in tasks:
            about = (self.refer(task.value, key) for key in ("focus", "basedOn"))
            request = next((each for each in about if each.startswith("ServiceRequest/")), "")
            if not request:
                self._tasks.append(task)
                continue
            if request in self._by_request:
                self._tasks.append(self._by_request[request])
            self._by_request[request] = task

    def refer(self, resource: Mapping[str, Any], key: str) -> str:
        """Return `Type/id` of the first reference under a key, be it relative, absolute, or a Bundle's urn."""
        reference = text((dicts(resource, key) or [{}])[0], "reference")
        if reference in self.aliases:
            return self.aliases[reference]
        steps = reference.partition("/_history/")[0].split("/")
        return "/".join(steps[-2:]) if len(steps) > 1 else reference

    def is_withdrawn(self, resource: Resource) -> bool:
        """Whether the export itself takes this version back, by one that is as new or newer."""
        last = self.withdrawn.get(resource.id)
        return last is not None and (version_of(resource.value) or 0) <= last

    def is_overtaken(self, request: Resource) -> bool:
        """Whether the export holds a later version of a request: with its task, both would be of one version."""
        return (version_of(request.value) or 0) < self._requests.get(request.id, 0)

    def task_of(self, request: str) -> Resource | None:
        """Return the task that carries out a request; one that is never asked for is left for `leftovers`."""
        self._used.add(request)
        return self._by_request.get(request)

    def leftovers(self) -> list[Oddity]:
        """Return the tasks that were of no use, so that they are counted."""
        orphans = RowProblem("A Task whose ServiceRequest is not in the export was passed over.")
        others = RowProblem("A Task that is about no ServiceRequest, or was overtaken by a later one.", hint="")
        return [
            *(
                task.passed_over(orphans)
                for request, task in self._by_request.items()
                if request not in self._used
            ),
            *(task.passed_over(others) for task in self._tasks),
        ]


_LATEST = 2**63
"""A withdrawal without a version takes back whatever there is."""


def _age(task: Resource) -> tuple[int, str]:
    return version_of(task.value) or 0, task.id


def recorded(resource: Resource, key: str, index: Index, suffix: str = "") -> dict[str, Any]:
    """Return under which id and version a resource is recorded, and of whom it speaks."""
    record_id = f"{resource.id}{suffix}" if resource.id else ""
    return {
        **present(record_id=record_id, record_version=version_of(resource.value)),
        "child": present(source_id=_patient_id(index.refer(resource.value, key))),
    }


def withdrawn(resource: Resource, kind: WithdrawnKind) -> Raw:
    """Return the row that takes a resource back; of one never held, or of another kind, it takes nothing."""
    said = present(record_id=resource.id, record_version=version_of(resource.value))
    return resource.row(Kind.WITHDRAWAL, {**said, "kind": kind, "reason": text(resource.value, "status")})


def _patient_id(reference: str) -> str:
    if reference.startswith("urn:uuid:"):
        # A Bundle may leave its patient out, who was sent before.
        return reference.removeprefix("urn:uuid:")
    kind, _, found = reference.partition("/")
    return found if kind == "Patient" else ""
