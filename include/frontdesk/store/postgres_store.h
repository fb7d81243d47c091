// A store in a PostgreSQL database. The target is `frontdesk::postgres`.
//
//   frontdesk::store::PostgresOptions options;
//   options.desk = "north";
//   auto opened = frontdesk::store::PostgresStore::Open("host=db1,db2 dbname=shop", options);
//   if (!opened.ok()) return;  // No server, no such database, a newer version of the tables, …
//   std::shared_ptr<frontdesk::store::PostgresStore> store = *std::move(opened);
//   frontdesk::store::Batch batch;
//   batch.writes.push_back({{1, "c7"}, frontdesk::store::MakeValue("bytes")});
//   auto results = store->Commit({std::move(batch)});  // Is kept by the server once it has returned.
//
// Any number of threads, processes and machines use a database at the same time. docs/scaling.md describes desks, servers,
// standbys and roles; docs/storage.md has the limits.
#ifndef FRONTDESK_STORE_POSTGRES_STORE_H_
#define FRONTDESK_STORE_POSTGRES_STORE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "frontdesk/store/store.h"

namespace frontdesk {
namespace store {

// Most bytes of `PostgresOptions::desk`.
inline constexpr std::size_t kMaxPostgresDeskBytes = 255;
// Most bytes of `PostgresOptions::schema`.
inline constexpr std::size_t kMaxPostgresSchemaBytes = 63;

// A plain struct.
struct PostgresOptions {
  // The name of the desk whose rows the store has. Several desks in one schema share nothing: each has its own rows,
  // positions and lock. At most kMaxPostgresDeskBytes bytes.
  std::string desk;

  // The schema with the tables. Open() makes it when it is not there and the role may do so. From 1 to
  // kMaxPostgresSchemaBytes letters a to z, digits and underscores; it begins with no digit, and not with `pg_`.
  std::string schema = "frontdesk";

  // How long it may take to connect to one host, where the connection parameters have no `connect_timeout`. From 2 seconds to
  // one day, in whole seconds; other values count as the nearest of these.
  absl::Duration connect_timeout = absl::Seconds(10);

  // How long a call waits for a lock that another process holds. Then it fails with UNAVAILABLE. From 1 millisecond to one day.
  absl::Duration lock_timeout = absl::Seconds(10);

  // How long the server may work on one statement, waiting for locks included. Then the call fails with UNAVAILABLE. A server that does not
  // answer for a little longer than this, and `lock_timeout`, counts as lost. From 1 millisecond to one day.
  absl::Duration statement_timeout = absl::Seconds(60);

  // How long a call connects again, and repeats its transaction, after the connection was lost, the server was shut down, or
  // it could not serialize the transaction. Zero: a call fails at once. At most one day counts.
  absl::Duration retry_timeout = absl::Seconds(30);

  // The most connections for reading; each open snapshot has one. Beyond that Read() waits for `connect_timeout`,
  // then it fails with UNAVAILABLE. One connection more is for writing, and one for each watch. At least 1.
  int max_read_connections = 32;

  // Nothing is written: Commit() fails with FAILED_PRECONDITION, and the tables must exist. The server may be a standby,
  // whose rows are a little older.
  bool read_only = false;

  // Tables that do not exist are NOT_FOUND. Else they are made.
  bool must_exist = false;
};

// The rows of one desk in a database. Thread-safe.
//
// Commits of several threads that wait at the same time share one transaction, and one exchange with the server. Each batch is
// whole or not there all the same. A snapshot is a transaction that reads: it blocks no commit, but the server keeps the rows
// that were replaced since until the snapshot is released.
//
// A connection that is lost is made again. A commit whose answer was lost is never done twice: each transaction has a number of
// its writer, which is a row of the same transaction. A snapshot whose connection is lost goes on when nothing was committed since. Else
// its reads fail with UNAVAILABLE.
//
// Beside the codes of Store, each call may fail with FAILED_PRECONDITION: another process has migrated the tables to a newer
// version, or the role of the connection lacks a privilege. No error text has a connection parameter, a password, the name of a desk, a key, a
// value, or a text of the server.
class PostgresStore : public Store {
 public:
  // Connects, and makes the tables, or migrates those of an older version. `parameters` are those of libpq: `key=value` pairs or a
  // URI, with several hosts, TLS and `passfile` as libpq has them. Those that are not given come from where libpq takes
  // them: its service file, environment and defaults. Without `target_session_attrs` it is `read-write`, with
  // `read_only` it is `any`.
  //
  // OK: the schema has tables of a version that this code reads and writes. Errors, in this order:
  //   INVALID_ARGUMENT     the parameters are none of libpq; the name of the desk or the schema is not valid; the schema has tables
  //                        of another program;
  //   NOT_FOUND            there is no such database; with `must_exist` or `read_only`, there are no tables;
  //   FAILED_PRECONDITION  the server refuses the user or the password, is older than version 14, or lacks a privilege for the role; the tables
  //                        have a newer version; or an older one, with `read_only`;
  //   DATA_LOSS            the tables were changed by another program;
  //   UNAVAILABLE          no host can be reached; TLS is not possible with it; none accepts writing; a time-out has passed; the disk is
  //                        full.
  // On an error the schema has the contents that it had. Open() does not try again: it fails at the first error.
  static absl::StatusOr<std::shared_ptr<PostgresStore>> Open(absl::string_view parameters,
                                                             const PostgresOptions& options = {});

  // Makes a role that may use the stores of `options.schema`, and nothing else. The tables are made, or migrated, as by Open(). The role
  // logs in, and has no password yet. It reads and writes rows; it makes, changes and drops nothing. A role that is there keeps its
  // password, and has exactly these privileges on the schema afterwards. A name is as that of a schema.
  //
  // Errors are those of Open(), and
  //   INVALID_ARGUMENT     the name of the role is not valid;
  //   FAILED_PRECONDITION  the role of the connection may not make roles, or give privileges; the role is there, and may do more than a
  //                        store needs: it is a superuser, makes databases or roles, replicates, passes row security, is a member
  //                        of another role, or owns the schema or its tables.
  // On an error no role and no privilege has changed.
  static absl::Status MakeRole(absl::string_view parameters, absl::string_view role,
                               const PostgresOptions& options = {});

  // The statements of MakeRole(), as a script for an administrator who runs them by hand. The tables must exist then.
  // INVALID_ARGUMENT as MakeRole().
  static absl::StatusOr<std::string> RoleStatements(absl::string_view role,
                                                    const PostgresOptions& options = {});

  // Snapshots may be released after the store. When a read of a snapshot has failed, its later reads may do so too.
  absl::StatusOr<std::shared_ptr<const Snapshot>> Read() const override = 0;

  // UNAVAILABLE: no batch is there. One exception: the connection was lost, or silent for too long, before the answer, and the repetition
  // failed too. Then the batches may be there, or come to be there later, each whole. Repeat commands with their idempotency keys.
  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches) override = 0;

  // A store for experiments that begins with the contents of this one as they are now. Rows that it writes are in the memory of this process. It
  // reads the others through a snapshot of this store, which it has open as long as it exists. A clone of a read-only store can be written.
  absl::StatusOr<std::shared_ptr<Store>> Clone() const override = 0;

  // On Linux. A watch is a connection that listens (LISTEN). It may be released after the store. UNIMPLEMENTED also for a standby.
  absl::StatusOr<std::unique_ptr<Watch>> StartWatch() const override = 0;
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_STORE_H_
