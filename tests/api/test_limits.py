"""Each limit of a document answers what is at it, and refuses what is one beyond, by an error of its own."""

import pytest

from cabinet.tables.terms import Role
from tests.client import Client

ROOM = '{ community(id: "harbor") { %s } }'


def levels(count: int) -> str:
    """Ask for `count` levels: programs of organizations of programs as enrollments lead there and back."""
    around = ['children(community: "harbor", first: 1)', "nodes"]
    turn = ["enrollments(first: 1)", "nodes", "child"]
    names = (around + turn * count)[: count - 1]
    leaf = "__typename"
    return "{ " + " { ".join([*names, leaf]) + " }" * (count - 1) + " }"


def fields(count: int) -> str:
    return ROOM % ("name " * (count - 1))


def root_fields(count: int) -> str:
    return "{" + "__typename " * count + "}"


def aliases(count: int) -> str:
    return ROOM % "".join(f"a{n}: name " for n in range(count))


def directives(count: int) -> str:
    return ROOM % ("name @skip(if: false) " * count)


def repeats(count: int) -> str:
    """Ask for an object and its one field 45 times more, eleven repeats each, and for names in excess of one."""
    return ROOM % ("programs(first: 1) { __typename } " * 46 + "name " * (count - 45 * 11 + 1))


def tokens(count: int) -> str:
    """Ask with a list of words in the document, each a token; the rest of it are sixteen."""
    words = '"x" ' * (count - 16)
    return f"{{ communities(filter: {{code: [{words}]}}) {{ totalCount }} }}"


def characters(count: int) -> str:
    return "{ __typename }".ljust(count)


def page(count: int) -> str:
    return f"{{ communities(first: {count}) {{ totalCount }} }}"


def cost(count: int) -> str:
    """Ask for 50 rows around 99, which are 5,000 together, and for as many more as asked."""
    rest = f"more: communities(first: {count - 5000}) {{ totalCount }}" if count > 5000 else ""
    return f"{{ communities(first: 50) {{ nodes {{ programs(first: 99) {{ totalCount }} }} }} {rest} }}"


LIMITS = [
    (levels, 12, "DOCUMENT_TOO_DEEP"),
    (fields, 500, "TOO_MANY_FIELDS"),
    (root_fields, 10, "TOO_MANY_ROOT_FIELDS"),
    (aliases, 15, "TOO_MANY_ALIASES"),
    (directives, 20, "TOO_MANY_DIRECTIVES"),
    (repeats, 500, "TOO_MANY_REPEATS"),
    (tokens, 1_000, "DOCUMENT_TOO_LARGE"),
    (characters, 15_000, "DOCUMENT_TOO_LARGE"),
    (page, 100, "PAGE_TOO_LARGE"),
    (cost, 5_000, "COST_TOO_HIGH"),
]


@pytest.mark.parametrize(("write", "limit", "code"), LIMITS)
async def test_a_limit_answers_at_it_and_refuses_beyond(client: Client, write, limit: int, code: str) -> None:
    token = await client.token(Role.SECTOR_STEWARD)
    assert await client.data(write(limit), token)
    refused = await client.ask(write(limit + 1), token)
    assert [error["extensions"]["code"] for error in refused["errors"]] == [code]
    assert "data" not in refused


@pytest.mark.parametrize(
    ("write", "limit", "code"), [each for each in LIMITS if each[0] in (fields, aliases, directives)]
)
async def test_what_a_fragment_holds_counts_wherever_it_is_spread(client: Client, write, limit, code) -> None:
    """Half of it in a fragment, spread twice, is as much as all of it at once."""
    body = write(limit // 2).removeprefix('{ community(id: "harbor") {').removesuffix("} }")
    once = f"fragment Half on Community {{ {body} }}"
    spread = "...Half " * (limit // (limit // 2) + 1)
    assert await client.code(f"{ROOM % spread} {once}") == code


def bomb(length: int, last: str, ask: str = "{ ...F0 }") -> str:
    """Write fragments that each spread the next one twice: 2 to the power of `length` of the last."""
    spreads = "".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }} " for n in range(length))
    return f"{ask} {spreads} fragment F{length} on Query {{ {last} }}"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (bomb(90, "__typename"), "TOO_MANY_FIELDS"),
        (bomb(90, "__typename @skip(if: true)"), "TOO_MANY_FIELDS"),
        (bomb(90, "...F0"), "DOCUMENT_INVALID"),
        (bomb(90, "...Nowhere"), "DOCUMENT_INVALID"),
        (bomb(90, "__typename", "{ __typename }"), "DOCUMENT_INVALID"),
        ("{ __typename } fragment F on Query { %s }" % ("... { a { b } } " * 100), "TOO_MANY_REPEATS"),
        ("{ communities(first: " + "[" * 100 + "]" * 100 + ") { totalCount } }", "DOCUMENT_INVALID"),
        ("{ communities(first: " + "[" * 400 + "]" * 400 + ") { totalCount } }", "DOCUMENT_TOO_DEEP"),
        ("{ a" * 400, "DOCUMENT_TOO_DEEP"),
        ("{ a " * 100 + "}" * 100, "DOCUMENT_TOO_DEEP"),
    ],
    ids=["fields", "skipped", "circle", "unknown", "unused", "repeated", "list", "long list", "open", "deep"],
)
async def test_a_bomb_is_refused_as_fast_as_it_is_read(client: Client, document, code) -> None:
    """Whoever followed each spread would not end in our lifetime; each fragment is measured once."""
    assert await client.code(document) == code


async def test_pages_multiply_and_a_hidden_type_counts_too(client: Client) -> None:
    """What is asked of any type by an id counts; what a null asks for is nothing, and is told in place."""
    id_ = (await client.data('{ community(id: "harbor") { id } }'))["community"]["id"]
    query = """query ($id: ID!, $first: Int) { node(id: $id) { ... on Child {
      enrollments(first: 100) { nodes { program { enrollments(first: $first) { totalCount } } } } } } }"""
    assert (await client.data(query, id=id_, first=49))["node"] == {}
    assert await client.code(query, id=id_, first=50) == "COST_TOO_HIGH"
    refused = await client.ask("query ($n: Int) { communities(first: $n) { totalCount } }", n=None)
    assert [error["path"] for error in refused["errors"]] == [["communities"]]
    assert refused["errors"][0]["extensions"]["code"] == "INPUT_INVALID"


async def test_what_is_read_for_each_item_of_a_list_adds_up(client: Client) -> None:
    places = "services { places { capacities { available } } }"
    programs = f"programs(first: $first) {{ nodes {{ {places} }} }}"
    query = f'query($first: Int!) {{ viewer {{ can(community: "harbor") {{ community {{ {programs} }} }} }} }}'
    await client.data(query, first=10)
    assert await client.code(query, first=100) == "COST_TOO_HIGH"
