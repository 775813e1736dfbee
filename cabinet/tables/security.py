"""What the database enforces by itself: login roles, grants, row-level security and comments.

Generated from the catalog. The migrations carry the statements as they stood; a test compares a migrated
database with what this module says today.
"""

from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import Table

from cabinet.tables.catalog import Holds, Label, is_about_children, is_shared


class Login(StrEnum):
    """The logins of the server; each has a pool of its own."""

    READER_CHILD = "cabinet_reader_child"
    READER_AGGREGATE = "cabinet_reader_aggregate"
    WRITER = "cabinet_writer"
    OPERATOR = "cabinet_operator"
    DELIVERER = "cabinet_deliverer"


FUNCTIONS = """
CREATE FUNCTION app_communities() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(nullif(current_setting('cabinet.communities', true), ''), ',')::uuid[];
CREATE FUNCTION app_sectors() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(nullif(current_setting('cabinet.sectors', true), ''), ',');
CREATE FUNCTION app_organizations() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(nullif(current_setting('cabinet.organizations', true), ''), ',')::uuid[];
CREATE FUNCTION app_subject() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('cabinet.subject', true), '');
CREATE FUNCTION app_references() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(nullif(current_setting('cabinet.reference_keys', true), ''), ',');
CREATE FUNCTION app_reference(child_id uuid, padded_key text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN padded_key IS NULL THEN child_id ELSE encode(substr(
    sha256(decode(substr(padded_key, 129), 'hex')
      || sha256(decode(substr(padded_key, 1, 128), 'hex') || uuid_send(child_id))), 1, 16), 'hex')::uuid END;
CREATE FUNCTION app_opaque(content bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN rtrim(replace(replace(replace(encode(content, 'base64'), '+', '-'), '/', '_'), E'\\n', ''), '=');
CREATE FUNCTION app_id(name text, community_id uuid, key uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN app_opaque(convert_to(name, 'UTF8') || '\\x3a'::bytea || uuid_send(community_id)
    || uuid_send(CASE name WHEN 'child' THEN app_reference(key, (app_references())[1]) ELSE key END));
CREATE FUNCTION app_missing(field text) RETURNS text LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS
  $$ BEGIN RAISE EXCEPTION 'no value for %', field USING ERRCODE = 'CB001'; END $$;
CREATE FUNCTION app_keep_up() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ DECLARE grown regclass; BEGIN
    FOR grown IN SELECT oid FROM pg_class
      WHERE oid = ANY ('{child,child_comparison,child_identifier,child_identity,child_link,child_year,
        comparison_key,enrollment,source_record}'::regclass[])
        AND pg_relation_size(oid) > 2 * greatest(relpages, 0) * current_setting('block_size')::bigint
    LOOP EXECUTE format('ANALYZE (SKIP_LOCKED) %s', grown); END LOOP; END $$;
"""
"""The scope of a session, as `cabinet.pool` sets it: unset or empty means none, so everything fails closed. And
what finished answers are written with: an agency's own references to children (`cabinet.references`), opaque text
and ids (`cabinet.read.rows`), and a loud end for a NULL where the API promises a value. And how a login that fills
tables lets the planner look at those that have more than doubled (`cabinet.intake.post`): ANALYZE is the owner's.
"""

READ, WRITE, ADD, SETTLE = "SELECT", "SELECT, INSERT, UPDATE", "INSERT", "SELECT, UPDATE"
# Where two children become one, or one two again, rows go; the journal of the decision keeps each of them.
REWRITE = f"{WRITE}, DELETE"

