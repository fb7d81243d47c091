#include "policy/total_functions.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "frontdesk/base/money.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/origins.h"
#include "frontdesk/v1/money.pb.h"
#include "frontdesk/v1/total.pb.h"
#include "google/protobuf/descriptor.h"
#include "internal/near_name.h"
#include "policy/make_function.h"
#include "policy/totals.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::Expr;
using cel::ExprKind;
using cel::FunctionOverload;
using cel::Type;
using cel::Value;
using cel::ValueArena;
using domain::CommandInfo;

// A call looks through a list that is not long.
constexpr int kCallCost = 50;
// Looking for a name that was meant takes a look at every total: done so often for one rule set.
constexpr int kMaxSuggestions = 20;

constexpr absl::string_view kTotals = "totals";
constexpr absl::string_view kHas = "has_total";
constexpr absl::string_view kGiven = "given";
constexpr absl::string_view kAsked = "asked";
constexpr absl::string_view kGivenCount = "given_count";
constexpr absl::string_view kAskedCount = "asked_count";

constexpr absl::string_view kReasonTotalAbsent = "TOTAL_ABSENT";
constexpr absl::string_view kReasonTotalCurrency = "TOTAL_CURRENCY";

// ---- The functions ----

const v1::Total* Find(const v1::Totals& totals, absl::string_view name) {
  for (const v1::Total& total : totals.totals()) {
    if (total.name() == name) return &total;
  }
  return nullptr;
}

Value Absent(ValueArena& arena) {
  return arena.NewError(kReasonTotalAbsent,
                        "the input has no such total: the command lacks what it counts by");
}

using Sums = google::protobuf::RepeatedPtrField<v1::Money>;

// The sum in one currency; zero of it when nothing was counted.
template <const Sums& (v1::Total::*get)() const>
Value ReadSum(absl::Span<const Value> arguments, ValueArena& arena) {
  v1::Totals copy;
  const v1::Totals& totals = AsMessage<v1::Totals>(arguments[0], &copy);
  const v1::Total* total = Find(totals, arguments[1].string_value());
  if (total == nullptr) return Absent(arena);
  const std::string code(arguments.size() > 2 ? arguments[2].string_value()
                                              : absl::string_view(totals.currency_code()));
  if (!CurrencyExponent(code).ok()) {
    return arena.NewError(kReasonTotalCurrency,
                          arguments.size() > 2
                              ? "{2} is none of ISO 4217"
                              : "the command has no amount, whose currency the sum would be in; "
                                "name a currency: totals.given('NAME', 'EUR')");
  }
  for (const v1::Money& sum : (total->*get)()) {
    if (sum.currency_code() == code) return arena.Copy(Value::Message(&sum));
  }
  v1::Money zero;
  zero.set_currency_code(code);
  return arena.Copy(Value::Message(&zero));
}

template <int64_t (v1::Total::*get)() const>
Value ReadCount(absl::Span<const Value> arguments, ValueArena& arena) {
  v1::Totals copy;
  const v1::Total* total =
      Find(AsMessage<v1::Totals>(arguments[0], &copy), arguments[1].string_value());
  return total == nullptr ? Absent(arena) : Value::Int((total->*get)());
}

Value ReadHas(absl::Span<const Value> arguments, ValueArena&) {
  v1::Totals copy;
  return Value::Bool(
      Find(AsMessage<v1::Totals>(arguments[0], &copy), arguments[1].string_value()) != nullptr);
}

void Add(absl::string_view name, bool has_currency, Type result,
         Value (*read)(absl::Span<const Value>, ValueArena&), rules::CompileOptions* options) {
  std::vector<Type> parameters = {Type::Message(v1::Totals::descriptor()), Type::String()};
  if (has_currency) parameters.push_back(Type::String());
  FunctionOverload overload = MakeOverload(
      absl::StrCat("totals_", name, has_currency ? "_currency" : ""), std::move(parameters),
      std::move(result), kCallCost,
      [read](absl::Span<const Value> arguments, ValueArena& arena) -> absl::StatusOr<Value> {
        return read(arguments, arena);
      });
  overload.member = true;
  options->functions.emplace_back(std::string(name), std::move(overload));
}

// ---- The check ----

bool IsSum(absl::string_view function) { return function == kGiven || function == kAsked; }

bool IsReader(absl::string_view function) {
  return IsSum(function) || function == kGivenCount || function == kAskedCount || function == kHas;
}

bool IsTotals(const Expr& expr) {
  return expr.kind() == ExprKind::kIdentifier && expr.name() == kTotals &&
         expr.type().descriptor() == v1::Totals::descriptor();
}

enum class Presence { kAlways, kSometimes, kNever };

Presence Weaker(Presence a, Presence b) { return std::max(a, b); }

