#include "cel_reads.h"

#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/cel/value.h"

namespace frontdesk::python {
namespace {

using cel::Expr;
using cel::ExprKind;
using cel::Macro;
using cel::Operator;
using cel::ReferenceKind;

class ReadPartFinder {
 public:
  explicit ReadPartFinder(bool is_traced) : is_traced_(is_traced) {}

  std::optional<ReadParts> Find(const Expr& root) {
    Visit(root);
    if (has_unknown_names_) return std::nullopt;
    return std::move(parts_);
  }

 private:
  // A variable of a macro, and the part that it is; null: a computed value, whose reads were found where it is computed.
  struct Local {
    std::string name;
    ReadPart* part;
  };

  // The part that `expr` is, as far as it is a variable, or an entry or element of one. Null otherwise.
  ReadPart* PartOf(const Expr& expr) {
    switch (expr.kind()) {
      case ExprKind::kIdentifier:
        return PartOfName(expr);
      case ExprKind::kSelect:
      case ExprKind::kHas:
        return expr.child_count() == 0 ? PartOfName(expr)
                                       : EntryOf(expr.child(0), std::string(expr.name()));
      case ExprKind::kCall:
        break;
      default:
        return nullptr;
    }
    const bool is_optional =
        expr.op() == Operator::kOptionalSelect || expr.op() == Operator::kOptionalIndex;
    if (!is_optional && expr.op() != Operator::kIndex) return nullptr;
    ReadPart* const part = PartOfAccess(expr);
    // A trace shows the value inside an optional.
    if (is_optional && part != nullptr && is_traced_) part->is_whole = true;
    return part;
  }

  ReadPart* PartOfAccess(const Expr& expr) {
    if (expr.op() == Operator::kOptionalSelect) {
      return EntryOf(expr.child(0), std::string(expr.name()));
    }
    const cel::Value* const key = expr.child(1).constant();
    if (key != nullptr && key->is_string()) {
      return EntryOf(expr.child(0), std::string(key->string_value()));
    }
    ReadPart* const range = PartOf(expr.child(0));
    return range == nullptr ? nullptr : ElementsOf(range);
  }

  ReadPart* PartOfName(const Expr& expr) {
    if (expr.reference() == ReferenceKind::kVariable ||
        expr.reference() == ReferenceKind::kRootField) {
      return &parts_[std::string(expr.name())];
    }
    if (expr.reference() == ReferenceKind::kNone) has_unknown_names_ = true;
    if (expr.reference() != ReferenceKind::kLocal) return nullptr;
    for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
      if (local->name == expr.name()) return local->part;
    }
    return nullptr;
  }

  ReadPart* EntryOf(const Expr& map, std::string key) {
    ReadPart* const part = PartOf(map);
    return part == nullptr ? nullptr : &part->entries[std::move(key)];
  }

  static ReadPart* ElementsOf(ReadPart* part) {
    if (part->elements == nullptr) part->elements = std::make_unique<ReadPart>();
    return part->elements.get();
  }

  // The value of `expr` is used as a whole. The depth of an expression is limited, and so is that of the recursion.
  void Visit(const Expr& expr) {
    ReadPart* const part = PartOf(expr);
    if (part != nullptr) {
      // An entry is there, whatever it holds.
      if (expr.kind() != ExprKind::kHas) part->is_whole = true;
      VisitOperands(expr);
      return;
    }
    if (expr.kind() == ExprKind::kComprehension || expr.kind() == ExprKind::kBind) {
      VisitMacro(expr);
      return;
    }
    for (size_t i = 0; i < expr.child_count(); ++i) Visit(expr.child(i));
  }

  // The keys and indexes on the way to a part.
  void VisitOperands(const Expr& expr) {
    if (expr.kind() == ExprKind::kCall && expr.op() != Operator::kOptionalSelect) {
      Visit(expr.child(1));
    }
    if (expr.child_count() > 0) VisitOperands(expr.child(0));
  }

  // Whether the elements themselves are not in the result.
  static bool OnlyLooksAtElements(Macro macro) {
    switch (macro) {
      case Macro::kAll:
      case Macro::kExists:
      case Macro::kExistsOne:
      case Macro::kMap:
      case Macro::kTransformList:
      case Macro::kTransformMap:
      case Macro::kTransformMapEntry:
        return true;
      default:
        return false;
    }
  }

  void VisitMacro(const Expr& expr) {
    const Expr range = expr.child(0);
    ReadPart* part = PartOf(range);
    if (part == nullptr) {
      Visit(range);
    } else {
      VisitOperands(range);
    }
    const size_t locals = locals_.size();
    if (expr.kind() == ExprKind::kBind) {
      locals_.push_back({std::string(expr.variable(0)), part});
    } else {
      // With one variable it is the element of a list, or the key of a map; with two the second one is the element or the value.
      if (part != nullptr) part = ElementsOf(part);
      const bool has_two = !expr.variable(1).empty();
      locals_.push_back({std::string(expr.variable(0)), has_two ? nullptr : part});
      if (has_two) locals_.push_back({std::string(expr.variable(1)), part});
      if (part != nullptr && !OnlyLooksAtElements(expr.macro())) part->is_whole = true;
    }
    for (size_t i = 1; i < expr.child_count(); ++i) Visit(expr.child(i));
    locals_.resize(locals);
  }

  const bool is_traced_;
  ReadParts parts_;
  bool has_unknown_names_ = false;
  std::vector<Local> locals_;
};

}  // namespace

std::optional<ReadParts> FindReadParts(const Expr& root, bool is_traced) {
  return ReadPartFinder(is_traced).Find(root);
}

void MergeReadPart(ReadPart from, ReadPart* to) {
  to->is_whole = to->is_whole || from.is_whole;
  for (auto& [name, part] : from.entries) MergeReadPart(std::move(part), &to->entries[name]);
  if (from.elements == nullptr) return;
  if (to->elements == nullptr) to->elements = std::make_unique<ReadPart>();
  MergeReadPart(std::move(*from.elements), to->elements.get());
}

}  // namespace frontdesk::python
