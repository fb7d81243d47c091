// A file system for SQLite that fails at the n-th call of a kind, over the one of the machine.
#ifndef FRONTDESK_TESTS_STORE_FAULTY_VFS_H_
#define FRONTDESK_TESTS_STORE_FAULTY_VFS_H_

#include <functional>

namespace frontdesk {
namespace store {

enum class FileCall { kRead, kWrite, kSync, kTruncate, kOpen, kSharedMemory };

// One kind of call that fails. A plain struct.
struct Fault {
  FileCall call = FileCall::kWrite;
  // Which call fails, from 1 on.
  int number = 1;
  // The result code of SQLite that it gives.
  int code = 0;
  // Whether all calls after it fail too.
  bool is_lasting = false;
  // A write that fails has written half of its bytes.
  bool is_torn = false;
};

// The default file system of SQLite while it lives; without a fault it does what the machine's does. One at a time.
class FaultyVfs {
 public:
  FaultyVfs();
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  // Counts the calls from now on. `at_fault` runs when the fault is reached, before it has any effect.
  void Arm(const Fault& fault, std::function<void()> at_fault = nullptr);
  // Whether the fault was reached. Calls succeed from now on.
  bool Disarm();
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_STORE_FAULTY_VFS_H_
