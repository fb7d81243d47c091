#include "postgres_floor.h"

#include <dlfcn.h>
#include <poll.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/strings/str_cat.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

// The statement that ends a snapshot: src/store/postgres/statements.cc.
constexpr char kEndOfSnapshot[] = "fd_end";

struct Recorder {
  std::mutex mutex;
  bool is_on = false;
  std::vector<PGconn*> handles;
  std::vector<SentMessage> messages;
};

Recorder& TheRecorder() {
  static auto* const recorder = new Recorder;
  return *recorder;
}

void Record(PGconn* handle, SentMessage message) {
  Recorder& recorder = TheRecorder();
  const std::lock_guard<std::mutex> lock(recorder.mutex);
  if (!recorder.is_on) return;
  auto found = std::find(recorder.handles.begin(), recorder.handles.end(), handle);
  if (found == recorder.handles.end()) found = recorder.handles.insert(found, handle);
  message.connection = static_cast<std::size_t>(found - recorder.handles.begin());
  recorder.messages.push_back(std::move(message));
}

std::vector<absl::optional<std::string>> ValuesOf(int count, const char* const* values,
                                                  const int* lengths) {
  std::vector<absl::optional<std::string>> copied;
  for (int i = 0; i < count; ++i) {
    copied.push_back(values[i] == nullptr
                         ? absl::optional<std::string>()
                         : std::string(values[i], static_cast<std::size_t>(lengths[i])));
  }
  return copied;
}

// The function of libpq itself.
template <typename Function>
Function* Real(const char* name) {
  void* const found = dlsym(RTLD_NEXT, name);
  if (found == nullptr) Die(absl::StrCat("libpq has no ", name));
  return reinterpret_cast<Function*>(found);
}

}  // namespace

void StartRecording() {
  Recorder& recorder = TheRecorder();
  const std::lock_guard<std::mutex> lock(recorder.mutex);
  recorder.is_on = true;
  recorder.handles.clear();
  recorder.messages.clear();
}

std::size_t CountRecorded() {
  Recorder& recorder = TheRecorder();
  const std::lock_guard<std::mutex> lock(recorder.mutex);
  return recorder.messages.size();
}

std::vector<SentMessage> TakeRecorded() {
  Recorder& recorder = TheRecorder();
  const std::lock_guard<std::mutex> lock(recorder.mutex);
  recorder.is_on = false;
  return std::move(recorder.messages);
}

PostgresFloor::PostgresFloor(const std::string& parameters,
                             const std::vector<SentMessage>& messages)
    : messages_(messages) {
  std::size_t count = 0;
  for (const SentMessage& message : messages) count = std::max(count, message.connection + 1);
  connections_.resize(count);
  for (Connection& connection : connections_) {
    connection.handle = PQconnectdb(parameters.c_str());
    if (PQstatus(connection.handle) != CONNECTION_OK ||
        PQsetnonblocking(connection.handle, 1) != 0 ||
        PQenterPipelineMode(connection.handle) != 1) {
      Die("the baseline cannot connect");
    }
  }
}

PostgresFloor::~PostgresFloor() {
  for (const Connection& connection : connections_) PQfinish(connection.handle);
}

std::size_t PostgresFloor::Await(Connection* connection) {
  std::size_t bytes = 0;
  while (connection->expected_syncs > 0) {
    while (PQisBusy(connection->handle) != 0) {
      const int left = PQflush(connection->handle);
      const short events = static_cast<short>(left == 0 ? POLLIN : POLLIN | POLLOUT);
      pollfd waiting = {PQsocket(connection->handle), events, 0};
      if (left < 0 || poll(&waiting, 1, -1) < 0 || PQconsumeInput(connection->handle) != 1) {
        Die("the baseline lost its connection");
      }
    }
    PGresult* const result = PQgetResult(connection->handle);
    if (result == nullptr) continue;
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) {
      --connection->expected_syncs;
    } else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      Die(absl::StrCat("a statement of the baseline failed: ", PQresultErrorMessage(result)));
    }
    for (int row = 0; row < PQntuples(result); ++row) {
      for (int column = 0; column < PQnfields(result); ++column) {
        bytes += static_cast<std::size_t>(PQgetlength(result, row, column));
      }
    }
    PQclear(result);
  }
  return bytes;
}

