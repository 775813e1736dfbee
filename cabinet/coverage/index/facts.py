"""What is read of children, kind by kind: who is told of, and a few narrow columns of what is said.

Nothing is joined: a row names its child, organization, program, school, neighborhood and type of service by key,
and whoever takes it in looks up the numbers of thousands at once. A key that is empty is sent as zeros, a day that
is not known as infinity.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cabinet.coverage.index.copied import row_type
from cabinet.coverage.index.vocabulary import KINDS, KNOWN_GRADES, RACES, SEVERAL, SEXES, VALUES, sql_list

CHILD, ENROLLMENTS, NEEDS, ENCOUNTERS = "child", "enrollment", "need", "encounter"
"""What is read anew by itself, under the table that the log names; CHILD is all that is said of a child itself."""

PARTS = (CHILD, ENROLLMENTS, NEEDS, ENCOUNTERS)

RANK_BITS, VALUE_BITS = 26, 3
"""How many bits the second of two numbers takes where two are held as one."""

_ID, _NUMBER, _DAY, _TRUTH = "S16", ">i4", ">i4", "?"
_NONE = "uuid '00000000-0000-0000-0000-000000000000'"


@dataclass(frozen=True, eq=False)
class Fact:
    """One kind of row: of which part it is, how its columns lie in the stream, and the statement that sends it.

    The statement has places for the community and school year, its days, and `whose`, a condition on the child.
    """

    part: str
    row: np.dtype[Any]
    select: str


PERSON = Fact(
    CHILD,
    row_type(("child", _ID), ("sex", _NUMBER), ("races", _NUMBER), ("begins", _DAY)),
    f"""
-- Sex; races, as bits; month of birth.
SELECT r.child_id, coalesce(array_position({sql_list(SEXES)}, r.sex), 1) - 1,
  CASE cardinality(r.race_ethnicity)
    WHEN 0 THEN 0 WHEN 1 THEN 1 << array_position({sql_list(RACES)}, r.race_ethnicity[1]) - 1
    ELSE {SEVERAL} + (SELECT sum(DISTINCT 1 << array_position({sql_list(RACES)}, race) - 1)
      FROM unnest(r.race_ethnicity) race)::int
  END, coalesce(r.birth_month, '-infinity')
FROM child r WHERE r.community_id = {{community}} AND {{whose}}
""",
)
SCHOOL_YEAR = Fact(
    CHILD,
    row_type(
        *(("child", _ID), ("organization", _ID), ("what", _NUMBER)),
        *(("school", _ID), ("neighborhood", _ID), ("ends", _DAY)),
    ),
    f"""
-- Who says so; grade and sector; school and neighborhood; the last day there.
SELECT r.child_id, r.organization_id,
  (coalesce(array_position({sql_list(KNOWN_GRADES)}, r.grade) - 1, 0) << {RANK_BITS})
    | (CASE r.sector WHEN 'EDUCATION' THEN 1 WHEN 'HEALTH' THEN 2 ELSE 3 END << {RANK_BITS} - 2),
  coalesce(r.school_id, {_NONE}), coalesce(r.neighborhood_id, {_NONE}), coalesce(r.ends, 'infinity')
FROM child_year r WHERE r.community_id = {{community}} AND r.school_year = {{school_year}} AND {{whose}}
""",
)
CHARACTERISTIC = Fact(
    CHILD,
    row_type(("child", _ID), ("organization", _ID), ("what", _NUMBER), ("begins", _DAY), ("ends", _DAY)),
    f"""
-- Who says so; kind and value.
SELECT r.child_id, r.organization_id,
  (array_position({sql_list(KINDS)}, r.kind) - 1 << {VALUE_BITS})
    | (array_position({sql_list(VALUES)}, r.value) - 1),
  r.begins, coalesce(r.ends, 'infinity')
FROM characteristic r WHERE r.community_id = {{community}} AND {{whose}}
  AND r.begins <= {{last}} AND (r.ends IS NULL OR r.ends >= {{first}})
""",
)
ENROLLMENT = Fact(
    ENROLLMENTS,
    row_type(("child", _ID), ("program", _ID), ("is_waiting", _TRUTH), ("begins", _DAY), ("ends", _DAY)),
    """
-- Program; whether on its waiting list.
SELECT r.child_id, r.program_id, r.status = 'WAITLISTED', r.begins, coalesce(r.ends, 'infinity')
FROM enrollment r WHERE r.community_id = {community} AND {whose}
  AND r.begins <= {last} AND (r.ends IS NULL OR r.ends >= {first})
  AND r.status IN ('WAITLISTED', 'ENROLLED', 'COMPLETED', 'WITHDRAWN')
""",
)
NEED = Fact(
    NEEDS,
    row_type(("child", _ID), ("type", _ID), ("begins", _DAY), ("ends", _DAY)),
    """
-- Type of service; open until the day before it is resolved.
SELECT r.child_id, r.service_type_id, r.opened, coalesce(r.resolved - 1, 'infinity')
FROM need r WHERE r.community_id = {community} AND {whose}
  AND r.opened <= {last} AND (r.resolved IS NULL OR r.resolved > {first})
""",
)
ENCOUNTER = Fact(
    ENCOUNTERS,
    row_type(("child", _ID), ("type", _ID), ("begins", _DAY)),
    """
-- Type of service.
SELECT r.child_id, r.service_type_id, r.occurred_on
FROM encounter r WHERE r.community_id = {community} AND {whose}
  AND r.occurred_on <= {last} AND r.occurred_on > {recent_after}
""",
)

FACTS = (PERSON, SCHOOL_YEAR, CHARACTERISTIC, ENROLLMENT, NEED, ENCOUNTER)
"""In the order in which they are read: a child is told of before what it does."""

BY_SEVERAL = (SCHOOL_YEAR, CHARACTERISTIC)
"""Of these the words of several organizations are weighed against each other, and taken in together."""
