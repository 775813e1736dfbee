"""What the demo communities promise to whoever tries the server on them."""

from collections import Counter, defaultdict
from datetime import date
from functools import cache
from itertools import groupby, pairwise

import pytest

from cabinet.calendar import school_year_begins, school_year_of
from cabinet.demo import COMMUNITIES, demo_batches, demo_people
from cabinet.intake.rows import MODELS, Kind
from cabinet.tables.terms import OPEN_STATUSES, EnrollmentStatus

IN_TERM = date(2026, 11, 20)
DAYS = (IN_TERM, date(2026, 7, 1), date(2028, 2, 29))
HARBOR_CITY, MILL_RIVER = "harbor-city", "mill-river"

ORDER = (
    Kind.ORGANIZATION,
    Kind.NEIGHBORHOOD,
    Kind.LOCATION,
    Kind.SCHOOL,
    Kind.PROGRAM,
    Kind.SERVICE,
    Kind.CAPACITY,
)
DATES = ("birth_date", "begins", "ends", "occurred_on", "opened", "resolved", "updated")


@pytest.fixture(scope="module")
def batches():
    return told(HARBOR_CITY, IN_TERM)


@cache
def told(community_code, today):
    return demo_batches(community_code, today)


def rows_of(batches, kind):
    return [row for batch in batches if batch.kind is kind for row in batch.rows]


def known_children(batches):
    """Return the identities on the sources' lists, by source and record id."""
    return {
        (batch.source, row["record_id"]): row["identity"]
        for batch in batches
        if batch.kind is Kind.CHILD
        for row in batch.rows
    }


def key_of(identity):
    return identity["given_name"], identity["family_name"], identity["birth_date"], identity["sex"]


def name_of(child):
    return child.given_name, child.family_name, child.birth_date.isoformat(), child.sex.value


