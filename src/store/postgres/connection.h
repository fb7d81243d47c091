// A connection to a PostgreSQL server, in pipeline mode: statements are sent together and answered together.
#ifndef FRONTDESK_STORE_POSTGRES_CONNECTION_H_
#define FRONTDESK_STORE_POSTGRES_CONNECTION_H_

#include <libpq-fe.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/postgres/target.h"
#include "store/postgres/values.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

// A statement. Those with a name are prepared once in each connection. A plain struct of texts that live for ever.
struct Statement {
  const char* name = "";
  const char* text = "";
};

// A statement with its parameters. A plain struct.
struct Call {
  const Statement* statement = nullptr;
  Parameters parameters;
};

// The result of a statement: rows of columns in the binary format. Movable.
class Result {
 public:
  explicit Result(PGresult* result) : result_(result) {}

  int rows() const { return PQntuples(result_.get()); }
  int columns() const { return PQnfields(result_.get()); }
  bool IsNull(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  absl::string_view Bytes(int row, int column) const {
    return absl::string_view(PQgetvalue(result_.get(), row, column),
                             static_cast<std::size_t>(PQgetlength(result_.get(), row, column)));
  }
  std::int64_t Integer(int row, int column) const { return DecodeInteger(Bytes(row, column)); }

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

// A connection. Thread-compatible.
class Connection {
 public:
  // Connects to the first host that fits, and makes the settings of a session. Errors are those of PostgresStore::Open() about
  // servers.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Target& target);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs statements in one exchange. Without an explicit BEGIN they are one transaction, which is committed when this
  // returns OK. The results are in their order. On an error none of them has an effect, save that a connection that is lost leaves
  // that open.
  absl::StatusOr<std::vector<Result>> Run(absl::Span<const Call> calls);
  // The same with calls that are made one by one, in their order. The server works on the first ones meanwhile.
  absl::StatusOr<std::vector<Result>> Run(std::size_t count,
                                          absl::FunctionRef<Call(std::size_t)> make);

  // Sends statements, and leaves their answers to the next Run(), or to Finish().
  void Send(absl::Span<const Call> calls);
  // Reads the answers to sent statements. UNAVAILABLE: the connection is lost. Other errors of it do not count.
  absl::Status Finish();

  // Whether the connection is of no use any more.
  bool is_lost() const { return is_lost_; }
  // The SQLSTATE of the last error; empty when the server gave none.
  const std::string& sql_state() const { return sql_state_; }
  // Whether the statements of the last error can be sent again, through a new connection if this one is lost. When the answer was lost, they
  // may have had their effect all the same.
  bool may_repeat() const;

  bool is_standby() const { return is_standby_; }
  int socket() const { return PQsocket(handle_); }
  // Reads notifications that have come, without waiting. False: the connection is lost.
  bool TakeNotifications();

 private:
  Connection(PGconn* handle, const Target& target);

  // An answer that is to come; null: that of a synchronization point.
  struct Expected {
    const Statement* statement = nullptr;
    bool is_preparation = false;
  };

  absl::Status Prepare(const Target& target);
  bool Queue(const Call& call);
  bool QueueAll(absl::Span<const Call> calls);
  bool QueueSync();
  // Waits until the server can be read, and writes what is left meanwhile. False: lost, or too late.
  bool WaitForAnswer(std::chrono::steady_clock::time_point end);
  // The answers up to the synchronization point. Those of preparations are left out.
  absl::StatusOr<std::vector<Result>> Receive();
  absl::Status Lose();

  PGconn* const handle_;
  const std::chrono::milliseconds patience_;
  std::deque<Expected> expected_;
  std::set<const Statement*> prepared_;
  std::string sql_state_;
  // Of the parameters of a statement while it is sent.
  std::vector<const char*> data_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  bool is_lost_ = false;
  bool is_standby_ = false;
};

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_CONNECTION_H_