// Whether the command has a customer. Orders always have one; of other entities it may be missing.
Presence CustomerOf(const CommandInfo& command) {
  switch (command.entity_kind) {
    case v1::ENTITY_KIND_CUSTOMER:
    case v1::ENTITY_KIND_ORDER:
      return Presence::kAlways;
    case v1::ENTITY_KIND_UNSPECIFIED:
    case v1::ENTITY_KIND_DESK:
      return Presence::kNever;
    default:
      return Presence::kSometimes;
  }
}

Presence SubjectOf(v1::TotalSubject subject, const CommandInfo& command) {
  if (subject == v1::TOTAL_SUBJECT_CUSTOMER) return CustomerOf(command);
  const v1::EntityKind kind = AddressedKindOf(subject);
  if (kind == v1::ENTITY_KIND_UNSPECIFIED || kind == command.entity_kind) return Presence::kAlways;
  return Presence::kNever;
}

// A reason that is one of an enum is required.
Presence ReasonOf(const CommandInfo& command) {
  if (command.reason_fields.empty()) return Presence::kNever;
  return command.reason_fields.back()->enum_type() != nullptr ? Presence::kAlways
                                                              : Presence::kSometimes;
}

bool HasAmount(const CommandInfo* command) { return !command->amount_fields.empty(); }

class TotalCheck {
 public:
  TotalCheck(const std::vector<PolicyTotal>& totals, std::vector<const CommandInfo*> commands,
             std::set<int>* read)
      : totals_(totals), commands_(std::move(commands)), read_(read) {}

  std::vector<rules::ExpressionFinding> Run(const Expr& root) {
    findings_.clear();
    tested_.clear();
    reads_.clear();
    uncertain_.clear();
    by_function_.clear();
    reads_variables_ = false;
    rules::WalkExpression(root, [this](const Expr& expr, const rules::Scope&) { Visit(expr); });
    for (const auto& [call, total] : reads_) CheckPresence(call, total);
    // Only a condition can test first; other expressions come after one.
    if (root.type().kind() == cel::TypeKind::kBool && !reads_variables_) CheckTested();
    return std::move(findings_);
  }

 private:
  // A read of a total that may be absent, and the thing that it counts by: "a customer".
  struct Uncertain {
    Expr call;
    const PolicyTotal* total;
    std::string by;
  };

  void Find(const Expr& expr, const Reason& reason, std::string text,
            v1::Issue::Severity severity = v1::Issue::SEVERITY_ERROR) {
    findings_.push_back({expr, std::string(reason.word), std::move(text), severity});
  }

  // The whole comes before its parts.
  void Visit(const Expr& expr) {
    reads_variables_ = reads_variables_ || expr.reference() == cel::ReferenceKind::kVariable;
    if (expr.kind() == ExprKind::kCall && expr.is_member() && expr.child_count() >= 2 &&
        IsReader(expr.name()) && expr.child(0).type().descriptor() == v1::Totals::descriptor()) {
      VisitCall(expr);
    } else if ((IsTotals(expr) && by_function_.count(expr.id()) == 0) ||
               (expr.kind() == ExprKind::kHas && expr.child_count() == 0 &&
                expr.name() == kTotals)) {
      Find(expr, kReasonPolicyTotalRead,
           "totals are read by their names: totals.given('NAME'), totals.given_count('NAME')");
    }
  }

  void VisitCall(const Expr& call) {
    if (!IsTotals(call.child(0))) {
      Find(call.child(0), kReasonPolicyTotalRead, "totals are read of 'totals' itself");
      return;
    }
    by_function_.insert(call.child(0).id());
    const Value* literal = call.child(1).constant();
    if (literal == nullptr || !literal->is_string()) {
      Find(call.child(1), kReasonPolicyTotalRead,
           "the name of a total is written out, so that what a rule reads is known before it runs");
      return;
    }
    const PolicyTotal* total = FindTotal(literal->string_value());
    if (total == nullptr) {
      FindUnknown(call.child(1), literal->string_value());
      return;
    }
    read_->insert(static_cast<int>(total - totals_.data()));
    if (call.name() == kHas) {
      tested_.insert(total);
    } else {
      reads_.emplace_back(call, total);
    }
    if (IsSum(call.name())) CheckSum(call, *total);
  }

  const PolicyTotal* FindTotal(absl::string_view name) const {
    const auto found = std::find_if(totals_.begin(), totals_.end(), [name](const auto& total) {
      return total.definition->name() == name;
    });
    return found == totals_.end() ? nullptr : &*found;
  }

