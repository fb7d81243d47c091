#include "cel/tracer.h"

#include "absl/strings/str_cat.h"

namespace frontdesk::cel::cel_internal {

std::string Tracer::PathOf(int32_t index) const {
  const AstNode& node = ast_.node(index);
  if (node.kind == ExprKind::kIdentifier) {
    switch (node.reference) {
      case ReferenceKind::kVariable:
      case ReferenceKind::kRootField:
        return std::string(node.name);
      case ReferenceKind::kLocal:
        return locals_[node.slot].empty() ? std::string(node.name) : locals_[node.slot];
      default:
        return "";
    }
  }
  const bool index_call = node.kind == ExprKind::kCall &&
                          (node.op == Operator::kIndex || node.op == Operator::kOptionalIndex);
  const bool select = node.kind == ExprKind::kSelect || node.op == Operator::kOptionalSelect;
  if (!index_call && !select) return "";
  const auto children = ast_.children_of(node);
  const std::string parent = PathOf(children[0]);
  if (parent.empty()) return "";
  if (select) {
    return node.flags & kQuoted ? absl::StrCat(parent, ".`", node.name, "`")
                                : absl::StrCat(parent, ".", node.name);
  }
  const AstNode& key = ast_.node(children[1]);
  const Value& value = key.constant >= 0 ? ast_.constants[key.constant] : last_[children[1]];
  return absl::StrCat(parent, "[", ToText(value, 64), "]");
}

void Tracer::BindElement(int32_t slot, int32_t range, const Value& key) {
  if (Stopped()) return locals_[slot].clear();
  const std::string path = PathOf(range);
  locals_[slot] = path.empty() ? "" : absl::StrCat(path, "[", ToText(key, 64), "]");
}

void Tracer::CollectSkipped(int32_t root, const std::vector<const PlanNode*>& nodes) {
  std::vector<int32_t> stack = {root};
  while (!stack.empty()) {
    const int32_t index = stack.back();
    stack.pop_back();
    const AstNode& node = ast_.node(index);
    if (node.kind == ExprKind::kConstant || node.constant >= 0) continue;
    if (nodes[index] != nullptr && !done_[index]) {
      out_->skipped.push_back(ExprOf(&ast_, index));
      continue;
    }
    const auto children = ast_.children_of(node);
    stack.insert(stack.end(), children.rbegin(), children.rend());
  }
}

void Tracer::Record(int32_t index, const Value& value) {
  last_[index] = value;
  done_[index] = true;
  const AstNode& node = ast_.node(index);
  if (node.kind == ExprKind::kConstant || node.constant >= 0) return;
  const Expr expr = ExprOf(&ast_, index);
  if (out_->steps.size() < options_.max_steps) {
    out_->steps.push_back({expr, value});
  } else {
    out_->truncated = true;
    ++dropped_;
  }
  if (Stopped()) return;
  std::string path = PathOf(index);
  if (path.empty() || value.is_error()) return;
  // `order` in `order.lines` is no read of its own: the longer path replaces it when it comes right behind.
  std::vector<Read>& reads = out_->reads;
  for (size_t i = 0; i < reads.size(); ++i) {
    if (reads[i].path == path) return;
  }
  const auto children = ast_.children_of(node);
  if (!children.empty() && !reads.empty() && reads.back().expr == ExprOf(&ast_, children[0])) {
    reads.pop_back();
  }
  if (reads.size() >= options_.max_reads) {
    out_->truncated = true;
    return;
  }
  reads.push_back({std::move(path), node.field, value, expr});
}

}  // namespace frontdesk::cel::cel_internal
