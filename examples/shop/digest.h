// One number for all that came out: equal digests mean equal outcomes, byte by byte.
#ifndef FRONTDESK_EXAMPLES_SHOP_DIGEST_H_
#define FRONTDESK_EXAMPLES_SHOP_DIGEST_H_

#include <memory>
#include <string>

#include "frontdesk/v1/outcome.pb.h"

namespace retail_desk {

// SHA-256 over outcomes: of each, in order, the length of its bytes as eight bytes, the highest first, and then its
// bytes in deterministic protobuf serialization. Thread-compatible.
class OutcomeDigest {
 public:
  OutcomeDigest();
  ~OutcomeDigest();

  void Add(const frontdesk::v1::Outcome& outcome);

  // 64 lower-case hexadecimal digits. To be called once, at the end.
  std::string Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_DIGEST_H_
