#include "store/postgres/writer.h"

#include <sys/random.h>

#include <cstddef>
#include <utility>

#include "internal/status_macros.h"
#include "store/postgres/retry.h"
#include "store/postgres/schema.h"
#include "store/postgres/server_error.h"
#include "store/postgres/statements.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {
namespace {

// A transaction of several requests ends before it has more bytes than this.
constexpr std::size_t kMaxGroupBytes = std::size_t{16} << 20;
constexpr std::size_t kNameBytes = 16;

absl::StatusOr<std::string> RandomName() {
  std::string name(kNameBytes, '\0');
  if (::getentropy(&name[0], name.size()) != 0) {
    return absl::UnavailableError("the system gives no random bytes");
  }
  return name;
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, const Target& target, std::int64_t version,
               std::string name)
    : target_(target),
      version_(version),
      name_(std::move(name)),
      connection_(std::move(connection)),
      queue_(kMaxGroupBytes) {}

absl::StatusOr<std::unique_ptr<Writer>> Writer::Make(std::unique_ptr<Connection> connection,
                                                     const Target& target, std::int64_t version) {
  FRONTDESK_ASSIGN_OR_RETURN(std::string name, RandomName());
  FRONTDESK_RETURN_IF_ERROR(connection->Run(OpenDeskCalls(target)).status());
  return std::unique_ptr<Writer>(
      new Writer(std::move(connection), target, version, std::move(name)));
}

Writer::~Writer() {
  // A row that stays is removed after a week.
  if (connection_ != nullptr && number_ > 0) {
    (void)connection_->Run(ForgetWriterCalls(target_, name_));
  }
}

absl::StatusOr<std::vector<CommitResult>> Writer::Commit(std::vector<Batch> batches) {
  return queue_.Commit(std::move(batches),
                       [this](const std::vector<Request*>& group) { CommitGroup(group); });
}

void Writer::CommitGroup(const std::vector<Request*>& group) {
  const absl::Status status = TryGroup(group);
  // With a connection, the server has undone the transaction. One of them may be the cause, such as too much for the disk.
  const bool is_undone = !status.ok() && connection_ != nullptr;
  if (is_undone && group.size() > 1 && !IsOfWaiting(connection_->sql_state())) {
    for (Request* request : group) request->status = TryGroup({request});
  } else {
    for (Request* request : group) request->status = status;
  }
}

absl::Status Writer::TryGroup(const std::vector<Request*>& group) {
  ++number_;
  Retry retry(target_.retry_timeout);
  while (true) {
    absl::Status status = Connect();
    bool may_repeat = status.code() == absl::StatusCode::kUnavailable;
    if (status.ok()) {
      status = Send(group);
      if (status.ok()) return status;
      may_repeat = connection_->may_repeat();
      if (IsOfOtherVersion(connection_->sql_state())) status = CheckVersion(*connection_, version_);
      if (connection_->is_lost()) connection_ = nullptr;
    }
    if (!may_repeat || !retry.Wait()) return status;
  }
}

absl::Status Writer::Connect() {
  if (connection_ != nullptr) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(connection_, Connection::Open(target_));
  return absl::OkStatus();
}

absl::Status Writer::Send(const std::vector<Request*>& group) {
  std::vector<const Batch*> batches;
  for (Request* request : group) {
    request->results.clear();
    for (const Batch& batch : request->batches) batches.push_back(&batch);
  }
  if (batches.empty()) return absl::OkStatus();
  const auto make_call = [&](std::size_t index) {
    return CommitCall(target_, *batches[index], static_cast<std::int64_t>(index),
                      index + 1 == batches.size(), name_, number_);
  };
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<Result> results,
                             connection_->Run(batches.size(), make_call));
  std::size_t next = 0;
  for (Request* request : group) {
    for (std::size_t i = 0; i < request->batches.size(); ++i) {
      FRONTDESK_ASSIGN_OR_RETURN(const CommitResult result, ReadCommit(results[next++]));
      request->results.push_back(result);
    }
  }
  return absl::OkStatus();
}

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk
