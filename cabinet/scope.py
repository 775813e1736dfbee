"""Whose rows may be touched, as the row-level security of the database goes by it."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from cabinet.tables.security import Login

_WORD = re.compile(r"[A-Z][A-Z0-9_]{0,62}")
_PADDED_KEY = re.compile(r"[0-9a-f]{256}")
_SUBJECT = re.compile(r"[^\x00-\x1f'\\]{1,255}")


@dataclass(frozen=True)
class Scope:
    """The communities, sectors and organizations whose rows a login may touch.

    `sectors` and `organizations` matter to the login that reads children only. An empty scope sees nothing.
    With `references`, padded keys (`cabinet.references`), children are called by the first and known by any.
    """

    login: Login
    communities: tuple[UUID, ...] = ()
    sectors: tuple[str, ...] = ()
    organizations: tuple[UUID, ...] = ()
    subject: str = ""
    references: tuple[str, ...] = field(default=(), repr=False)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.login, self.communities, self.sectors, self.organizations, self.subject))

    @property
    def own(self) -> tuple[object, ...]:
        """Return the sectors and organizations whose children's rows it shows; without any, only what is open."""
        return (*self.sectors, *self.organizations)

    def statement(self, extent: str = "SESSION") -> str:
        """Return the SET statements, for a SESSION or LOCAL to a transaction; every value is checked first."""
        if not all(_WORD.fullmatch(sector) for sector in self.sectors):
            raise ValueError(f"not sector codes: {self.sectors}")
        if self.subject and not _SUBJECT.fullmatch(self.subject):
            raise ValueError("a subject holds no quotes, backslashes or control characters")
        if not all(_PADDED_KEY.fullmatch(key) for key in self.references):
            raise ValueError("not padded keys")
        values = {
            "communities": ",".join(str(UUID(str(c))) for c in self.communities),
            "sectors": ",".join(self.sectors),
            "organizations": ",".join(str(UUID(str(o))) for o in self.organizations),
            "subject": self.subject,
            "reference_keys": ",".join(self.references),
        }
        return "; ".join(f"SET {extent} cabinet.{name} = '{value}'" for name, value in values.items())
