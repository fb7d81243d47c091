// The macros that go over lists and maps, and those that bind a name.
#include "absl/base/optimization.h"
#include "cel/plan.h"
#include "cel/tracer.h"

namespace frontdesk::cel::cel_internal {
namespace {

template <typename Node>
const Node& As(const PlanNode* node) {
  return *static_cast<const Node*>(node);
}

// Steps through the elements and binds the variables.
class Walk {
 public:
  Walk(const ComprehensionNode& node, Frame& frame, const Value& range)
      : node_(node),
        frame_(frame),
        list_(range.is_list() ? ValueAccess::list(range) : nullptr),
        map_(range.is_list() ? nullptr : ValueAccess::map(range)),
        size_(list_ != nullptr ? list_->size() : map_->size()),
        cost_before_(frame.cost),
        plain_(list_ != nullptr && !node.two && frame.tracer == nullptr) {}

  size_t size() const { return size_; }

  // Binds the next element. False at the end or when a limit is reached, which then is error().
  bool Next() {
    if (index_ >= size_) return false;
    ++frame_.iterations;
    frame_.Charge(node_.body_cost);
    if (ABSL_PREDICT_FALSE(frame_.iterations > frame_.max_iterations ||
                           frame_.cost > frame_.max_cost ||
                           frame_.arena->used() > frame_.max_memory)) {
      return Stop();
    }
    if (ABSL_PREDICT_TRUE(plain_)) {
      Value& element = frame_.locals[node_.slot];
      element = list_->at(index_++);
      if (ABSL_PREDICT_FALSE(element.is_error())) element = Locate(element);
      return true;
    }
    BindBoth();
    ++index_;
    return true;
  }

  // The limit that ended it, none when there is no other.
  Value error() { return Failed(error_); }
  bool failed() const { return error_.is_error(); }
  // `error` of the body. An error LIMIT_COST has the place where the cost ran out. It gets the place of this comprehension
  // when most of the cost was spent here, and not in a comprehension within or in that one step.
  Value Failed(const Value& error) {
    if (ABSL_PREDICT_TRUE(!error.is_error() || frame_.cost <= frame_.max_cost)) return error;
    if (ValueAccess::error(error)->code != Code::LIMIT_COST || frame_.cost_placed) return error;
    const int64_t most = frame_.max_cost / 2;
    if (frame_.last_charge >= most) {
      frame_.cost_placed = true;
      return error;
    }
    if (frame_.cost - cost_before_ < most) return error;
    frame_.cost_placed = true;
    return node_.Fail(frame_, Code::LIMIT_COST);
  }
  // The key or index of the current element.
  Value key() const { return frame_.locals[node_.slot]; }

 private:
  bool Stop() {
    error_ = node_.Fail(frame_, frame_.iterations > frame_.max_iterations
                                    ? Code::LIMIT_COMPREHENSION_ITERATIONS
                                : frame_.cost > frame_.max_cost ? Code::LIMIT_COST
                                                                : Code::LIMIT_MEMORY);
    return false;
  }

  Value Locate(const Value& element) const {
    return LocateError(*frame_.arena, element, node_.range->expr);
  }

  void BindBoth() {
    Value first, second;
    if (list_ != nullptr) {
      first = Value::Int(static_cast<int64_t>(index_));
      second = list_->at(index_);
    } else {
      first = map_->key(index_);
      if (node_.two) second = map_->value(index_);
    }
    second = Locate(second);
    frame_.locals[node_.slot] = node_.two || list_ == nullptr ? first : second;
    if (node_.two) frame_.locals[node_.slot + 1] = second;
    if (frame_.tracer != nullptr) Trace(first);
  }

  void Trace(const Value& key) {
    frame_.tracer->BindPlain(node_.slot);
    if (node_.two) {
      frame_.tracer->BindElement(node_.slot + 1, node_.range->expr, key);
    } else if (list_ != nullptr) {
      frame_.tracer->BindElement(node_.slot, node_.range->expr, key);
    }
  }

