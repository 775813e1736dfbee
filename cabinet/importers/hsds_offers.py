"""What a directory offers: each open service with its organization, program, places and type found out."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from cabinet.errors import RowInvalid, RowProblem
from cabinet.importers.format import Oddity
from cabinet.importers.hsds_tables import Directory
from cabinet.importers.hsds_words import Codes
from cabinet.importers.tabular import Record
from cabinet.importers.tally import Tally
from cabinet.importers.values import fold

CLOSED = frozenset({"inactive", "defunct"})
OFFERED = frozenset({"", "active"})
SECTOR_TAKEN = "Where no service of an organization has a type, its sector is taken to be out-of-school time."
NAME_ONE = "Give the service a taxonomy term that is the name of a service type."
NO_SERVICE = RowInvalid("An attribute of a service that is not in the directory was passed over.", hint="")
NO_TERM = RowInvalid("A taxonomy term that is not in the directory was passed over.", hint="")
MOST_NAMES = 20
"""How many untyped services an oddity names; the rest are only counted."""


@dataclass(frozen=True)
class Offer:
    service: Record
    organization: str
    program: Record | None
    """None when the service stands alone: it then is a program of its own."""
    service_type: str | None
    locations: tuple[str, ...]

    @property
    def program_code(self) -> str:
        # Ids are unique within a table only: in Ohana's files a program and a service are both called 1.
        return self.program["id"] if self.program else f"service-{self.service['id']}"


class Offers:
    """Finds the offers of a directory, and keeps what was odd about them."""

    def __init__(self, directory: Directory, codes: Codes) -> None:
        self._directory, self._codes = directory, codes
        self._oddities: list[Oddity] = []
        self._passed_over = Tally()
        self._places = self._places_by_service()
        self._terms = self._terms_by_service()
        self.found = tuple(offer for item in directory["service"].values() if (offer := self._offer(item)))

    def oddities(self) -> Iterator[Oddity]:
        yield from self._oddities
        yield from self._passed_over.oddities()
        untyped = [offer.service for offer in self.found if offer.service_type is None]
        if untyped:
            named = list(dict.fromkeys(item["name"] or item["id"] for item in untyped))
            names = ", ".join(named[:MOST_NAMES])
            more = f" and {len(named) - MOST_NAMES} more" if len(named) > MOST_NAMES else ""
            problem = RowProblem(f"No service type is named by: {names}{more}.", hint=f"{NAME_ONE} {SECTOR_TAKEN}")
            yield Oddity(problem, untyped[0].file, untyped[0].line, "name", len(untyped))

    def _offer(self, item: Record) -> Offer | None:
        if item["status"].casefold() in CLOSED:
            problem = RowProblem(f"A service that is {item['status']} was passed over.", hint="")
            self._passed_over.add(problem, item.file, item.line, "status")
            return None
        if item["status"].casefold() not in OFFERED:
            problem = RowInvalid(
                f"The status {item['status'][:60]!r} of a service has no meaning here; it was taken as active.",
                hint="",
            )
            self._passed_over.add(problem, item.file, item.line, "status")
        program = self._directory["program"].get(item["program_id"])
        if item["program_id"] and not program:
            self._report("Its program is not in the directory; it stands alone.", item, "program_id")
        locations = tuple(self._places[item["id"]])
        organization = self._organization(item, program, locations)
        if organization is None:
            self._report("No organization of the directory offers it.", item, "organization_id")
            return None
        named = self._codes.service_type([item["name"], *self._terms[item["id"]]])
        return Offer(item, organization, program, named, locations)

    def _organization(self, item: Record, program: Record | None, locations: tuple[str, ...]) -> str | None:
        """Return the organization a service names, else its program's, else that of its first location."""
        holders = (item, program, *(self._directory["location"][place] for place in locations))
        ids = (holder["organization_id"] for holder in holders if holder)
        return next((found for found in ids if found in self._directory["organization"]), None)

    def _places_by_service(self) -> defaultdict[str, list[str]]:
        places: defaultdict[str, list[str]] = defaultdict(list)
        services = self._directory["service"].values()
        own = ((item["id"], item["location_id"], item) for item in services if item["location_id"])
        links = self._directory["service_at_location"].values()
        for service_id, location_id, item in (
            *own,
            *((link["service_id"], link["location_id"], link) for link in links),
        ):
            if service_id not in self._directory["service"]:
                self._report("Its service is not in the directory.", item, "service_id")
            elif location_id not in self._directory["location"]:
                self._report("Its location is not in the directory.", item, "location_id")
            elif location_id not in places[service_id]:
                places[service_id].append(location_id)
        return places

    def _terms_by_service(self) -> defaultdict[str, list[str]]:
        """Return what each service's taxonomy terms are called; HSDS 1.1 lists their ids in the service."""
        links = self._directory["attribute"].values()
        ids = [
            (link["link_id"], link["taxonomy_term_id"], link, "taxonomy_term_id")
            for link in links
            if self._is_of_service(link)
        ]
        for item in self._directory["service"].values():
            named = filter(None, map(str.strip, item["taxonomy_ids"].split(",")))
            ids += [(item["id"], term_id, item, "taxonomy_ids") for term_id in named]
        terms: defaultdict[str, list[str]] = defaultdict(list)
        for service_id, term_id, item, column in ids:
            if service_id not in self._directory["service"]:
                self._passed_over.add(NO_SERVICE, item.file, item.line, "link_id")
            elif term := self._directory["taxonomy_term"].get(term_id):
                terms[service_id] += filter(None, (term[part] for part in ("name", "code", "id", "term_uri")))
            else:
                self._passed_over.add(NO_TERM, item.file, item.line, column)
        return terms

    def _is_of_service(self, link: Record) -> bool:
        """Whether an attribute is a service's; what others are has no home here."""
        if fold(link["link_entity"]) in ("", "service"):
            return True
        problem = RowProblem("An attribute of what is no service has no home here.", hint="")
        self._passed_over.add(problem, link.file, link.line, "link_entity")
        return False

    def _report(self, message: str, item: Record, column: str) -> None:
        self._oddities.append(Oddity(RowInvalid(message, hint=""), item.file, item.line, column))
