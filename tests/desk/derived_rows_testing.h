// A store whose derived rows are those of another version.
#ifndef FRONTDESK_TESTS_DESK_DERIVED_ROWS_TESTING_H_
#define FRONTDESK_TESTS_DESK_DERIVED_ROWS_TESTING_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "desk/shop.h"
#include "event_log/derived_rows.h"
#include "event_log/rows.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/store/store.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace testing {

// A store that asks before each commit whether it may be made.
class AskingStore : public store::Store {
 public:
  using Ask = std::function<absl::Status(const std::vector<store::Batch>&)>;

  AskingStore(std::shared_ptr<store::Store> store, Ask ask)
      : store_(std::move(store)), ask_(std::move(ask)) {}

  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    return store_->Read();
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    const absl::Status may = ask_(batches);
    if (!may.ok()) return may;
    return store_->Commit(std::move(batches));
  }

 private:
  const std::shared_ptr<store::Store> store_;
  const Ask ask_;
};

inline std::vector<store::Row> RowsOf(const store::Store& from, event_log::Table table) {
  const auto snapshot = from.Read();
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return *(*snapshot)->Scan(store::RangeOf(table, ""), 1'000'000);
}

inline void PutRow(store::Store& store, event_log::Table table, const std::string& key,
                   store::Value value) {
  store::Batch batch;
  batch.writes.push_back({{table, key}, std::move(value)});
  ASSERT_TRUE(store.Commit({std::move(batch)}).ok());
}

inline void PutProgress(store::Store& store, const event_log::DerivedProgress& progress) {
  PutRow(store, event_log::kDerived, "", store::MakeValue(event_log::EncodeProgress(progress)));
}

inline absl::StatusOr<std::unique_ptr<Desk>> OpenOn(std::shared_ptr<store::Store> store) {
  DeskOptions options;
  options.policy = MustCompile(kAllowAll);
  options.store = std::move(store);
  return Desk::Open(std::move(options));
}

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_DERIVED_ROWS_TESTING_H_