  const ComprehensionNode& node_;
  Frame& frame_;
  const ListData* list_;  // One of both.
  const MapData* map_;
  size_t size_;
  int64_t cost_before_;
  bool plain_;  // One variable over a list, not explained.
  size_t index_ = 0;
  Value error_;
};

Value RangeOf(const ComprehensionNode& self, Frame& frame) {
  const Value range = self.range->Run(frame);
  if (range.is_error() || range.is_list() || range.is_map()) return range;
  return self.Fail(frame, Code::NO_MATCHING_OVERLOAD, "macro");
}

// all and exists: the first decisive element ends it, errors of others are forgotten.
template <Macro macro>
int TestQuantifier(const PlanNode* node, Frame& frame) {
  constexpr int kDecisive = macro == Macro::kAll ? kBoolFalse : kBoolTrue;
  const ComprehensionNode& self = As<ComprehensionNode>(node);
  const Value range = RangeOf(self, frame);
  if (range.is_error()) return FailBool(frame, range);
  Walk walk(self, frame, range);
  Value error;
  while (walk.Next()) {
    const int result = self.body->Test(frame);
    if (result == kDecisive) return kDecisive;
    if (result != kBoolError) continue;
    if (frame.Ends(frame.error)) return FailBool(frame, walk.Failed(frame.error));
    if (!error.is_error()) error = frame.error;
  }
  if (walk.failed()) return FailBool(frame, walk.error());
  return error.is_error() ? FailBool(frame, walk.Failed(error)) : 1 - kDecisive;
}

int TestExistsOne(const PlanNode* node, Frame& frame) {
  const ComprehensionNode& self = As<ComprehensionNode>(node);
  const Value range = RangeOf(self, frame);
  if (range.is_error()) return FailBool(frame, range);
  Walk walk(self, frame, range);
  size_t count = 0;
  while (walk.Next()) {
    const int result = self.body->Test(frame);
    if (result == kBoolError) return FailBool(frame, walk.Failed(frame.error));
    count += result == kBoolTrue;
  }
  return walk.failed() ? FailBool(frame, walk.error()) : count == 1;
}

// Room for as many results as there can be; null when that is beyond the limits.
Value* ResultArray(const ComprehensionNode& self, Frame& frame, size_t size, Value* error) {
  if (const absl::optional<Code> limit = frame.LimitOf(size, size * sizeof(Value))) {
    *error = self.Fail(frame, *limit);
    return nullptr;
  }
  return frame.arena->NewArray<Value>(size);
}

// map, filter and transformList.
template <Macro macro>
Value EvalToList(const PlanNode* node, Frame& frame) {
  const ComprehensionNode& self = As<ComprehensionNode>(node);
  const Value range = RangeOf(self, frame);
  if (range.is_error()) return range;
  Walk walk(self, frame, range);
  Value error;
  Value* elements = ResultArray(self, frame, walk.size(), &error);
  if (elements == nullptr) return error;
  size_t size = 0;
  const PlanNode* condition = macro == Macro::kFilter ? self.body : self.filter;
  while (walk.Next()) {
    if (condition != nullptr) {
      const int result = condition->Test(frame);
      if (result == kBoolError) return walk.Failed(frame.error);
      if (result == kBoolFalse) continue;
    }
    const Value element = macro == Macro::kFilter ? frame.locals[self.slot] : self.body->Run(frame);
    if (element.is_error()) return walk.Failed(element);
    elements[size++] = element;
  }
  if (walk.failed()) return walk.error();
  return ValueAccess::List(frame.arena->New<ArrayList>(elements, size));
}

// transformMap keeps the keys, transformMapEntry takes the entries of the maps that its body makes.
template <Macro macro>
Value EvalToMap(const PlanNode* node, Frame& frame) {
  const ComprehensionNode& self = As<ComprehensionNode>(node);
  const Value range = RangeOf(self, frame);
  if (range.is_error()) return range;
  Walk walk(self, frame, range);
  std::vector<ArrayMap::Entry> entries;
  // False at a limit, with the error: entries take work and memory before the map is made.
  Value error;
  const auto add = [&](const Value& key, const Value& value) {
    const size_t text = key.is_string() ? key.string_value().size() / 10 : 0;
    const size_t size = entries.size() + 1;
    absl::optional<Code> limit = frame.LimitOf(size, size * sizeof(ArrayMap::Entry));
    if (!frame.Charge(static_cast<int64_t>(2 + text))) limit = Code::LIMIT_COST;
    if (limit.has_value()) {
      error = node->Fail(frame, *limit);
      return false;
    }
    entries.push_back({key, value});
    return true;
  };
  while (walk.Next()) {
    if (self.filter != nullptr) {
      const int result = self.filter->Test(frame);
      if (result == kBoolError) return walk.Failed(frame.error);
      if (result == kBoolFalse) continue;
    }
    const Value value = self.body->Run(frame);
    if (value.is_error()) return walk.Failed(value);
    if (macro == Macro::kTransformMap) {
      if (!add(walk.key(), value)) return error;
    } else if (!value.is_map()) {
      return self.body->Fail(frame, Code::TYPE_MISMATCH);
    } else {
      for (size_t i = 0; i < value.map_size(); ++i) {
        if (!add(value.map_key(i), value.map_value(i))) return error;
      }
    }
  }
  if (walk.failed()) return walk.error();
  auto* copy = frame.arena->NewArray<ArrayMap::Entry>(entries.size());
  std::copy(entries.begin(), entries.end(), copy);
  bool unique = true;
  const ArrayMap* map = ArrayMap::Make({copy, entries.size()}, *frame.arena, &unique);
  if (!unique) return node->Fail(frame, Code::DUPLICATE_KEY);
  return ValueAccess::Map(map);
}

// An error of the value only counts where the name is used, unless it is a limit.
Value EvalBind(const PlanNode* node, Frame& frame) {
  const BindNode& self = As<BindNode>(node);
  const Value value = self.value->Run(frame);
  if (value.is_error() && frame.Ends(value)) return value;
  frame.locals[self.slot] = value;
  if (frame.tracer != nullptr) frame.tracer->BindAlias(self.slot, self.value->expr);
  return self.body->Run(frame);
}

int TestBind(const PlanNode* node, Frame& frame) {
  const BindNode& self = As<BindNode>(node);
  const Value value = self.value->Run(frame);
  if (value.is_error() && frame.Ends(value)) return FailBool(frame, value);
  frame.locals[self.slot] = value;
  if (frame.tracer != nullptr) frame.tracer->BindAlias(self.slot, self.value->expr);
  return self.body->Test(frame);
}

template <bool flat>
Value EvalOptionalMap(const PlanNode* node, Frame& frame) {
  const BindNode& self = As<BindNode>(node);
  const Value target = self.value->Run(frame);
  if (target.is_error()) return target;
  if (!target.is_optional()) {
    return node->Fail(frame, Code::NO_MATCHING_OVERLOAD, flat ? "optFlatMap" : "optMap");
  }
  if (!target.optional_has_value()) return target;
  frame.locals[self.slot] = target.optional_value();
  if (frame.tracer != nullptr) frame.tracer->BindPlain(self.slot);
  const Value result = self.body->Run(frame);
  if (result.is_error()) return result;
  if (!flat) return ValueAccess::Optional(frame.arena->New<Value>(result));
  if (!result.is_optional()) return self.body->Fail(frame, Code::TYPE_MISMATCH);
  return result;
}

}  // namespace

void SetComprehensionFunctions(ComprehensionNode* node) {
  node->eval = FromBool;
  node->eval_bool = FromValue;
  switch (node->macro) {
    case Macro::kAll:
      node->eval_bool = TestQuantifier<Macro::kAll>;
      break;
    case Macro::kExists:
      node->eval_bool = TestQuantifier<Macro::kExists>;
      break;
    case Macro::kExistsOne:
      node->eval_bool = TestExistsOne;
      break;
    case Macro::kFilter:
      node->eval = EvalToList<Macro::kFilter>;
      break;
    case Macro::kTransformMap:
      node->eval = EvalToMap<Macro::kTransformMap>;
      break;
    case Macro::kTransformMapEntry:
      node->eval = EvalToMap<Macro::kTransformMapEntry>;
      break;
    default:
      node->eval = EvalToList<Macro::kMap>;
  }
}

void SetBindFunctions(BindNode* node) {
  node->eval = node->macro == Macro::kOptMap       ? EvalOptionalMap<false>
               : node->macro == Macro::kOptFlatMap ? EvalOptionalMap<true>
                                                   : EvalBind;
  node->eval_bool = node->macro == Macro::kBind ? TestBind : FromValue;
}

}  // namespace frontdesk::cel::cel_internal
