#include "cel/fuzz/fuzz_targets.h"

#include <cstdlib>
#include <iostream>

#include "absl/strings/match.h"
#include "cel/shop.h"
#include "google/protobuf/stubs/logging.h"

namespace frontdesk::cel::testing {
namespace {

void Require(bool condition, absl::string_view what, absl::string_view text) {
  if (condition) return;
  std::cerr << "broken: " << what << "\n" << text << "\n";
  std::abort();
}

const std::shared_ptr<const Environment>& FuzzEnvironment(bool accessors) {
  static const auto make = [](bool with_accessors) {
    Limits limits;
    limits.max_cost = 20000;
    limits.max_comprehension_iterations = 2000;
    limits.max_memory_bytes = 1 << 20;
    EnvironmentBuilder builder;
    Prepare(builder);
    builder.SetLimits(limits);
    if (with_accessors) builder.AddAccessors(ShopAccessors());
    return new std::shared_ptr<const Environment>(BuildOrDie(builder));
  };
  static const auto* const with = make(true);
  static const auto* const without = make(false);
  return accessors ? *with : *without;
}

// Work is metered alike, so limits hit both ways or not at all; where they hit may differ.
bool SameOutcome(const Value& a, const Value& b) {
  if (a.is_error() || b.is_error()) {
    const bool limit = absl::StartsWith(a.error_reason(), "LIMIT_") ||
                       absl::StartsWith(b.error_reason(), "LIMIT_");
    return limit || a.error_reason() == b.error_reason();
  }
  return ToText(a) == ToText(b);
}

}  // namespace

void FuzzExpression(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  static const Input* const input = new Input(GoldOrder());
  for (const bool check : {true, false}) {
    CompileOptions options;
    options.check = check;
    const CompileResult compiled = FuzzEnvironment(true)->Compile(text, options);
    for (const Issue& issue : compiled.issues) {
      Require(issue.range.begin >= 0 && issue.range.begin <= static_cast<int32_t>(size) &&
                  issue.line > 0 && issue.column > 0 && !FormatIssue(issue).empty(),
              "an issue without position", text);
    }
    if (!compiled.ok()) {
      Require(!compiled.issues.empty(), "refused without an issue", text);
      continue;
    }
    Scratch scratch, other;
    const EvalResult result = compiled.program->Evaluate(*input, scratch);
    const Explanation explanation = compiled.program->Explain(*input, other);
    Require(SameOutcome(result.value(), explanation.value), "explained as something else", text);
    if (!result.ok()) Require(result.issue().line > 0, "an error without position", text);
    const CompileResult slow = FuzzEnvironment(false)->Compile(text, options);
    Require(slow.ok(), "depends on accessors", text);
    Require(SameOutcome(result.value(), slow.program->Evaluate(*input, other).value()),
            "accessors read something else", text);
    for (const Program& conjunct : compiled.program->conjuncts()) {
      conjunct.EvaluateBool(*input, other);
    }
  }
}

void FuzzMessage(const uint8_t* data, size_t size) {
  static const char* const kTexts[] = {
      "order.total.units > 10000 && customer.tier == TIER_GOLD && order.state in [1, 2] && "
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

}  // namespace frontdesk::cel::testing
