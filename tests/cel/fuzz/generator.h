// Programs and messages made of a stream of choices, so that a fuzzer's bytes are always something well-formed.
#ifndef FRONTDESK_TESTS_CEL_FUZZ_GENERATOR_H_
#define FRONTDESK_TESTS_CEL_FUZZ_GENERATOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/message.h"
#include "tests/cel/protos/shop.pb.h"

namespace frontdesk::cel::testing {

// Bytes as choices; zero, which is always the simplest, when they are used up.
class Choices {
 public:
  Choices(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  size_t Below(size_t bound) { return bound < 2 || size_ == 0 ? 0 : Next() % bound; }
  bool OneIn(size_t n) { return size_ > 0 && Below(n) == n - 1; }
  bool empty() const { return size_ == 0; }

 private:
  uint8_t Next() {
    --size_;
    return *data_++;
  }
  const uint8_t* data_;
  size_t size_;
};

// A type that programs are made for.
struct Kind {
  enum Name {
    kBool,
    kInt,
    kUint,
    kDouble,
    kString,
    kBytes,
    kTimestamp,
    kDuration,
    kMoney,
    kLine,
    kCustomer,
    kOrder,
    kList,
    kMap,
    kOptional,
    kDyn,
  };
  Name name = kBool;
  std::vector<Kind> of;  // The element; key and value.
};

// Well-typed programs over the test shop's Input. Now and then a part is made dyn of another type, which the checker takes
// and which may fail when it runs.
class ProgramGenerator {
 public:
  explicit ProgramGenerator(Choices* choices) : choices_(*choices) {}
  Kind AnyKind(int depth);
  std::string Make(const Kind& kind, int depth);

 private:
  std::string Leaf(const Kind& kind);
  std::string Bool(int depth);
  std::string Int(int depth);
  std::string Uint(int depth);
  std::string Double(int depth);
  std::string String(int depth);
  std::string Bytes(int depth);
  std::string Timestamp(int depth);
  std::string Duration(int depth);
  std::string Message(const Kind& kind, int depth);
  std::string List(const Kind& kind, int depth);
  std::string Map(const Kind& kind, int depth);
  std::string Optional(const Kind& kind, int depth);
  std::string Dyn(int depth);
  std::string Bind(const Kind& kind, int depth);
  std::string Range(int depth, Kind* element, Kind* key, Kind* value);
  std::string Pick(std::vector<std::string> texts) { return texts[choices_.Below(texts.size())]; }
  std::string NewName();
  std::string Body(const std::vector<std::pair<std::string, Kind>>& locals, const Kind& kind,
                   int depth);

  Choices& choices_;
  std::vector<std::pair<std::string, Kind>> locals_;
  int names_ = 0;
};

// A message with some of its fields set.
void FillMessage(Choices* choices, google::protobuf::Message* message, int depth);

}  // namespace frontdesk::cel::testing

#endif  // FRONTDESK_TESTS_CEL_FUZZ_GENERATOR_H_