def days_in(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in DATES:
                yield inner
            yield from days_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from days_in(inner)


def test_the_same_seed_and_day_tell_the_same_story_and_another_seed_another(batches):
    assert demo_batches(HARBOR_CITY, IN_TERM) == batches
    assert demo_batches(HARBOR_CITY, IN_TERM, seed=7) != batches


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("community", COMMUNITIES, ids=lambda community: community.code)
def test_every_row_fits_its_model_and_no_date_lies_ahead_whatever_the_season(community, today):
    for batch in told(community.code, today):
        assert 0 < len(batch.rows) <= 1_000
        for row in batch.rows:
            MODELS[batch.kind].model_validate(row)
            assert max(days_in(row), default="") <= today.isoformat()


def test_harbor_city_is_a_small_city_of_three_sectors(batches):
    counts = Counter({kind: len(rows_of(batches, kind)) for kind in Kind})
    assert len(demo_people(HARBOR_CITY, IN_TERM)) == 5_000
    assert counts[Kind.NEIGHBORHOOD] == 12
    assert counts[Kind.SCHOOL] == 9
    assert 11 <= counts[Kind.ORGANIZATION] <= 14
    assert 28 <= counts[Kind.PROGRAM] <= 38
    assert 25_000 <= counts[Kind.ENROLLMENT] + counts[Kind.ENCOUNTER] <= 35_000
    sectors = {row["sector"] for row in rows_of(batches, Kind.PROGRAM)}
    assert sectors == {"EDUCATION", "HEALTH", "OUT_OF_SCHOOL_TIME"}


def test_mill_river_is_a_tenth_of_that_and_shares_no_child_with_it():
    assert len(demo_people(MILL_RIVER, IN_TERM)) == 600
    here, there = (
        {key_of(row["identity"]) for row in rows_of(told(code, IN_TERM), Kind.CHILD)}
        for code in (HARBOR_CITY, MILL_RIVER)
    )
    assert not here & there


def test_rows_come_after_what_they_name(batches):
    kinds = [kind for kind, _ in groupby(batch.kind for batch in batches)]
    assert tuple(kinds[: len(ORDER)]) == ORDER
    assert kinds[len(ORDER)] is Kind.CHILD
    assert Kind.CHILD not in kinds[len(ORDER) + 1 :]

    organizations = {row["code"] for row in rows_of(batches, Kind.ORGANIZATION)}
    places = {row["code"] for row in rows_of(batches, Kind.NEIGHBORHOOD)}
    sites = {row["code"] for row in rows_of(batches, Kind.LOCATION)}
    programs = {row["code"] for row in rows_of(batches, Kind.PROGRAM)}
    assert {batch.source for batch in batches} <= organizations
    assert {row["neighborhood"] for row in rows_of(batches, Kind.LOCATION)} <= places
    assert {site for row in rows_of(batches, Kind.SERVICE) for site in row["locations"]} <= sites
    assert {row["program"] for row in rows_of(batches, Kind.ENROLLMENT)} <= programs


def test_a_source_refers_to_its_own_list_of_children_or_names_the_child(batches):
    lists = known_children(batches)
    for batch in batches:
        if batch.kind in (Kind.ENROLLMENT, Kind.ENCOUNTER, Kind.NEED):
            for row in batch.rows:
                child = row["child"]
                assert "identity" in child or (batch.source, child["source_id"]) in lists


def test_a_record_id_is_used_once_by_its_source(batches):
    used = Counter(
        (batch.source, batch.kind, row["record_id"])
        for batch in batches
        for row in batch.rows
        if "record_id" in row
    )
    assert max(used.values()) == 1


def test_no_child_is_enrolled_twice_at_once_in_a_program(batches):
    open_in = Counter()
    for batch in batches:
        if batch.kind is Kind.ENROLLMENT:
            for row in batch.rows:
                child = row["child"]
                who = child["source_id"] if "source_id" in child else key_of(child["identity"])
                if row["status"] in OPEN_STATUSES and row.get("ends") is None:
                    open_in[batch.source, row["program"], who] += 1
    assert max(open_in.values()) == 1


def test_enrollments_begin_in_the_current_school_year(batches):
    first = school_year_begins(school_year_of(IN_TERM)).isoformat()
    assert min(row["begins"] for row in rows_of(batches, Kind.ENROLLMENT)) >= first


def test_siblings_share_a_home_and_twins_have_names_of_their_own():
    homes = defaultdict(list)
    for child in demo_people(HARBOR_CITY, IN_TERM):
        homes[child.household].append(child)
    twins = 0
    for siblings in homes.values():
        assert len({(child.family_name, child.address) for child in siblings}) == 1
        assert len({child.given_name for child in siblings}) == len(siblings)
        twins += len(siblings) - len({child.birth_date for child in siblings})
    assert 20 <= twins <= 120


def test_most_sources_spell_a_child_alike_and_about_one_in_a_hundred_does_not(batches):
    truth = {name_of(child) for child in demo_people(HARBOR_CITY, IN_TERM)}
    assert len(truth) == 5_000
    spelled = [key_of(identity) in truth for identity in known_children(batches).values()]
    assert 0.98 < sum(spelled) / len(spelled) < 0.998


def test_every_child_is_on_some_list(batches):
    listed = {int(record_id.split("-")[1]) for _, record_id in known_children(batches)}
    named = {
        key_of(row["child"]["identity"]) for row in rows_of(batches, Kind.ENROLLMENT) if "identity" in row["child"]
    }
    unlisted = [child for child in demo_people(HARBOR_CITY, IN_TERM) if child.number not in listed]
    unheard_of = [child for child in unlisted if name_of(child) not in named]
    # A child whose one source misspells the name is heard of under another.
    assert len(unheard_of) <= 5


def test_seats_agree_with_who_sits_in_them(batches):
    enrolled = Counter(
        row["program"] for row in rows_of(batches, Kind.ENROLLMENT) if row["status"] == EnrollmentStatus.ENROLLED
    )
    seats = [row for row in rows_of(batches, Kind.CAPACITY) if row["service"] == "club-after-school"]
    assert sum(row["maximum"] - row["available"] for row in seats) == enrolled["club-after-school"]
    assert all(0 <= row["available"] <= row["maximum"] for row in rows_of(batches, Kind.CAPACITY))


@pytest.mark.parametrize("today", DAYS)
def test_after_school_reaches_the_best_served_neighborhood_at_least_twice_as_well_as_the_worst(today):
    batches = told(HARBOR_CITY, today)
    after_school = {
        row["program"] for row in rows_of(batches, Kind.SERVICE) if row["service_type"] == "AFTER_SCHOOL"
    }
    served = {
        key_of(row["child"]["identity"])
        for row in rows_of(batches, Kind.ENROLLMENT)
        if row["program"] in after_school and row["status"] == EnrollmentStatus.ENROLLED
    }
    reached, eligible = Counter(), Counter()
    for child in demo_people(HARBOR_CITY, today):
        if child.may_use("AFTER_SCHOOL"):
            eligible[child.place.code] += 1
            reached[child.place.code] += name_of(child) in served
    rates = {place: reached[place] / eligible[place] for place in eligible}
    assert max(rates.values()) >= 2 * min(rates.values())
    assert set(sorted(rates, key=rates.__getitem__)[:3]) == {"brickyard", "tannery-flats", "saltmarsh"}


def test_the_neighborhoods_tile_the_town_without_a_gap(batches):
    """Every inner edge is the edge of two neighborhoods, so the outline alone is walked once."""
    edges = Counter()
    for row in rows_of(batches, Kind.NEIGHBORHOOD):
        (ring,) = row["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        edges.update(frozenset((tuple(start), tuple(end))) for start, end in pairwise(ring))
    assert Counter(edges.values()) == {2: 17, 1: 14}
