#include "store/postgres/schema.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "internal/status_macros.h"
#include "store/postgres/server_error.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {
namespace {

// Decides one batch, and carries it out, in the transaction of the caller, which is over when the last batch has come.
//
// The lock of the desk comes first: each transaction sees what the one before it has committed. `writers` has the last transaction of each
// writer: one that is sent again, since its answer was lost, gets the results that it had. Between the batches of a transaction the state
// is in a setting. `a_watch_lock` is held by those who listen: without one, nobody is notified.
constexpr char kCommitBatch[] = R"sql(
CREATE FUNCTION commit_batch_1(
  a_desk bigint, a_write_lock bigint, a_watch_lock bigint, a_writer bytea, a_number bigint,
  a_index bigint, a_is_last boolean, a_digest bytea, a_has_long_keys boolean,
  a_may_repeat boolean,
  e_spaces smallint[], e_keys bytea[], e_values bytea[],
  r_spaces smallint[], r_begins bytea[], r_ends bytea[], r_counts bigint[], r_keys bytea[],
  w_spaces smallint[], w_keys bytea[], w_values bytea[], w_places smallint[]
) RETURNS bytea LANGUAGE plpgsql AS $body$
DECLARE
  v_state text[];
  v_position bigint;
  v_link bytea;
  v_results bytea := '';
  v_is_changed boolean := false;
  v_has_long_keys boolean := false;
  v_is_done boolean := false;
  v_done_number bigint;
  v_failed bigint;
  v_result bytea;
  v_end bytea;
  v_keys bytea;
  v_has_position boolean;
  v_mark bytea;
BEGIN
  IF a_index = 0 THEN
    PERFORM pg_advisory_xact_lock(a_write_lock);
    SELECT number, results INTO v_done_number, v_results FROM writers
      WHERE desk = a_desk AND writer = a_writer;
    IF v_done_number > a_number THEN
      RAISE EXCEPTION 'the transaction is out of date' USING ERRCODE = 'FD001';
    END IF;
    v_is_done := coalesce(v_done_number = a_number, false);
    IF NOT v_is_done THEN v_results := ''; END IF;
    SELECT position, link, has_long_keys INTO v_position, v_link, v_has_long_keys FROM desks
      WHERE desk = a_desk;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the desk is not there' USING ERRCODE = 'FD002';
    END IF;
  ELSE
    v_state := string_to_array(current_setting('frontdesk.state'), '/');
    v_position := v_state[1];
    v_link := decode(v_state[2], 'hex');
    v_results := decode(v_state[3], 'hex');
    v_is_changed := v_state[4];
    v_has_long_keys := v_state[5];
    v_is_done := v_state[6];
  END IF;
  IF v_is_done THEN
    v_result := substr(v_results, 1 + 9 * a_index::integer, 9);
  ELSE
    IF array_length(e_spaces, 1) > 0 THEN
      SELECT min(e.place) INTO v_failed
        FROM unnest(e_spaces, e_keys, e_values) WITH ORDINALITY AS e(space, key, value, place)
        -- No join: a plan without statistics would read all rows of the desk.
        WHERE e.value IS DISTINCT FROM (SELECT r.value FROM rows r WHERE r.desk = a_desk
          AND r.space = e.space AND r.key = substr(e.key, 1, 2000) AND r.rest_hash =
            CASE WHEN length(e.key) > 2000 THEN sha256(substr(e.key, 2001)) ELSE '' END);
    END IF;
    IF v_failed IS NULL THEN
      FOR i IN 1 .. coalesce(array_length(r_spaces, 1), 0) LOOP
        -- Behind every key.
        v_end := coalesce(r_ends[i], decode(repeat('ff', 2001), 'hex'));
        IF length(v_end) = 2001 AND r_ends[i] IS NULL THEN
          SELECT string_agg(int4send(length(k.whole)) || k.whole, '' ORDER BY k.whole) INTO v_keys
            FROM (SELECT key || rest AS whole FROM rows
              WHERE desk = a_desk AND space = r_spaces[i] AND key >= substr(r_begins[i], 1, 2000)
                AND (key > substr(r_begins[i], 1, 2000) OR rest >= substr(r_begins[i], 2001))
              ORDER BY key LIMIT r_counts[i] + 1) k;
        ELSE
          SELECT string_agg(int4send(length(k.whole)) || k.whole, '' ORDER BY k.whole) INTO v_keys
            FROM (SELECT key || rest AS whole FROM rows
              WHERE desk = a_desk AND space = r_spaces[i] AND key >= substr(r_begins[i], 1, 2000)
                AND (key > substr(r_begins[i], 1, 2000) OR rest >= substr(r_begins[i], 2001))
                AND key <= substr(v_end, 1, 2000)
                AND (key < substr(v_end, 1, 2000) OR rest < substr(v_end, 2001))
              ORDER BY key LIMIT r_counts[i] + 1) k;
        END IF;
        IF coalesce(v_keys, '') <> r_keys[i] THEN
          v_failed := coalesce(array_length(e_spaces, 1), 0) + i;
          EXIT;
        END IF;
      END LOOP;
    END IF;
    IF v_failed IS NOT NULL THEN
      v_result := '\x00' || int8send(v_failed - 1);
    ELSE
      v_has_position := coalesce(0 <> ANY (w_places), false);
      IF v_has_position THEN v_position := v_position + 1; END IF;
      IF a_digest IS NOT NULL THEN v_link := sha256(v_link || a_digest); END IF;
      v_mark := int8send(v_position);
      v_result := '\x01' || int8send(CASE WHEN v_has_position THEN v_position ELSE 0 END);
      v_has_long_keys := v_has_long_keys OR a_has_long_keys;
      v_is_changed := v_is_changed OR a_digest IS NOT NULL OR array_length(w_spaces, 1) > 0;
      IF NOT a_may_repeat AND array_position(w_values, NULL) IS NULL THEN
        INSERT INTO rows(desk, space, key, rest, rest_hash, value)
          SELECT a_desk, w.space, substr(w.key, 1, 2000), substr(w.key, 2001),
            CASE WHEN length(w.key) > 2000 THEN sha256(substr(w.key, 2001)) ELSE '' END,
            CASE w.where_to WHEN 2 THEN w.value || v_mark WHEN 3 THEN w.value || v_link
              ELSE w.value END
          FROM (SELECT u.space, u.value, u.where_to,
              CASE WHEN u.where_to IN (1, 3) THEN u.key || v_mark ELSE u.key END AS key
            FROM unnest(w_spaces, w_keys, w_values, w_places)
              AS u(space, key, value, where_to)) w
          ON CONFLICT (desk, space, key, rest_hash) DO UPDATE SET value = excluded.value;
      ELSE
        -- Of several writes of a row, the last one counts.
        WITH g AS (SELECT DISTINCT ON (w.space, w.key) w.space, substr(w.key, 1, 2000) AS key,
              substr(w.key, 2001) AS rest,
              CASE WHEN length(w.key) > 2000 THEN sha256(substr(w.key, 2001)) ELSE '' END
                AS rest_hash,
              w.value
            FROM (SELECT u.space, u.place,
                CASE WHEN u.where_to IN (1, 3) THEN u.key || v_mark ELSE u.key END AS key,
                CASE u.where_to WHEN 2 THEN u.value || v_mark WHEN 3 THEN u.value || v_link
                  ELSE u.value END AS value
              FROM unnest(w_spaces, w_keys, w_values, w_places) WITH ORDINALITY
                AS u(space, key, value, where_to, place)) w
            ORDER BY w.space, w.key, w.place DESC),
          removed AS (DELETE FROM rows WHERE ctid = ANY (ARRAY(
            SELECT (SELECT r.ctid FROM rows r WHERE r.desk = a_desk AND r.space = g.space
              AND r.key = g.key AND r.rest_hash = g.rest_hash)
            FROM g WHERE g.value IS NULL)))
        INSERT INTO rows(desk, space, key, rest, rest_hash, value)
          SELECT a_desk, g.space, g.key, g.rest, g.rest_hash, g.value FROM g
          WHERE g.value IS NOT NULL
          ON CONFLICT (desk, space, key, rest_hash) DO UPDATE SET value = excluded.value;
      END IF;
    END IF;
    v_results := v_results || v_result;
  END IF;
  IF NOT a_is_last THEN
    PERFORM set_config('frontdesk.state', concat_ws('/', v_position, encode(v_link, 'hex'),
      encode(v_results, 'hex'), v_is_changed, v_has_long_keys, v_is_done), true);
  ELSIF v_is_changed THEN
    UPDATE desks SET position = v_position, link = v_link, change_count = change_count + 1,
      has_long_keys = v_has_long_keys WHERE desk = a_desk;
    INSERT INTO writers(desk, writer, number, results, commit_time)
      VALUES(a_desk, a_writer, a_number, v_results, now())
      ON CONFLICT (desk, writer) DO UPDATE SET number = excluded.number,
        results = excluded.results, commit_time = excluded.commit_time;
    IF NOT pg_try_advisory_xact_lock(a_watch_lock) THEN
      PERFORM pg_notify('frontdesk_' || to_hex(a_watch_lock), '');
    END IF;
  END IF;
  RETURN v_result;
END
$body$)sql";

