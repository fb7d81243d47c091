#include "policy/attribute_functions.h"

#include <map>
#include <memory>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/origins.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_commands.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/customer_commands.pb.h"
#include "internal/near_name.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::Expr;
using cel::Type;
using cel::Value;
using v1::AttributeDefinition;

// A call looks through a list that is not long; one unit for each attribute would cost as much to count.
constexpr int kCallCost = 100;

constexpr absl::string_view kHas = "hasAttribute";

struct Reader {
  absl::string_view name;
  AttributeDefinition::Type type;
};
constexpr Reader kReaders[] = {
    {"text", AttributeDefinition::TYPE_STRING}, {"number", AttributeDefinition::TYPE_INT},
    {"flag", AttributeDefinition::TYPE_BOOL},   {"time", AttributeDefinition::TYPE_TIME},
    {"money", AttributeDefinition::TYPE_MONEY}, {kHas, AttributeDefinition::TYPE_UNSPECIFIED},
};

const v1::Attribute* Find(absl::Span<const Value> arguments) {
  const Value& list = arguments[0];
  const absl::string_view name = arguments[1].string_value();
  for (size_t i = 0; i < list.list_size(); ++i) {
    const Value item = list.list_at(i);
    if (!item.is_message()) continue;
    const auto* attribute = dynamic_cast<const v1::Attribute*>(&item.message_value());
    if (attribute != nullptr && attribute->name() == name) return attribute;
  }
  return nullptr;
}

// The value of an attribute that is there and of this type, else the type's zero.
Value ReadText(const v1::Attribute* attribute) {
  return Value::String(attribute == nullptr ? absl::string_view() : attribute->string_value());
}
Value ReadNumber(const v1::Attribute* attribute) {
  return Value::Int(attribute == nullptr ? 0 : attribute->int_value());
}
Value ReadFlag(const v1::Attribute* attribute) {
  return Value::Bool(attribute != nullptr && attribute->bool_value());
}
Value ReadTime(const v1::Attribute* attribute) {
  if (attribute == nullptr) return Value::TimestampParts(0, 0);
  return Value::TimestampParts(attribute->time_value().seconds(), attribute->time_value().nanos());
}
Value ReadMoney(const v1::Attribute* attribute) {
  return Value::Message(attribute == nullptr ? &v1::Money::default_instance()
                                             : &attribute->money_value());
}
Value ReadHas(const v1::Attribute* attribute) { return Value::Bool(attribute != nullptr); }

std::pair<std::string, cel::FunctionOverload> MakeFunction(absl::string_view name, Type result,
                                                           Value (*read)(const v1::Attribute*)) {
  cel::FunctionOverload overload;
  overload.id = absl::StrCat("attributes_", name);
  overload.parameters = {Type::List(Type::Message(v1::Attribute::descriptor())), Type::String()};
  overload.result = std::move(result);
  overload.member = true;
  overload.pure = true;
  overload.cost = kCallCost;
  // since(), age() and when_absent() take an attribute that is not set as absent.
  if (name != kHas) overload.presence = std::string(kHas);
  overload.implementation = [read](absl::Span<const Value> arguments,
                                   cel::ValueArena&) -> absl::StatusOr<Value> {
    return read(Find(arguments));
  };
  return {std::string(name), std::move(overload)};
}

// The entity whose attributes a field holds; UNSPECIFIED when that is not known.
v1::EntityKind KindOfField(const google::protobuf::FieldDescriptor* field) {
  if (field == nullptr) return v1::ENTITY_KIND_UNSPECIFIED;
  const google::protobuf::Descriptor* holder = field->containing_type();
  if (holder == v1::Customer::descriptor() || holder == v1::EditCustomer::descriptor()) {
    return v1::ENTITY_KIND_CUSTOMER;
  }
  if (holder == v1::Case::descriptor() || holder == v1::OpenCase::descriptor() ||
      holder == v1::ClassifyCase::descriptor()) {
    return v1::ENTITY_KIND_CASE;
  }
  return v1::ENTITY_KIND_UNSPECIFIED;
}

// "text" of TYPE_STRING: the function that reads it.
absl::string_view ReaderOf(AttributeDefinition::Type type) {
  for (const Reader& reader : kReaders) {
    if (reader.type == type) return reader.name;
  }
  return kHas;
}

// Looking for a name that was meant takes a look at every definition: done so often for one rule set.
constexpr int kMaxAttributeSuggestions = 20;
// Possible values that a text names where none is near.
constexpr size_t kMaxShownValues = 5;

class AttributeCheck {
 public:
  explicit AttributeCheck(const v1::PolicyPack& pack) : pack_(pack) {
    for (const AttributeDefinition& definition : pack.attribute_definitions()) {
      by_name_.emplace(definition.name(), &definition);
    }
  }

  std::vector<rules::ExpressionFinding> Run(const Expr& root) {
    findings_.clear();
    seen_.clear();
    rules::WalkExpression(root, [this](const Expr& expr, const rules::Scope& scope) {
      if (expr.kind() == cel::ExprKind::kCall && expr.is_member() && expr.child_count() == 2) {
        for (const Reader& reader : kReaders) {
          if (expr.name() == reader.name) CheckCall(expr, reader);
        }
      }
      rules::VisitEqualities(
          expr, scope, [this](const Expr& call, const Expr& value) { CheckValue(call, value); });
    });
    return std::move(findings_);
  }

