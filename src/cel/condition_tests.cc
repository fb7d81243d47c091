#include "cel/condition_tests.h"

#include <cmath>
#include <utility>

namespace frontdesk::cel::cel_internal {
namespace {

using Side = TestBound::Side;

absl::optional<TestKey> KeyOf(const Value& value) {
  TestKey key;
  switch (value.kind()) {
    case ValueKind::kBool:
      key.number = value.bool_value() ? 1 : 0;
      return key;
    case ValueKind::kInt:
      key.number = value.int_value();
      return key;
    case ValueKind::kUint:
      key.number = NumberOf(value.uint_value());
      return key;
    case ValueKind::kDouble:
      // Nothing is in order with a NaN.
      if (std::isnan(value.double_value())) return absl::nullopt;
      key.number = NumberOf(value.double_value());
      return key;
    case ValueKind::kString:
      key.text = std::string(value.string_value());
      return key;
    case ValueKind::kTimestamp:
      key.number = NumberOf(TimeParts{value.timestamp_seconds(), value.timestamp_nanos()});
      return key;
    case ValueKind::kDuration:
      key.number = ValueAccess::bits(value);
      return key;
    default:
      return absl::nullopt;
  }
}

TestBound Before(const TestKey& key) { return {Side::kBefore, key}; }
TestBound After(const TestKey& key) { return {Side::kAfter, key}; }
TestBound Lowest() { return {Side::kLowest, {}}; }
TestBound Highest() { return {Side::kHighest, {}}; }
TestInterval Only(const TestKey& key) { return {Before(key), After(key)}; }

// The values v for which `v op key`; for != those for which it does not hold.
TestInterval IntervalOf(Operator op, const TestKey& key) {
  switch (op) {
    case Operator::kLess:
      return {Lowest(), Before(key)};
    case Operator::kLessOrEqual:
      return {Lowest(), After(key)};
    case Operator::kGreater:
      return {After(key), Highest()};
    case Operator::kGreaterOrEqual:
      return {Before(key), Highest()};
    default:
      return Only(key);
  }
}

bool IsRootPath(const OperandSpec& operand) { return operand.path != nullptr && operand.local < 0; }

absl::optional<ConjunctTest> TestOfSpec(const TermSpec& spec) {
  ConjunctTest test;
  test.left = spec.left;
  test.negated = spec.negated;
  if (!IsRootPath(spec.left)) return absl::nullopt;
  switch (spec.kind) {
    case TermKind::kTruth:
      test.intervals = {Only(TestKey{1, {}})};
      return test;
    case TermKind::kHas:
      test.kind = SubjectKind::kHas;
      test.intervals = {Only(TestKey{1, {}})};
      return test;
    case TermKind::kDifference:
      if (!IsRootPath(spec.right)) return absl::nullopt;
      test.kind = SubjectKind::kDifference;
      test.right = spec.right;
      break;
    case TermKind::kCompare:
      if (!spec.right.none()) return absl::nullopt;
      break;
    case TermKind::kElement:
      test.kind = SubjectKind::kElements;
      test.intervals = {Only(*KeyOf(spec.constant))};
      return test;
    case TermKind::kIn:
      for (size_t i = 0; i < spec.constant.list_size(); ++i) {
        const absl::optional<TestKey> key = KeyOf(spec.constant.list_at(i));
        if (!key.has_value()) return absl::nullopt;
        test.intervals.push_back(Only(*key));
      }
      return test;
    default:
      return absl::nullopt;
  }
  const absl::optional<TestKey> key = KeyOf(spec.constant);
  if (!key.has_value()) return absl::nullopt;
  test.intervals = {IntervalOf(spec.op, *key)};
  if (spec.op == Operator::kNotEqual) test.negated = !test.negated;
  return test;
}

// A field in a list that is too long for a condition.
absl::optional<ConjunctTest> TestOfSet(const InSetNode& node) {
  ConjunctTest test;
  test.left = PathOperandOf(node.needle);
  if (!IsRootPath(test.left)) return absl::nullopt;
  const bool is_number = test.left.kind == ScalarKind::kInt;
  if (!is_number && test.left.kind != ScalarKind::kString) return absl::nullopt;
  const ValueKind kind = is_number ? ValueKind::kInt : ValueKind::kString;
  for (size_t i = 0; i < node.set->size(); ++i) {
    const Value element = node.set->key(i);
    if (element.kind() != kind) return absl::nullopt;
    test.intervals.push_back(Only(*KeyOf(element)));
  }
  return test;
}

// A prefix of a text: from the prefix itself to before the first text behind all that begin with it.
absl::optional<ConjunctTest> TestOfPrefix(const CallNode& node) {
  if (node.name != "startsWith" || node.count != 2 || node.overloads[0]->native == nullptr) {
    return absl::nullopt;
  }
  const Value* const prefix = AsConstant(node.children[1]);
  ConjunctTest test;
  test.left = PathOperandOf(node.children[0]);
  if (!IsRootPath(test.left) || test.left.kind != ScalarKind::kString || prefix == nullptr ||
      !prefix->is_string() || prefix->string_value().empty()) {
    return absl::nullopt;
  }
  TestKey key{0, std::string(prefix->string_value())};
  TestKey end = key;
  // No byte of UTF-8 is the last one that there is.
  end.text.back() = static_cast<char>(static_cast<unsigned char>(end.text.back()) + 1);
  test.intervals = {{Before(key), Before(end)}};
  return test;
}

}  // namespace

absl::optional<ConjunctTest> TestOf(const PlanNode* node) {
  if (node->spec != nullptr) return TestOfSpec(*node->spec);
  if (const InSetNode* set = AsInSetNode(node); set != nullptr) return TestOfSet(*set);
  if (const CallNode* call = AsCallNode(node); call != nullptr) return TestOfPrefix(*call);
  return absl::nullopt;
}

}  // namespace frontdesk::cel::cel_internal