// The parts of a schema that show its kind and version.
struct Marks {
  bool has_schema = false;
  std::string columns;
  std::int64_t version = 0;
};

constexpr absl::string_view kNoPrivilege = "42501";
constexpr Statement kBeginChange = {"", "BEGIN"};
constexpr Statement kEndChange = {"", "COMMIT"};
constexpr Statement kUndoChange = {"", "ROLLBACK"};
constexpr Statement kLockTables = {"", "SELECT pg_advisory_xact_lock($1)"};
constexpr Statement kVersion = {"", "SELECT version FROM layout"};
constexpr Statement kMarks = {
    "",
    "SELECT n.oid IS NOT NULL, coalesce(("
    "SELECT string_agg(c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, "
    "a.atttypmod),"
    " ', ' ORDER BY c.relname COLLATE \"C\", a.attnum)"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0"
    " AND NOT a.attisdropped), '')"
    " FROM (SELECT convert_from($1, 'UTF8') AS name) given"
    " LEFT JOIN pg_namespace n ON n.nspname = given.name"};

absl::StatusOr<std::vector<Result>> RunOne(Connection& connection, const Statement& statement) {
  const Call call = {&statement, {}};
  return connection.Run({&call, 1});
}

absl::StatusOr<Marks> ReadMarks(Connection& connection, const Target& target) {
  Call call = {&kMarks, {}};
  call.parameters.Add(absl::string_view(target.schema));
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<Result> results, connection.Run({&call, 1}));
  Marks marks;
  marks.has_schema = results[0].Integer(0, 0) != 0;
  marks.columns = std::string(results[0].Bytes(0, 1));
  if (!absl::StrContains(marks.columns, "layout.version bigint")) return marks;
  // By its whole name: a schema that the role may not use is no part of the search path.
  const std::string text = absl::StrCat("SELECT version FROM \"", target.schema, "\".layout");
  const Statement statement = {"", text.c_str()};
  FRONTDESK_ASSIGN_OR_RETURN(results, RunOne(connection, statement));
  if (results[0].rows() != 1) return Damaged("the version of its tables");
  marks.version = results[0].Integer(0, 0);
  return marks;
}

