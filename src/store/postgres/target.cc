#include "store/postgres/target.h"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "internal/status_macros.h"
#include "store/postgres/values.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {
namespace {

std::chrono::milliseconds Clamped(absl::Duration duration, absl::Duration least) {
  return std::chrono::milliseconds(
      absl::ToInt64Milliseconds(std::clamp(duration, least, absl::Hours(24))));
}

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// The first eight bytes of the SHA-256 hash of both.
std::int64_t NumberOf(absl::string_view first, absl::string_view second) {
  return DecodeInteger(absl::string_view(NextLink(first, second)).substr(0, 8));
}

}  // namespace

absl::Status CheckPlainName(absl::string_view name, absl::string_view what) {
  const auto is_possible = [](char each) {
    return absl::ascii_islower(each) || absl::ascii_isdigit(each) || each == '_';
  };
  if (!name.empty() && name.size() <= kMaxPostgresSchemaBytes &&
      std::all_of(name.begin(), name.end(), is_possible) && !absl::ascii_isdigit(name[0]) &&
      !absl::StartsWith(name, "pg_")) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the name of a ", what, " has from 1 to ", kMaxPostgresSchemaBytes,
                   " letters a to z, digits and underscores, begins with no digit, and not with "
                   "pg_"));
}

absl::StatusOr<Target> MakeTarget(absl::string_view parameters, const PostgresOptions& options) {
  if (parameters.find('\0') != absl::string_view::npos) {
    return absl::InvalidArgumentError("the connection parameters have a NUL");
  }
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> parsed(
      PQconninfoParse(std::string(parameters).c_str(), &problem));
  // Its text can have a part of a password.
  PQfreemem(problem);
  if (parsed == nullptr) {
    return absl::InvalidArgumentError("the connection parameters are none of libpq");
  }
  if (options.desk.size() > kMaxPostgresDeskBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the name of a desk has at most ", kMaxPostgresDeskBytes, " bytes"));
  }
  FRONTDESK_RETURN_IF_ERROR(CheckPlainName(options.schema, "schema"));
  Target target;
  target.schema = options.schema;
  target.desk = options.desk;
  target.desk_number = NumberOf("", options.desk);
  const std::string schema = options.schema + '\0';
  target.write_lock = NumberOf(schema, absl::StrCat("write", options.desk));
  target.watch_lock = NumberOf(schema, absl::StrCat("watch", options.desk));
  target.schema_lock = NumberOf(schema, "tables");
  target.channel =
      absl::StrCat("frontdesk_", absl::Hex(static_cast<std::uint64_t>(target.watch_lock)));
  target.read_only = options.read_only;
  target.max_read_connections = std::max(options.max_read_connections, 1);
  target.connect_timeout = Clamped(options.connect_timeout, absl::Seconds(2));
  target.lock_timeout = Clamped(options.lock_timeout, absl::Milliseconds(1));
  target.statement_timeout = Clamped(options.statement_timeout, absl::Milliseconds(1));
  target.retry_timeout = Clamped(options.retry_timeout, absl::ZeroDuration());
  // Those that are given replace these.
  target.parameters = {{"connect_timeout", absl::StrCat(target.connect_timeout.count() / 1'000)},
                       {"fallback_application_name", "frontdesk"},
                       {"target_session_attrs", options.read_only ? "any" : "read-write"}};
  for (const PQconninfoOption* each = parsed.get(); each->keyword != nullptr; ++each) {
    if (each->val != nullptr) target.parameters.emplace_back(each->keyword, each->val);
  }
  return target;
}

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk
