// Memory that calls leave to later calls.
#ifndef FRONTDESK_PYTHON_SRC_SPARES_H_
#define FRONTDESK_PYTHON_SRC_SPARES_H_

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "frontdesk/cel/scratch.h"

namespace frontdesk::python {

// A larger object is not kept for the next call.
constexpr size_t kMaxSpareBytes = 64 * 1024;

// A scratch of this thread that no other call uses now.
class BorrowedScratch {
 public:
  BorrowedScratch() {
    if (free_.empty()) {
      scratch_ = std::make_unique<cel::Scratch>();
    } else {
      scratch_ = std::move(free_.back());
      free_.pop_back();
    }
  }
  ~BorrowedScratch() {
    scratch_->arena().Reset();  // Its values may refer to an environment that is destroyed.
    if (free_.size() < 4) free_.push_back(std::move(scratch_));
  }
  BorrowedScratch(const BorrowedScratch&) = delete;
  BorrowedScratch& operator=(const BorrowedScratch&) = delete;
  cel::Scratch& operator*() const { return *scratch_; }

 private:
  inline static thread_local std::vector<std::unique_ptr<cel::Scratch>> free_;
  std::unique_ptr<cel::Scratch> scratch_;
};

// Objects that calls leave to later calls, so that these need not allocate anew. Used with the GIL held.
template <typename T>
class Spares {
 public:
  // Null when there is none.
  std::unique_ptr<T> Take() {
    if (spares_.empty()) return nullptr;
    std::unique_ptr<T> spare = std::move(spares_.back());
    spares_.pop_back();
    return spare;
  }
  void Give(std::unique_ptr<T> spare) {
    if (spares_.size() < 4) spares_.push_back(std::move(spare));
  }

 private:
  std::vector<std::unique_ptr<T>> spares_;
};

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_SPARES_H_