// OK: the schema is empty, or has a version of `schema`.
absl::Status CheckMarks(const Marks& marks, const Schema& schema) {
  if (marks.columns.empty()) return absl::OkStatus();
  if (marks.version == 0) {
    return absl::InvalidArgumentError("the schema has tables of another program");
  }
  if (marks.version > schema.version()) return NewerVersion(marks.version, schema.version());
  if (marks.version < 1) return Damaged("the version of its tables");
  const bool is_current = marks.version == schema.version();
  const std::string& columns =
      is_current ? schema.columns
                 : schema.migrations[static_cast<std::size_t>(marks.version - 1)].columns;
  return marks.columns == columns ? absl::OkStatus() : Damaged("its tables");
}

absl::Status RunAll(Connection& connection, const std::vector<std::string>& statements) {
  for (const std::string& text : statements) {
    const Statement statement = {"", text.c_str()};
    FRONTDESK_RETURN_IF_ERROR(RunOne(connection, statement).status());
  }
  return absl::OkStatus();
}

// In a transaction: from whatever version there is by now.
absl::Status Bring(Connection& connection, const Target& target, const Schema& schema) {
  Call lock = {&kLockTables, {}};
  lock.parameters.Add(target.schema_lock);
  FRONTDESK_RETURN_IF_ERROR(connection.Run({&lock, 1}).status());
  FRONTDESK_ASSIGN_OR_RETURN(const Marks marks, ReadMarks(connection, target));
  FRONTDESK_RETURN_IF_ERROR(CheckMarks(marks, schema));
  if (!marks.has_schema) {
    FRONTDESK_RETURN_IF_ERROR(
        RunAll(connection, {absl::StrCat("CREATE SCHEMA \"", target.schema, "\"")}));
  }
  if (marks.columns.empty()) {
    FRONTDESK_RETURN_IF_ERROR(RunAll(connection, schema.statements));
    FRONTDESK_RETURN_IF_ERROR(RunAll(
        connection, {absl::StrCat("INSERT INTO layout(version) VALUES(", schema.version(), ")")}));
  } else {
    for (std::int64_t version = marks.version; version < schema.version(); ++version) {
      const auto index = static_cast<std::size_t>(version - 1);
      FRONTDESK_RETURN_IF_ERROR(RunAll(connection, schema.migrations[index].statements));
    }
    FRONTDESK_RETURN_IF_ERROR(
        RunAll(connection, {absl::StrCat("UPDATE layout SET version = ", schema.version())}));
  }
  // A migration that misses the tables of its version is not kept.
  FRONTDESK_ASSIGN_OR_RETURN(const Marks after, ReadMarks(connection, target));
  if (after.columns != schema.columns) return Damaged("its tables after a migration");
  return RunOne(connection, kEndChange).status();
}

}  // namespace