  void FindUnknown(const Expr& expr, absl::string_view name) {
    std::string hint;
    if (suggestions_++ < kMaxSuggestions) {
      NearName near(name);
      for (const PolicyTotal& total : totals_) near.Consider(total.definition->name());
      hint = near.Hint();
    }
    Find(expr, kReasonPolicyTotalUnknown,
         absl::StrCat("the pack has no total '", name, "'",
                      hint.empty() ? "; add it to totals" : hint));
  }

  void CheckSum(const Expr& call, const PolicyTotal& total) {
    if (std::none_of(total.commands.begin(), total.commands.end(), HasAmount)) {
      Find(call, kReasonPolicyTotalAmount,
           absl::StrCat("the commands of the total '", total.definition->name(),
                        "' name no amount; read ", call.name(), "_count"));
      return;
    }
    if (call.child_count() == 2) {
      if (std::any_of(commands_.begin(), commands_.end(), HasAmount)) return;
      Find(call, kReasonPolicyTotalCurrency,
           absl::StrCat("the command that is decided has no amount, whose currency the sum would "
                        "be in; write totals.",
                        call.name(), "('", total.definition->name(), "', 'EUR')"));
      return;
    }
    const Value* code = call.child(2).constant();
    if (code == nullptr || !code->is_string() || CurrencyExponent(code->string_value()).ok()) {
      return;
    }
    Find(call.child(2), kReasonPolicyTotalCurrency,
         absl::StrCat("'", code->string_value(), "' is no currency of ISO 4217 with amounts"));
  }

  static std::string ByText(const PolicyTotal& total, bool is_reason) {
    if (is_reason) return "a reason";
    switch (total.subject) {
      case v1::TOTAL_SUBJECT_CUSTOMER:
        return "a customer";
      case v1::TOTAL_SUBJECT_CASE:
        return "a case";
      case v1::TOTAL_SUBJECT_ORDER:
        return "an order";
      default:
        return "an account";
    }
  }

  void CheckPresence(const Expr& call, const PolicyTotal* total) {
    Presence subject = Presence::kAlways, reason = Presence::kAlways;
    for (const CommandInfo* command : commands_) {
      subject = Weaker(subject, SubjectOf(total->subject, *command));
      if (total->is_per_reason) reason = Weaker(reason, ReasonOf(*command));
    }
    const Presence worst = Weaker(subject, reason);
    if (worst == Presence::kAlways) return;
    const std::string by = ByText(*total, subject != worst);
    if (worst == Presence::kSometimes) {
      uncertain_.push_back({call, total, by});
      return;
    }
    Find(call, kReasonPolicyTotalNever,
         absl::StrCat("the total '", total->definition->name(), "' counts by ", by,
                      ", which a command of this rule set never has"));
  }

  void CheckTested() {
    for (const Uncertain& each : uncertain_) {
      if (tested_.count(each.total) > 0) continue;
      Find(each.call, kReasonPolicyTotalAbsent,
           absl::StrCat("the command may not have ", each.by,
                        ", and the rule then fails, which refuses; add `totals.has_total('",
                        each.total->definition->name(), "') &&`"),
           v1::Issue::SEVERITY_WARNING);
    }
  }

  const std::vector<PolicyTotal>& totals_;
  const std::vector<const CommandInfo*> commands_;
  std::set<int>* const read_;
  int suggestions_ = 0;
  bool reads_variables_ = false;
  std::set<int32_t> by_function_;
  std::set<const PolicyTotal*> tested_;
  std::vector<std::pair<Expr, const PolicyTotal*>> reads_;
  std::vector<Uncertain> uncertain_;
  std::vector<rules::ExpressionFinding> findings_;
};

}  // namespace

void AddTotalFunctions(rules::CompileOptions* options) {
  const Type money = Type::Message(v1::Money::descriptor());
  for (const bool has_currency : {false, true}) {
    Add(kGiven, has_currency, money, ReadSum<&v1::Total::given>, options);
    Add(kAsked, has_currency, money, ReadSum<&v1::Total::asked>, options);
  }
  Add(kGivenCount, false, Type::Int(), ReadCount<&v1::Total::given_count>, options);
  Add(kAskedCount, false, Type::Int(), ReadCount<&v1::Total::asked_count>, options);
  Add(kHas, false, Type::Bool(), ReadHas, options);
  for (const absl::string_view name : {kGiven, kAsked, kGivenCount, kAskedCount, kHas}) {
    options->reading_functions.insert(std::string(name));
  }
}

rules::ExpressionCheck MakeTotalCheck(const std::vector<PolicyTotal>& totals,
                                      std::vector<const CommandInfo*> commands,
                                      std::set<int>* read) {
  const auto check = std::make_shared<TotalCheck>(totals, std::move(commands), read);
  return [check](const Expr& root) { return check->Run(root); };
}

}  // namespace internal
}  // namespace frontdesk
