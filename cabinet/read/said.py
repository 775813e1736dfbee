"""What a child's own sources say together: as SQL for the compiler, and in Python for the resolvers."""

from datetime import date

from cabinet.calendar import birth_month_of
from cabinet.read.relations import Said
from cabinet.read.rows import Row
from cabinet.tables import child_identity
from cabinet.tables.terms import RaceEthnicity, Sex

BIRTH_MONTH = Said(child_identity, "child_id", "'\"' || date_trunc('month', min(source.birth_date))::date || '\"'")
SEX = Said(
    child_identity,
    "child_id",
    "'\"' || coalesce((array_agg(source.sex ORDER BY source.child_identity_id)"
    " FILTER (WHERE source.sex <> 'UNKNOWN'))[1], 'UNKNOWN') || '\"'",
)
RACE_ETHNICITY = Said(
    child_identity,
    "child_id",
    "coalesce(to_json(array_agg(DISTINCT category ORDER BY category))::text, '[]')",
    joined=', unnest(source.race_ethnicity COLLATE "C") AS category',
    masked_by="race_ethnicity",
)


def birth_month(said: list[Row]) -> date | None:
    dates = [row.birth_date for row in said if row.birth_date is not None]
    return birth_month_of(min(dates)) if dates else None


def sex(said: list[Row]) -> Sex:
    return next((Sex(row.sex) for row in said if row.sex != Sex.UNKNOWN), Sex.UNKNOWN)


def race_ethnicity(said: list[Row]) -> list[RaceEthnicity]:
    return sorted({RaceEthnicity(each) for row in said for each in row.race_ethnicity})
