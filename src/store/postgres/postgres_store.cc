#include "frontdesk/store/postgres_store.h"

#include <cstdint>
#include <utility>

#include "internal/status_macros.h"
#include "store/check_batches.h"
#include "store/overlay_store.h"
#include "store/postgres/connection.h"
#include "store/postgres/notify_watch.h"
#include "store/postgres/open_store.h"
#include "store/postgres/schema.h"
#include "store/postgres/snapshots.h"
#include "store/postgres/target.h"
#include "store/postgres/writer.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {
namespace {

class DatabaseStore : public PostgresStore {
 public:
  // `writer` is null for a store that is read-only.
  DatabaseStore(std::shared_ptr<Snapshots> snapshots, std::unique_ptr<Writer> writer)
      : snapshots_(std::move(snapshots)), writer_(std::move(writer)) {}

  absl::StatusOr<std::shared_ptr<const Snapshot>> Read() const override {
    return snapshots_->Read();
  }

  absl::StatusOr<FirstRead> ReadAndScan(absl::Span<const ScanRequest> requests) const override {
    return snapshots_->ReadAndScan(requests);
  }

  bool IsRemote() const override { return true; }

  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches) override {
    FRONTDESK_RETURN_IF_ERROR(CheckBatches(batches));
    if (writer_ == nullptr) return absl::FailedPreconditionError("the store is read-only");
    return writer_->Commit(std::move(batches));
  }

  absl::StatusOr<std::shared_ptr<Store>> Clone() const override {
    FRONTDESK_ASSIGN_OR_RETURN(std::shared_ptr<const Snapshot> below, Read());
    return MakeOverlayStore(std::move(below));
  }

  absl::StatusOr<std::unique_ptr<Watch>> StartWatch() const override {
    return ListenToDesk(snapshots_->target());
  }

 private:
  const std::shared_ptr<Snapshots> snapshots_;
  const std::unique_ptr<Writer> writer_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<PostgresStore>> OpenStore(absl::string_view parameters,
                                                         const PostgresOptions& options,
                                                         const Schema& schema) {
  FRONTDESK_ASSIGN_OR_RETURN(const Target target, MakeTarget(parameters, options));
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Connection::Open(target));
  FRONTDESK_RETURN_IF_ERROR(PrepareTables(*connection, target, schema, options.must_exist));
  auto snapshots = std::make_shared<Snapshots>(target, schema.version());
  std::unique_ptr<Writer> writer;
  if (!options.read_only) {
    FRONTDESK_ASSIGN_OR_RETURN(writer,
                               Writer::Make(std::move(connection), target, schema.version()));
  }
  return std::make_shared<DatabaseStore>(std::move(snapshots), std::move(writer));
}

}  // namespace postgres_internal

absl::StatusOr<std::shared_ptr<PostgresStore>> PostgresStore::Open(absl::string_view parameters,
                                                                   const PostgresOptions& options) {
  return postgres_internal::OpenStore(parameters, options, postgres_internal::CurrentSchema());
}

}  // namespace store
}  // namespace frontdesk
