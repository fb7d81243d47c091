// One number for all that came out: equal digests mean equal messages, byte by byte.
#ifndef FRONTDESK_EXAMPLES_SHOP_DIGEST_H_
#define FRONTDESK_EXAMPLES_SHOP_DIGEST_H_

#include <memory>
#include <string>

#include "frontdesk/v1/log.pb.h"
#include "google/protobuf/message.h"

namespace retail_desk {

// SHA-256 over messages: of each, in order, the length of its bytes as eight bytes, the highest first, and then its
// bytes in deterministic protobuf serialization. Thread-compatible.
class MessageDigest {
 public:
  MessageDigest();
  ~MessageDigest();

  void Add(const google::protobuf::Message& message);

  // 64 lower-case hexadecimal digits. To be called once, at the end.
  std::string Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// The part of a change that is equal wherever a desk is kept: its position, journal record, events and policy as a reader
// sees them. The digests of the entry are left out, since they cover what a store holds in their place.
frontdesk::v1::LogChange OpenedChange(frontdesk::v1::LogChange change);

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_DIGEST_H_
