// A host that keeps a row in a file, and finds it when it opens the file again.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "frontdesk/store/sqlite.h"

namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "consumer: %s\n", status.ToString().c_str());
  return 1;
}

}  // namespace

int main() {
  const std::string path = "consumer.db";
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
  {
    const auto store = frontdesk::store::SqliteStore::Open(path);
    if (!store.ok()) return Fail(store.status());
    frontdesk::store::Batch batch;
    batch.writes.push_back({{1, "c7"},
                            frontdesk::store::MakeValue("kept"),
                            frontdesk::store::Write::Position::kBehindValue});
    const auto results = (*store)->Commit({std::move(batch)});
    if (!results.ok()) return Fail(results.status());
  }
  frontdesk::store::SqliteOptions options;
  options.must_exist = true;
  const auto opened = frontdesk::store::SqliteStore::Open(path, options);
  if (!opened.ok()) return Fail(opened.status());
  const std::shared_ptr<frontdesk::store::Store> store = *opened;
  const auto snapshot = store->Read();
  if (!snapshot.ok()) return Fail(snapshot.status());
  const auto value = (*snapshot)->Get({1, "c7"});
  if (!value.ok()) return Fail(value.status());
  if (*value == nullptr || **value != "kept" + frontdesk::store::EncodePosition(1)) {
    return Fail(absl::DataLossError("the row is not there"));
  }
  std::puts("consumed");
}