ABSL_ATTRIBUTE_NOINLINE std::size_t PostgresFloor::Send(std::size_t begin, std::size_t end) {
  std::size_t bytes = 0;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  for (std::size_t i = begin; i < end; ++i) {
    const SentMessage& message = messages_[i];
    Connection& connection = connections_[message.connection];
    values.clear();
    lengths.clear();
    for (const auto& value : message.values) {
      values.push_back(value.has_value() ? value->c_str() : nullptr);
      lengths.push_back(value.has_value() ? static_cast<int>(value->size()) : 0);
    }
    formats.assign(values.size(), 1);
    const int count = static_cast<int>(values.size());
    int sent = 0;
    switch (message.kind) {
      case SentMessage::kPrepare:
        sent = PQsendPrepare(connection.handle, message.name.c_str(), message.text.c_str(), 0,
                             nullptr);
        break;
      case SentMessage::kExecute:
        sent = PQsendQueryPrepared(connection.handle, message.name.c_str(), count, values.data(),
                                   lengths.data(), formats.data(), 1);
        break;
      case SentMessage::kQuery:
        sent = PQsendQueryParams(connection.handle, message.text.c_str(), count, nullptr,
                                 values.data(), lengths.data(), formats.data(), 1);
        break;
      case SentMessage::kSync:
        sent = PQpipelineSync(connection.handle);
        ++connection.expected_syncs;
        if (PQflush(connection.handle) < 0) Die("the baseline lost its connection");
        if (connection.last != kEndOfSnapshot) bytes += Await(&connection);
        break;
    }
    if (sent != 1) Die("the baseline cannot send");
    connection.last = message.name;
  }
  return bytes;
}

}  // namespace frontdesk

// ---- These replace libpq's own in this program ----------------------------------------------------------------------

extern "C" {

int PQsendPrepare(PGconn* handle, const char* name, const char* text, int count, const Oid* types) {
  static auto* const real = frontdesk::Real<decltype(PQsendPrepare)>("PQsendPrepare");
  frontdesk::Record(handle, {0, frontdesk::SentMessage::kPrepare, name, text, {}});
  return real(handle, name, text, count, types);
}

int PQsendQueryPrepared(PGconn* handle, const char* name, int count, const char* const* values,
                        const int* lengths, const int* formats, int result_format) {
  static auto* const real = frontdesk::Real<decltype(PQsendQueryPrepared)>("PQsendQueryPrepared");
  frontdesk::Record(handle, {0, frontdesk::SentMessage::kExecute, name, "",
                             frontdesk::ValuesOf(count, values, lengths)});
  return real(handle, name, count, values, lengths, formats, result_format);
}

int PQsendQueryParams(PGconn* handle, const char* text, int count, const Oid* types,
                      const char* const* values, const int* lengths, const int* formats,
                      int result_format) {
  static auto* const real = frontdesk::Real<decltype(PQsendQueryParams)>("PQsendQueryParams");
  frontdesk::Record(handle, {0, frontdesk::SentMessage::kQuery, "", text,
                             frontdesk::ValuesOf(count, values, lengths)});
  return real(handle, text, count, types, values, lengths, formats, result_format);
}

int PQpipelineSync(PGconn* handle) {
  static auto* const real = frontdesk::Real<decltype(PQpipelineSync)>("PQpipelineSync");
  frontdesk::Record(handle, {0, frontdesk::SentMessage::kSync, "", "", {}});
  return real(handle);
}

}  // extern "C"
