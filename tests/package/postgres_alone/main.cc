// A host that keeps a row in a database, and finds it when it opens the database again. FRONTDESK_POSTGRES has the connection parameters.
// Without them it shows that no server answers at a place where there is none.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "frontdesk/store/postgres_store.h"

namespace {

using frontdesk::store::PostgresStore;

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "consumer: %s\n", status.ToString().c_str());
  return 1;
}

int FindNoServer() {
  const auto store = PostgresStore::Open("host=/nowhere/at-all dbname=shop");
  if (store.ok() || store.status().code() != absl::StatusCode::kUnavailable) {
    return Fail(store.status());
  }
  std::puts("consumed without a server");
  return 0;
}

}  // namespace

int main() {
  const char* const parameters = std::getenv("FRONTDESK_POSTGRES");
  if (parameters == nullptr) return FindNoServer();
  frontdesk::store::PostgresOptions options;
  options.desk = "consumer";
  {
    const auto store = PostgresStore::Open(parameters, options);
    if (!store.ok()) return Fail(store.status());
    frontdesk::store::Batch batch;
    batch.writes.push_back({{1, "c7"},
                            frontdesk::store::MakeValue("kept"),
                            frontdesk::store::Write::Position::kBehindValue});
    const auto results = (*store)->Commit({std::move(batch)});
    if (!results.ok()) return Fail(results.status());
  }
  options.must_exist = true;
  const auto opened = PostgresStore::Open(parameters, options);
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
