// The contract of stores, as tests: a store is one when all of them pass. docs/storage.md has what each part is about.
//
// A store of your own needs one line. The second function is for a store that outlives its process: it drops the
// store, which nobody else holds, and gives a new one on the same contents. Without it, those tests are skipped.
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContractTest, ::testing::Values(Kind{"memory", &MakeMemoryStore, nullptr}),
//                            [](const auto& info) { return info.param.name; });
//
// The sources are contract.cc, contract_limits.cc, contract_threads.cc and contract_watches.cc.
#ifndef FRONTDESK_TESTS_STORE_CONTRACT_H_
#define FRONTDESK_TESTS_STORE_CONTRACT_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "frontdesk/store/store.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace store {

struct Kind {
  std::string name;
  // A new, empty store.
  std::function<std::shared_ptr<Store>()> make;
  std::function<std::shared_ptr<Store>(std::shared_ptr<Store>)> reopen;

  friend std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }
};

class StoreContractTest : public ::testing::TestWithParam<Kind> {
 protected:
  std::shared_ptr<Store> store_ = GetParam().make();
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_STORE_CONTRACT_H_
