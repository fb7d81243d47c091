// The contract of stores, as tests: a store is one when all of them pass.
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContractTest, ::testing::Values(Kind{"memory", &MakeMemoryStore}));
#ifndef FRONTDESK_TESTS_STORE_CONTRACT_H_
#define FRONTDESK_TESTS_STORE_CONTRACT_H_

#include <memory>
#include <string>

#include "frontdesk/store/store.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace store {

struct Kind {
  std::string name;
  std::shared_ptr<Store> (*make)();
};

class StoreContractTest : public ::testing::TestWithParam<Kind> {
 protected:
  std::shared_ptr<Store> store_ = GetParam().make();
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_STORE_CONTRACT_H_