const Schema& CurrentSchema() {
  // `desk` leads every key, so that tables can be distributed by it. `space` is the number of a table of the store. An index has no
  // room for the longest keys: `key` has the first 2,000 bytes, `rest` those behind, and `rest_hash` their SHA-256 hash, or nothing
  // where there are none.
  static const auto* const schema = new Schema{
      {"CREATE TABLE layout(version bigint NOT NULL)",
       "CREATE TABLE desks(desk bigint PRIMARY KEY, name bytea NOT NULL, position bigint NOT NULL,"
       " link bytea NOT NULL, change_count bigint NOT NULL, has_long_keys boolean NOT NULL)"
       " WITH (fillfactor = 50)",
       "CREATE TABLE rows(desk bigint NOT NULL, space smallint NOT NULL, key bytea NOT NULL,"
       " rest bytea NOT NULL, rest_hash bytea NOT NULL, value bytea NOT NULL,"
       " PRIMARY KEY(desk, space, key, rest_hash))",
       "CREATE TABLE writers(desk bigint NOT NULL, writer bytea NOT NULL, number bigint NOT NULL,"
       " results bytea NOT NULL, commit_time timestamp with time zone NOT NULL,"
       " PRIMARY KEY(desk, writer)) WITH (fillfactor = 50)",
       kCommitBatch},
      "desks.desk bigint, desks.name bytea, desks.position bigint, desks.link bytea,"
      " desks.change_count bigint, desks.has_long_keys boolean, layout.version bigint,"
      " rows.desk bigint, rows.space smallint, rows.key bytea, rows.rest bytea,"
      " rows.rest_hash bytea, rows.value bytea, writers.desk bigint, writers.writer bytea,"
      " writers.number bigint, writers.results bytea,"
      " writers.commit_time timestamp with time zone",
      {}};
  return *schema;
}

absl::Status NewerVersion(std::int64_t version, std::int64_t known) {
  return absl::FailedPreconditionError(
      absl::StrCat("the tables of the PostgreSQL store have version ", version,
                   "; this code reads and writes up to ", known, "; a newer frontdesk opens them"));
}

absl::Status CheckVersion(Connection& connection, std::int64_t known) {
  const auto results = RunOne(connection, kVersion);
  if (!results.ok() && connection.is_lost()) return results.status();
  const bool has_version = results.ok() && (*results)[0].rows() == 1;
  const std::int64_t version = has_version ? (*results)[0].Integer(0, 0) : 0;
  return version > known ? NewerVersion(version, known) : Damaged("its tables");
}

bool IsOfOtherVersion(absl::string_view sql_state) {
  // A function, a table, a column, or the schema is not there; the result of a plan has changed.
  return sql_state == "42883" || sql_state == "42P01" || sql_state == "42703" ||
         sql_state == "3F000" || sql_state == "0A000";
}

absl::Status PrepareTables(Connection& connection, const Target& target, const Schema& schema,
                           bool must_exist) {
  FRONTDESK_ASSIGN_OR_RETURN(const Marks marks, ReadMarks(connection, target));
  FRONTDESK_RETURN_IF_ERROR(CheckMarks(marks, schema));
  const bool is_empty = marks.columns.empty();
  if (is_empty && (must_exist || target.read_only)) {
    return absl::NotFoundError("the database has no tables of frontdesk in the schema");
  }
  if (!is_empty && marks.version == schema.version()) return absl::OkStatus();
  if (target.read_only) {
    return absl::FailedPreconditionError(
        absl::StrCat("the tables of the PostgreSQL store have the older version ", marks.version,
                     ", which has to be migrated; open them once for writing"));
  }
  FRONTDESK_RETURN_IF_ERROR(RunOne(connection, kBeginChange).status());
  const absl::Status brought = Bring(connection, target, schema);
  if (brought.ok()) return brought;
  const bool is_forbidden = connection.sql_state() == kNoPrivilege;
  (void)RunOne(connection, kUndoChange);
  if (!is_forbidden) return brought;
  return absl::FailedPreconditionError(
      absl::StrCat("the role of the connection may not ",
                   is_empty ? "make the tables" : "migrate the tables, which have an older version",
                   "; open them once with the role that owns them (SQLSTATE ", kNoPrivilege, ")"));
}

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk
