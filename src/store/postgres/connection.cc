#include "store/postgres/connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "internal/status_macros.h"
#include "store/postgres/server_error.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {
namespace {

// The oldest server with all that the statements use.
constexpr int kLeastServerVersion = 140'000;
// How much longer than its time-outs a server may be silent.
constexpr std::chrono::seconds kSilence{5};
// A failed connection is looked into for this long.
constexpr std::chrono::seconds kDiagnosis{2};

// Plans that do not depend on statistics: each statement goes through the key of its table. `search_path` makes the tables of the
// schema the only ones.
constexpr Statement kSettings = {
    "",
    "SELECT set_config('search_path', quote_ident(convert_from($1, 'UTF8')), false),"
    " set_config('lock_timeout', $2::bigint::text, false),"
    " set_config('statement_timeout', $3::bigint::text, false),"
    " set_config('default_transaction_isolation', 'read committed', false),"
    " set_config('plan_cache_mode', 'force_generic_plan', false),"
    " set_config('jit', 'off', false), set_config('enable_seqscan', 'off', false),"
    " set_config('enable_bitmapscan', 'off', false), set_config('enable_hashjoin', 'off', false),"
    " set_config('enable_mergejoin', 'off', false), pg_is_in_recovery()"};

struct Keywords {
  explicit Keywords(const Target& target) {
    for (const auto& [keyword, value] : target.parameters) {
      keywords.push_back(keyword.c_str());
      values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
  }

  std::vector<const char*> keywords;
  std::vector<const char*> values;
};

bool WaitFor(int descriptor, short events, std::chrono::steady_clock::time_point end) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting = {descriptor, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

// The first SQLSTATE in a text of the form "FATAL:  28P01".
std::string FindSqlState(absl::string_view text) {
  constexpr absl::string_view kMark = ":  ";
  for (std::size_t at = text.find(kMark); at != absl::string_view::npos;
       at = text.find(kMark, at + 1)) {
    const absl::string_view word = text.substr(at + kMark.size(), 5);
    bool is_state = word.size() == 5;
    for (const char each : word) {
      is_state = is_state && (absl::ascii_isdigit(each) || absl::ascii_isupper(each));
    }
    if (is_state) return std::string(word);
  }
  return "";
}

// The cause for which no connection was made: a second attempt, with errors of the server as their SQLSTATE.
absl::Status Diagnose(const Keywords& keywords) {
  PGconn* const handle =
      PQconnectStartParams(keywords.keywords.data(), keywords.values.data(), /*expand_dbname=*/0);
  if (handle == nullptr) return absl::UnavailableError("the process has no memory left");
  PQsetErrorVerbosity(handle, PQERRORS_SQLSTATE);
  const auto end = std::chrono::steady_clock::now() + kDiagnosis;
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (PQstatus(handle) != CONNECTION_BAD && next != PGRES_POLLING_OK &&
         next != PGRES_POLLING_FAILED) {
    if (!WaitFor(PQsocket(handle), next == PGRES_POLLING_READING ? POLLIN : POLLOUT, end)) break;
    next = PQconnectPoll(handle);
  }
  const absl::string_view text = PQerrorMessage(handle);
  const std::string sql_state = FindSqlState(text);
  // Texts of libpq and OpenSSL about TLS have one of these words in every language.
  const bool is_of_tls = absl::StrContains(text, "SSL") || absl::StrContains(text, "certificate");
  const bool needs_password = PQconnectionNeedsPassword(handle) != 0;
  PQfinish(handle);
  if (!sql_state.empty()) return StatusOfSqlState(sql_state);
  if (needs_password) {
    return absl::FailedPreconditionError(
        "PostgreSQL: the server asks for a password, and the connection parameters have none");
  }
  if (is_of_tls) {
    return absl::UnavailableError(
        "PostgreSQL: TLS is not possible with a host as the connection parameters have it. See "
        "sslmode, the authority of the server's certificate (sslrootcert) and the names in it, "
        "sslcert and sslkey");
  }
  return absl::UnavailableError(
      "PostgreSQL: no host of the connection parameters can be reached, or is of the kind that "
      "they ask for");
}

}  // namespace

Connection::Connection(PGconn* handle, const Target& target)
    : handle_(handle), patience_(target.statement_timeout + target.lock_timeout + kSilence) {}

Connection::~Connection() { PQfinish(handle_); }

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Target& target) {
  const Keywords keywords(target);
  PGconn* const handle =
      PQconnectdbParams(keywords.keywords.data(), keywords.values.data(), /*expand_dbname=*/0);
  if (handle == nullptr) return absl::UnavailableError("the process has no memory left");
  std::unique_ptr<Connection> connection(new Connection(handle, target));
  if (PQstatus(handle) != CONNECTION_OK) return Diagnose(keywords);
  // Notices go to stderr without this.
  PQsetNoticeReceiver(
      handle, [](void*, const PGresult*) {}, nullptr);
  if (PQserverVersion(handle) < kLeastServerVersion) {
    return absl::FailedPreconditionError("PostgreSQL: the server is older than version 14");
  }
  if (PQsetnonblocking(handle, 1) != 0 || PQenterPipelineMode(handle) != 1) {
    return ConnectionLost();
  }
  FRONTDESK_RETURN_IF_ERROR(connection->Prepare(target));
  return connection;
}

absl::Status Connection::Prepare(const Target& target) {
  Call call = {&kSettings, {}};
  call.parameters.Add(absl::string_view(target.schema));
  call.parameters.Add(std::int64_t{target.lock_timeout.count()});
  call.parameters.Add(std::int64_t{target.statement_timeout.count()});
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<Result> results, Run({&call, 1}));
  is_standby_ = results[0].Integer(0, results[0].columns() - 1) != 0;
  return absl::OkStatus();
}

bool Connection::Queue(const Call& call) {
  call.parameters.Fill(&data_, &lengths_);
  const int count = static_cast<int>(data_.size());
  formats_.resize(std::max(formats_.size(), data_.size()), 1);
  if (*call.statement->name == '\0') {
    expected_.push_back({call.statement, false});
    return PQsendQueryParams(handle_, call.statement->text, count, nullptr, data_.data(),
                             lengths_.data(), formats_.data(), /*resultFormat=*/1) == 1;
  }
  if (prepared_.insert(call.statement).second) {
    expected_.push_back({call.statement, true});
    if (PQsendPrepare(handle_, call.statement->name, call.statement->text, 0, nullptr) != 1) {
      return false;
    }
  }
  expected_.push_back({call.statement, false});
  return PQsendQueryPrepared(handle_, call.statement->name, count, data_.data(), lengths_.data(),
                             formats_.data(), /*resultFormat=*/1) == 1;
}

bool Connection::QueueAll(absl::Span<const Call> calls) {
  for (const Call& call : calls) {
    if (!Queue(call)) return false;
  }
  return QueueSync();
}

bool Connection::QueueSync() {
  if (PQpipelineSync(handle_) != 1) return false;
  expected_.emplace_back();
  return true;
}

bool Connection::may_repeat() const { return is_lost_ || IsRepeatable(sql_state_); }

absl::Status Connection::Lose() {
  is_lost_ = true;
  expected_.clear();
  return ConnectionLost();
}

bool Connection::WaitForAnswer(std::chrono::steady_clock::time_point end) {
  const int left = PQflush(handle_);
  if (left < 0) return false;
  const short events = static_cast<short>(left == 0 ? POLLIN : POLLIN | POLLOUT);
  return WaitFor(PQsocket(handle_), events, end) && PQconsumeInput(handle_) == 1;
}

absl::StatusOr<std::vector<Result>> Connection::Receive() {
  const auto end = std::chrono::steady_clock::now() + patience_;
  std::vector<Result> results;
  absl::Status status;
  if (PQflush(handle_) < 0) return Lose();
  while (!expected_.empty()) {
    while (PQisBusy(handle_) != 0) {
      if (!WaitForAnswer(end)) return Lose();
    }
    PGresult* const answer = PQgetResult(handle_);
    if (answer == nullptr) {
      if (PQstatus(handle_) != CONNECTION_OK) return Lose();
      continue;  // The end of the answers to one statement.
    }
    Result result(answer);
    const Expected expected = expected_.front();
    const ExecStatusType kind = PQresultStatus(answer);
    if (kind == PGRES_PIPELINE_SYNC) {
      if (expected.statement != nullptr) return Lose();
      expected_.pop_front();
      if (!status.ok()) return status;
      return results;
    }
    if (expected.statement == nullptr) return Lose();
    expected_.pop_front();
    if (kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK) {
      if (!expected.is_preparation) results.push_back(std::move(result));
      continue;
    }
    // The server skips everything behind an error, up to the synchronization point.
    if (expected.is_preparation) prepared_.erase(expected.statement);
    if (kind == PGRES_PIPELINE_ABORTED) continue;
    const char* const sql_state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    sql_state_ = sql_state == nullptr ? "" : sql_state;
    if (sql_state_.empty()) return Lose();
    if (EndsConnection(sql_state_)) is_lost_ = true;
    status = StatusOfSqlState(sql_state_);
  }
  return status.ok() ? absl::StatusOr<std::vector<Result>>(std::move(results)) : status;
}

void Connection::Send(absl::Span<const Call> calls) {
  if (is_lost_) return;
  if (!QueueAll(calls) || PQflush(handle_) < 0) (void)Lose();
}

absl::Status Connection::Finish() {
  while (!expected_.empty()) (void)Receive();
  return is_lost_ ? ConnectionLost() : absl::OkStatus();
}

absl::StatusOr<std::vector<Result>> Connection::Run(absl::Span<const Call> calls) {
  FRONTDESK_RETURN_IF_ERROR(Finish());
  sql_state_.clear();
  if (!QueueAll(calls)) return Lose();
  return Receive();
}

absl::StatusOr<std::vector<Result>> Connection::Run(std::size_t count,
                                                    absl::FunctionRef<Call(std::size_t)> make) {
  FRONTDESK_RETURN_IF_ERROR(Finish());
  sql_state_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    if (!Queue(make(i))) return Lose();
  }
  if (!QueueSync()) return Lose();
  return Receive();
}

bool Connection::TakeNotifications() {
  if (is_lost_ || PQconsumeInput(handle_) != 1) {
    (void)Lose();
    return false;
  }
  while (PGnotify* const notification = PQnotifies(handle_)) PQfreemem(notification);
  return true;
}

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk
