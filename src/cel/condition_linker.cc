// Laying conditions over fields out to run.
#include <algorithm>
#include <typeinfo>
#include <utility>
#include <vector>

#include "cel/condition.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

Slot ToSlot(const Value& value) {
  Slot slot;
  switch (value.kind()) {
    case ValueKind::kBool:
      slot.truth = value.bool_value();
      break;
    case ValueKind::kDouble:
      slot.real = value.double_value();
      break;
    case ValueKind::kString:
      slot.text = value.string_value();
      break;
    case ValueKind::kTimestamp:
      slot.time = {value.timestamp_seconds(), value.timestamp_nanos()};
      break;
    default:
      slot.integer = ValueAccess::bits(value);
  }
  return slot;
}

// Gives the messages on the way their slots. A message that an earlier term of a chain has walked to stays in its slot.
// The terms of a chain run in order, and one that runs at all runs its hops.
class Linker {
 public:
  Linker(const MessageSource* source, Arena* memory) : source_(source), memory_(memory) {}

  // False when the spec needs too many slots or reads what has no class here.
  bool Link(const TermSpec& spec, Term* term);
  bool LinkOperand(const OperandSpec& spec, Operand* operand);
  // The variables from outside, and whether the root is read.
  const std::vector<OpenLocal>& open() const { return open_; }
  bool reads_root() const { return reads_root_; }

 private:
  struct Known {
    const FieldDescriptor* field;
    uint8_t from;
    uint8_t to;
  };
  struct Local {
    int32_t number;
    uint8_t slot;
    const Descriptor* message;  // Null for scalars.
  };

  const Local* FindLocal(const OperandSpec& spec);
  bool LinkPath(const OperandSpec& spec, std::vector<Hop>* hops, Operand* operand);
  bool LinkTime(const PathStep& step, std::vector<Hop>* hops, uint8_t* slot, Operand* operand);
  bool LinkTerms(const TermSpec& spec, Term* term);
  bool LinkLoop(const TermSpec& spec, Term* term);
  bool Walk(const PathStep& step, std::vector<Hop>* hops, uint8_t* slot);
  bool NewSlot(uint8_t* slot) {
    if (slots_ == kMaxSlots) return false;
    *slot = slots_++;
    return true;
  }

  const MessageSource* source_;
  Arena* memory_;
  uint8_t slots_ = 1;
  std::vector<Known> known_;
  std::vector<Local> locals_;
  std::vector<OpenLocal> open_;
  bool reads_root_ = false;
};

bool Linker::Walk(const PathStep& step, std::vector<Hop>* hops, uint8_t* slot) {
  for (const Known& known : known_) {
    if (known.field == step.field && known.from == *slot) {
      *slot = known.to;
      return true;
    }
  }
  Hop hop{};
  // A time's accessor reads its parts, not the message.
  const bool direct =
      step.accessor != nullptr && step.accessor->shape == FieldAccessor::Shape::kMessage;
  hop.getter = direct ? step.accessor->getter.get_message : nullptr;
  hop.reflection = step.reflection;
  hop.field = step.field;
  if (!NewSlot(&hop.slot)) return false;
  known_.push_back({step.field, *slot, hop.slot});
  hops->push_back(hop);
  *slot = hop.slot;
  return true;
}

// Without an accessor a time is a message of its own, read as its class or, when it is a dynamic one, by reflection.
bool Linker::LinkTime(const PathStep& step, std::vector<Hop>* hops, uint8_t* slot,
                      Operand* operand) {
  if (!Walk(step, hops, slot)) return false;
  const Descriptor* type = step.field->message_type();
  const Message* prototype = source_->factory->GetPrototype(type);
  if (prototype == nullptr) return false;
  operand->reflection = prototype->GetReflection();
  operand->field = type->FindFieldByNumber(1);
  const bool generated = typeid(*prototype) == typeid(google::protobuf::Timestamp) ||
                         typeid(*prototype) == typeid(google::protobuf::Duration);
  operand->nanos = generated ? nullptr : type->FindFieldByNumber(2);
  return operand->field != nullptr && (generated || operand->nanos != nullptr);
}

// The variable that an operand starts from: of a loop that is being linked, or else one from outside. Loops put theirs at
// the end and take them away again; those from outside stay.
const Linker::Local* Linker::FindLocal(const OperandSpec& spec) {
  for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
    if (local->number == spec.local) return &*local;
  }
  OpenLocal open{};
  open.number = spec.local;
  open.kind = spec.path == nullptr ? spec.kind : ScalarKind::kNone;
  open.path = spec.path;
  if (!NewSlot(&open.slot)) return nullptr;
  open_.push_back(open);
  locals_.insert(locals_.begin(), {spec.local, open.slot,
                                   spec.path == nullptr ? nullptr : spec.path->start_descriptor});
  return &locals_.front();
}

bool Linker::LinkOperand(const OperandSpec& spec, Operand* operand) {
  *operand = Operand{};
  if (spec.local >= 0) {
    const Local* local = FindLocal(spec);
    const Descriptor* start = spec.path == nullptr ? nullptr : spec.path->start_descriptor;
    if (local == nullptr || local->message != start) return false;
    operand->slot = local->slot;
  } else {
    reads_root_ = true;
  }
  if (spec.path == nullptr) {
    operand->read = Read::kSlot;
    return true;
  }
  std::vector<Hop> hops;
  if (!LinkPath(spec, &hops, operand)) return false;
  Hop* kept = memory_->NewArray<Hop>(hops.size());
  std::copy(hops.begin(), hops.end(), kept);
  operand->hops = kept;
  operand->hops_end = kept + hops.size();
  return true;
}

bool Linker::LinkPath(const OperandSpec& spec, std::vector<Hop>* hops, Operand* operand) {
  const PathNode& path = *spec.path;
  // Where the walk is now; a walk begins where what is known of the path ends.
  uint8_t slot = operand->slot;
  for (int32_t i = 0; i + 1 < path.count; ++i) {
    if (!Walk(path.steps[i], hops, &slot)) return false;
    if (hops->empty()) operand->slot = slot;
  }
  const PathStep& last = path.steps[path.count - 1];
  operand->reflection = last.reflection;
  operand->field = last.field;
  if (last.accessor != nullptr) {
    operand->getter = last.accessor->getter;
    operand->has = last.accessor->has;
    operand->size = last.accessor->size;
  }
  bool direct = last.accessor != nullptr;
  if (spec.kind == ScalarKind::kTimestamp || spec.kind == ScalarKind::kDuration) {
    direct = direct && last.accessor->shape != FieldAccessor::Shape::kMessage;
    if (!direct) {
      if (!LinkTime(last, hops, &slot, operand)) return false;
      if (hops->empty()) operand->slot = slot;
    }
  }
  for (const Hop& hop : *hops) direct = direct && hop.getter != nullptr;
  operand->read = direct ? Read::kAccessor : Read::kReflection;
  return true;
}

bool Linker::LinkTerms(const TermSpec& spec, Term* term) {
  Term* terms = static_cast<Term*>(memory_->Allocate(sizeof(Term) * spec.term_count));
  for (int32_t i = 0; i < spec.term_count; ++i) {
    // A message that an inner chain or loop walks to may not have been reached when the next term runs.
    const size_t known = known_.size();
    new (&terms[i]) Term();
    if (!Link(*spec.terms[i], &terms[i])) return false;
    if (spec.terms[i]->terms != nullptr) {
      known_.resize(known + static_cast<size_t>(terms[i].left.hops_end - terms[i].left.hops));
    }
  }
  term->terms = terms;
  term->terms_end = terms + spec.term_count;
  return true;
}

bool Linker::LinkLoop(const TermSpec& spec, Term* term) {
  const FieldDescriptor& list = *spec.left.path->steps[spec.left.path->count - 1].field;
  const bool messages = list.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  term->kind = messages ? ScalarKind::kNone : KindOfField(list);
  term->body_cost = spec.body_cost;
  if (!NewSlot(&term->element)) return false;
  locals_.push_back({spec.local, term->element, messages ? list.message_type() : nullptr});
  // Within the loop the element changes: nothing known of it holds for the next one, but each runs its own hops first.
  const size_t known = known_.size();
  const bool linked = LinkTerms(spec, term);
  known_.resize(std::min(known, known_.size()));
  locals_.pop_back();
  return linked;
}

bool Linker::Link(const TermSpec& spec, Term* term) {
  term->negated = spec.negated;
  term->op = spec.op;
  term->kind = spec.left.kind;
  const bool chain = spec.kind == TermKind::kAnd || spec.kind == TermKind::kOr;
  if (!chain && !LinkOperand(spec.left, &term->left)) return false;
  if (!spec.right.none() && !LinkOperand(spec.right, &term->right)) return false;
  if (spec.kind == TermKind::kIn) {
    const size_t size = spec.constant.list_size();
    Slot* set = memory_->NewArray<Slot>(size);
    for (size_t i = 0; i < size; ++i) set[i] = ToSlot(spec.constant.list_at(i));
    term->set = set;
    term->set_end = set + size;
  } else if (spec.kind == TermKind::kAll || spec.kind == TermKind::kExists) {
    if (!LinkLoop(spec, term)) return false;
  } else if (chain) {
    if (!LinkTerms(spec, term)) return false;
  } else {
    term->constant = ToSlot(spec.constant);
  }
  SetTermFunctions(spec.kind, spec.right.none(), term);
  return true;
}

}  // namespace

bool LinkRootOperand(const OperandSpec& spec, const MessageSource* source, Arena* memory,
                     Operand* operand) {
  return Linker(source, memory).LinkOperand(spec, operand);
}

const PlanNode* ConditionPlanner::Link(const TermSpec* spec, PlanNode* slow) const {
  slow->spec = spec;
  if (spec == nullptr) return slow;
  Linker linker(source_, memory_);
  ConditionNode* node = memory_->New<ConditionNode>();
  Term* term = memory_->New<Term>();
  if (!linker.Link(*spec, term)) return slow;
  const bool chain = spec->kind == TermKind::kAnd && !spec->negated;
  node->terms = chain ? term->terms : term;
  node->terms_end = chain ? term->terms_end : term + 1;
  node->expr = slow->expr;
  node->cost = slow->cost;
  node->spec = spec;
  node->slow = slow;
  node->reads_root = linker.reads_root();
  OpenLocal* locals = memory_->NewArray<OpenLocal>(linker.open().size());
  std::copy(linker.open().begin(), linker.open().end(), locals);
  node->locals = locals;
  node->locals_end = locals + linker.open().size();
  SetConditionFunctions(node);
  return node;
}

}  // namespace frontdesk::cel::cel_internal
