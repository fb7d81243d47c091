// A limit over a period under many that ask at the same time.
#ifndef FRONTDESK_TESTS_DESK_LIMIT_WORK_H_
#define FRONTDESK_TESTS_DESK_LIMIT_WORK_H_

#include <functional>
#include <memory>

#include "frontdesk/store/store.h"

namespace frontdesk {
namespace testing {

// Workers ask for credits of one customer until the limit of 100 USD in 30 days refuses them, each on an account of its own. They are eight
// threads of this process and of each of `processes` others. `open` opens the store, which is empty, in a process. Checks that exactly
// the limit was given.
void CreditUpToTheLimit(int processes, const std::function<std::shared_ptr<store::Store>()>& open);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_LIMIT_WORK_H_