GRANTS: dict[Holds, dict[Login, str]] = {
    Holds.REFERENCE: {**dict.fromkeys(Login, READ), Login.OPERATOR: WRITE},
    Holds.COMMUNITY: {**dict.fromkeys(Login, READ), Login.OPERATOR: WRITE},
    Holds.SUPPLY: {
        Login.READER_CHILD: READ,
        Login.READER_AGGREGATE: READ,
        Login.WRITER: WRITE,
        Login.OPERATOR: WRITE,
    },
    # What a version said stays: who writes it can add one, and change none.
    Holds.DEFINITION: {
        Login.READER_CHILD: READ,
        Login.READER_AGGREGATE: READ,
        Login.WRITER: f"{READ}, {ADD}",
    },
    Holds.COUNTED: {Login.READER_CHILD: READ, Login.READER_AGGREGATE: READ, Login.WRITER: REWRITE},
    Holds.IDENTITY: {Login.READER_CHILD: READ, Login.WRITER: REWRITE},
    Holds.LINKAGE: {Login.READER_CHILD: READ, Login.READER_AGGREGATE: READ, Login.WRITER: WRITE},
    Holds.LEDGER: {Login.WRITER: WRITE},
    # Who speaks to the outside can read what is to be said there, and no child's row.
    Holds.OUTBOX: {Login.WRITER: f"{READ}, {ADD}", Login.OPERATOR: READ, Login.DELIVERER: SETTLE},
    Holds.WEBHOOK: {Login.OPERATOR: WRITE, Login.DELIVERER: SETTLE},
    Holds.DELIVERY: {Login.OPERATOR: SETTLE, Login.DELIVERER: WRITE},
    Holds.IMPORT: {Login.READER_CHILD: READ, Login.WRITER: WRITE},
    Holds.MEMBERSHIP: {Login.OPERATOR: WRITE},
    Holds.KEYS: {Login.OPERATOR: f"{READ}, {ADD}"},
    Holds.CODES: {Login.OPERATOR: f"{READ}, {ADD}"},
    Holds.VIEW: {Login.READER_AGGREGATE: READ, Login.WRITER: WRITE},
    Holds.AUDIT: {**dict.fromkeys(Login, ADD), Login.OPERATOR: f"{READ}, {ADD}"},
}

# Most who read by sector read one. The setting is then the sector itself, and no list is made of it for every row.
_OWN_SECTOR = "sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors())"

HIDDEN_FROM_AGGREGATES = (Label.IDENTITY, Label.INTERNAL)


def granted_columns(table: Table, login: Login) -> list[str] | None:
    """Return the columns a grant is limited to, or None for the whole table."""
    if login is not Login.READER_AGGREGATE or table.info["holds"] is not Holds.COUNTED:
        return None
    return [c.name for c in table.columns if c.info["label"] not in HIDDEN_FROM_AGGREGATES]


def row_predicate(table: Table, login: Login) -> str:
    """Return the SQL condition a row must meet for this login."""
    if is_shared(table):
        return "true"
    own_community = "community_id = ANY (app_communities())"
    if table.info["holds"] is Holds.MEMBERSHIP:
        return f"{own_community} OR subject = app_subject()"
    if table.info["holds"] is Holds.IMPORT and login is Login.READER_CHILD:
        return f"{own_community} AND subject = app_subject() AND organization_id = ANY (app_organizations())"
    if login is not Login.READER_CHILD or not is_about_children(table):
        return own_community
    if table.name == "child":
        return f"{own_community} AND (sectors && app_sectors() OR organization_ids && app_organizations())"
    return f"{own_community} AND ({_OWN_SECTOR} OR organization_id = ANY (app_organizations()))"


def write_predicate(table: Table, login: Login) -> str:
    """Return the SQL condition a written row must meet: somebody finds their own membership, and makes none."""
    if table.info["holds"] is Holds.MEMBERSHIP:
        return "community_id = ANY (app_communities())"
    return row_predicate(table, login)


def table_security(table: Table) -> Iterator[str]:
    """Yield the statements that close one table and open it again to whom it is meant for."""
    yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY"
    for login, privileges in GRANTS[table.info["holds"]].items():
        columns = granted_columns(table, login)
        listed = f" ({', '.join(columns)})" if columns else ""
        yield f"GRANT {privileges}{listed} ON {table.name} TO {login}"
        seen, written = row_predicate(table, login), write_predicate(table, login)
        yield f"CREATE POLICY {login} ON {table.name} TO {login} USING ({seen}) WITH CHECK ({written})"


def comments(table: Table) -> Iterator[str]:
    yield f"COMMENT ON TABLE {table.name} IS {_quoted(table.comment)}"
    for column in table.columns:
        yield f"COMMENT ON COLUMN {table.name}.{column.name} IS {_quoted(column.comment)}"


def _quoted(text: str | None) -> str:
    return "'" + (text or "").replace("'", "''") + "'"
