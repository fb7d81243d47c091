#include "frontdesk/report/policy_diff.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace report {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

bool IsSet(const Message& message, const FieldDescriptor& field) {
  const auto* reflection = message.GetReflection();
  return field.is_repeated() ? reflection->FieldSize(message, &field) > 0
                             : reflection->HasField(message, &field);
}

std::string ValueText(const Message& message, const FieldDescriptor& field) {
  if (!IsSet(message, field)) return "";
  const auto* reflection = message.GetReflection();
  if (!field.is_repeated() && field.type() == FieldDescriptor::TYPE_STRING) {
    return reflection->GetString(message, &field);
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  const int count = field.is_repeated() ? reflection->FieldSize(message, &field) : 1;
  std::string text;
  for (int i = 0; i < count; ++i) {
    std::string value;
    printer.PrintFieldValueToString(message, &field, field.is_repeated() ? i : -1, &value);
    absl::StrAppend(&text, i == 0 ? "" : ", ", absl::string_view(value));
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

bool IsEqual(const Message& before, const Message& after, const FieldDescriptor& field) {
  MessageDifferencer differencer;
  return differencer.CompareWithFields(before, after, {&field}, {&field});
}

class Comparison {
 public:
  std::vector<v1::PolicyDifference> Run(const v1::PolicyPack& before, const v1::PolicyPack& after) {
    CompareFields(before, after, "rule_sets", "", "");
    CompareElements(
        before.rule_sets(), after.rule_sets(),
        [this](const v1::RuleSet* old, const v1::RuleSet* now) { CompareSets(old, now); });
    return std::move(found_);
  }

 private:
  v1::PolicyDifference& Add(v1::PolicyDifference::Kind kind, const std::string& set,
                            const std::string& rule) {
    v1::PolicyDifference& difference = found_.emplace_back();
    difference.set_kind(kind);
    difference.set_rule_set_id(set);
    difference.set_rule_id(rule);
    return difference;
  }

  void CompareFields(const Message& before, const Message& after, absl::string_view but,
                     const std::string& set, const std::string& rule) {
    const auto* descriptor = before.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor& field = *descriptor->field(i);
      if (field.name() == but || IsEqual(before, after, field)) continue;
      v1::PolicyDifference& difference = Add(v1::PolicyDifference::KIND_CHANGED, set, rule);
      difference.set_field(field.name());
      difference.set_before(ValueText(before, field));
      difference.set_after(ValueText(after, field));
    }
  }

  // Calls `compare` with each pair of the same id; null where there is none.
  template <class Elements, class Compare>
  static void CompareElements(const Elements& before, const Elements& after,
                              const Compare& compare) {
    const auto find = [](const Elements& elements, const std::string& id) {
      for (const auto& element : elements) {
        if (element.id() == id) return &element;
      }
      return static_cast<decltype(&elements[0])>(nullptr);
    };
    for (const auto& element : before) compare(&element, find(after, element.id()));
    for (const auto& element : after) {
      if (find(before, element.id()) == nullptr) compare(nullptr, &element);
    }
  }

  void CompareSets(const v1::RuleSet* before, const v1::RuleSet* after) {
    static const v1::RuleSet none;
    const std::string& id = before == nullptr ? after->id() : before->id();
    if (before == nullptr) {
      Add(v1::PolicyDifference::KIND_ADDED, id, "");
      before = &none;
    } else if (after == nullptr) {
      Add(v1::PolicyDifference::KIND_REMOVED, id, "");
      after = &none;
    } else {
      CompareFields(*before, *after, "rules", id, "");
    }
    CompareElements(before->rules(), after->rules(), [&](const v1::Rule* old, const v1::Rule* now) {
      if (old == nullptr) {
        Add(v1::PolicyDifference::KIND_ADDED, id, now->id()).set_after(now->condition());
      } else if (now == nullptr) {
        Add(v1::PolicyDifference::KIND_REMOVED, id, old->id()).set_before(old->condition());
      } else {
        CompareFields(*old, *now, "", id, old->id());
      }
    });
  }

  std::vector<v1::PolicyDifference> found_;
};

}  // namespace

std::vector<v1::PolicyDifference> ComparePacks(const v1::PolicyPack& before,
                                               const v1::PolicyPack& after) {
  return Comparison().Run(before, after);
}

std::string FormatDifference(const v1::PolicyDifference& difference) {
  using internal::EscapeText;
  using internal::EscapeValue;
  std::string place = "the policy";
  if (!difference.rule_set_id().empty()) {
    place = absl::StrCat("rule set ", EscapeValue(difference.rule_set_id()));
  }
  if (!difference.rule_id().empty()) {
    absl::StrAppend(&place, ", rule ", EscapeValue(difference.rule_id()));
  }
  absl::string_view what = ": ";
  std::string text = difference.kind() == v1::PolicyDifference::KIND_ADDED     ? "added   "
                     : difference.kind() == v1::PolicyDifference::KIND_REMOVED ? "removed "
                                                                               : "changed ";
  absl::StrAppend(&text, place, difference.field().empty() ? "" : what,
                  EscapeText(difference.field()), "\n");
  if (!difference.before().empty()) {
    absl::StrAppend(&text, "  - ", EscapeText(difference.before()), "\n");
  }
  if (!difference.after().empty()) {
    absl::StrAppend(&text, "  + ", EscapeText(difference.after()), "\n");
  }
  return text;
}

}  // namespace report
}  // namespace frontdesk
