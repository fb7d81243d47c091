// The bytes as a serialized Input message, read by a fixed set of expressions, with and without accessors; both must agree.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "cel/fuzz/fuzz_common.h"
#include "cel/shop.h"
#include "google/protobuf/stubs/logging.h"

namespace frontdesk::cel::testing {
namespace {

void FuzzMessage(const uint8_t* data, size_t size) {
  static const char* const kTexts[] = {
      "order.total.units > 10000 && customer.tier == TIER_GOLD && order.state in [1, 2]",
      "now - order.delivered_time < duration('720h')",
      "order.lines.map(l, l.price.units + l.quantity)",
      "customer.attributes.map(k, customer.attributes[k])",
      "extra == extra",
      "facts == facts",
      "[fact, list, limit, customer.nickname]",
      "has(order.cash) ? order.cash.units : order.card.size()",
      "note.matches('a+b*') || note.trim() == note.reverse()",
      "order.events.exists(e, e.getHours('+01:00') == 3)",
      "Input{facts: facts, fact: fact, extra: extra}",
      "'%s'.format([[note, fact, order.signature]])",
      "order.grace + duration('1h') > now - now",
      "scores.exists(k, v, v > 5)",
  };
  google::protobuf::LogSilencer silencer;
  Input input;
  if (!input.ParsePartialFromArray(data, static_cast<int>(size))) return;
  static const auto* const programs = [] {
    auto* made =
        new std::vector<std::pair<std::shared_ptr<const Program>, std::shared_ptr<const Program>>>;
    for (const char* text : kTexts) {
      made->emplace_back(CompileOrDie(*FuzzEnvironment(true), text),
                         CompileOrDie(*FuzzEnvironment(false), text));
    }
    return made;
  }();
  Scratch scratch, other;
  for (const auto& [fast, slow] : *programs) {
    Require(
        SameOutcome(fast->Evaluate(input, scratch).value(), slow->Evaluate(input, other).value()),
        "accessors read something else", fast->text());
    Require(SameOutcome(fast->Evaluate(input, scratch).value(), fast->Explain(input, other).value),
            "explained as something else", fast->text());
  }
}

}  // namespace
}  // namespace frontdesk::cel::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  frontdesk::cel::testing::FuzzMessage(data, size);
  return 0;
}