 private:
  void CheckCall(const Expr& call, const Reader& reader) {
    if (!ReadsByName(call)) return;
    const std::string name(call.child(1).constant()->string_value());
    const v1::EntityKind kind = KindOfField(call.child(0).field());
    const AttributeDefinition* defined = FindDefinition(kind, name, reader.type);
    if (defined == nullptr) {
      findings_.push_back({call.child(1), std::string(kReasonPolicyAttributeUnknown.word),
                           absl::StrCat("the pack defines no attribute '", name, "'",
                                        KindText(kind), Suggestion(kind, name))});
    } else if (reader.name != kHas && defined->type() != reader.type) {
      findings_.push_back(
          {call, std::string(kReasonPolicyAttributeType.word),
           absl::StrCat("attribute '", name, "' is read with ", ReaderOf(defined->type()),
                        "(), not with ", reader.name, "()")});
    }
  }

  // Whether the call reads an attribute whose name is a literal.
  static bool ReadsByName(const Expr& call) {
    const Type& list = call.child(0).type();
    const Value* literal = call.child(1).constant();
    return list.kind() == cel::TypeKind::kList &&
           list.parameters()[0].descriptor() == v1::Attribute::descriptor() && literal != nullptr &&
           literal->is_string();
  }

  // Of two entities' attributes of one name, the one that has the type is meant.
  const AttributeDefinition* FindDefinition(v1::EntityKind kind, const std::string& name,
                                            AttributeDefinition::Type type) const {
    const AttributeDefinition* defined = nullptr;
    for (auto [one, end] = by_name_.equal_range(name); one != end; ++one) {
      if (kind != v1::ENTITY_KIND_UNSPECIFIED && one->second->entity_kind() != kind) continue;
      defined = one->second;
      if (defined->type() == type) break;
    }
    return defined;
  }

  // A text that is compared with an attribute that has a list of possible values.
  void CheckValue(const Expr& call, const Expr& value) {
    const Value* literal = value.constant();
    if (call.kind() != cel::ExprKind::kCall || !call.is_member() || call.child_count() != 2 ||
        call.name() != "text" || !ReadsByName(call) || literal == nullptr ||
        !literal->is_string()) {
      return;
    }
    const std::string name(call.child(1).constant()->string_value());
    const AttributeDefinition* defined =
        FindDefinition(KindOfField(call.child(0).field()), name, AttributeDefinition::TYPE_STRING);
    // An attribute that is not set reads as an empty text.
    const std::string written(literal->string_value());
    if (defined == nullptr || defined->allowed_values().empty() || written.empty()) return;
    NearName near(written);
    for (const std::string& allowed : defined->allowed_values()) {
      if (allowed == written) return;
      near.Consider(allowed);
    }
    if (!seen_.insert(value.id()).second) return;
    findings_.push_back(
        {value, std::string(kReasonPolicyAttributeValue.word),
         absl::StrCat("'", written, "' is no possible value of attribute '", name, "'",
                      near.Hint().empty() ? Possible(*defined) : near.Hint())});
  }

  static std::string Possible(const AttributeDefinition& defined) {
    std::vector<absl::string_view> shown;
    for (const std::string& value : defined.allowed_values()) {
      if (shown.size() < kMaxShownValues) shown.push_back(value);
    }
    return absl::StrCat("; write one of '", absl::StrJoin(shown, "', '"), "'");
  }

  static std::string KindText(v1::EntityKind kind) {
    if (kind == v1::ENTITY_KIND_UNSPECIFIED) return "";
    return absl::StrCat(" for a ", absl::AsciiStrToLower(domain::EntityKindName(kind)));
  }

  std::string Suggestion(v1::EntityKind kind, absl::string_view name) {
    if (suggestions_++ >= kMaxAttributeSuggestions) return "";
    NearName near(name);
    for (const AttributeDefinition& definition : pack_.attribute_definitions()) {
      if (kind != v1::ENTITY_KIND_UNSPECIFIED && definition.entity_kind() != kind) continue;
      near.Consider(definition.name());
    }
    const std::string hint = near.Hint();
    return hint.empty() ? "; add it to attribute_definitions" : hint;
  }

  const v1::PolicyPack& pack_;
  std::multimap<absl::string_view, const AttributeDefinition*> by_name_;
  int suggestions_ = 0;
  std::set<int32_t> seen_;
  std::vector<rules::ExpressionFinding> findings_;
};

}  // namespace

std::vector<std::pair<std::string, cel::FunctionOverload>> AttributeFunctions() {
  return {
      MakeFunction("text", Type::String(), ReadText),
      MakeFunction("number", Type::Int(), ReadNumber),
      MakeFunction("flag", Type::Bool(), ReadFlag),
      MakeFunction("time", Type::Timestamp(), ReadTime),
      MakeFunction("money", Type::Message(v1::Money::descriptor()), ReadMoney),
      MakeFunction(kHas, Type::Bool(), ReadHas),
  };
}

rules::ExpressionCheck MakeAttributeCheck(const v1::PolicyPack& pack) {
  const auto check = std::make_shared<AttributeCheck>(pack);
  return [check](const Expr& root) { return check->Run(root); };
}

}  // namespace internal
}  // namespace frontdesk
