#include "agents/scope.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agents/argument_reader.h"
#include "agents/words.h"
#include "frontdesk/agents/reasons.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/timestamp.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/v1/account.pb.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Most bytes of the id of a call: with its hash it makes the idempotency key.
constexpr std::size_t kMaxCallIdBytes = 64;

// Longest chain of customers that were merged one into the other.
constexpr int kMostMerges = domain::kMaxMergeChain + 1;

void Collect(const Message& message, const std::string& path, std::vector<NamedEntity>* named);

void CollectElement(const Message& message, const FieldDescriptor& field, int index,
                    const std::string& path, std::vector<NamedEntity>* named) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return Collect(index < 0 ? reflection.GetMessage(message, &field)
                             : reflection.GetRepeatedMessage(message, &field, index),
                   path, named);
  }
  const v1::EntityKind kind = EntityKindOfField(field);
  if (kind == v1::ENTITY_KIND_UNSPECIFIED) return;
  std::string id = index < 0 ? reflection.GetString(message, &field)
                             : reflection.GetRepeatedString(message, &field, index);
  if (!id.empty()) named->push_back({kind, std::move(id), path, &field});
}

void Collect(const Message& message, const std::string& path, std::vector<NamedEntity>* named) {
  if (message.GetDescriptor() == v1::EntityRef::descriptor()) {
    v1::EntityRef entity;
    entity.CopyFrom(message);
    if (!entity.id().empty()) {
      named->push_back({entity.kind(), entity.id(), absl::StrCat(path, "/id"),
                        v1::EntityRef::descriptor()->FindFieldByName("id")});
    }
    return;
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string inner = PointerTo(path, field->name());
    if (!field->is_repeated()) {
      CollectElement(message, *field, -1, inner, named);
      continue;
    }
    const int count = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < count; ++i) {
      CollectElement(message, *field, i, absl::StrCat(inner, "/", i), named);
    }
  }
}

// The customer that an entity belongs to, as its state names it; empty: nobody.
std::string OwnerOf(const v1::EntityState& state) {
  switch (state.state_case()) {
    case v1::EntityState::kInteraction:
      return state.interaction().customer_id();
    case v1::EntityState::kOrder:
      return state.order().customer_id();
    case v1::EntityState::kAccount:
      return state.account().customer_id();
    case v1::EntityState::kCase:
      return state.case_().customer_id();
    case v1::EntityState::kApproval:
      return state.approval().customer_id();
    default:
      return "";
  }
}

// Whether the command makes the entity of this id: the one that it creates, or another one that it opens beside.
bool IsMade(const domain::CommandInfo& info, const NamedEntity& named) {
  if (info.creates && named.path == PointerOf(info.id_path)) return true;
  return absl::StartsWith(named.field->name(), "new_") ||
         absl::StartsWith(named.field->name(), "follow_up_");
}

Violation OutOfScope(const std::string& path) {
  return {path, kReasonAgentOutOfScope,
          "The id is of nothing that belongs to the customer of this conversation."};
}

}  // namespace

std::vector<NamedEntity> NamedEntities(const Message& message) {
  std::vector<NamedEntity> named;
  Collect(message, "", &named);
  return named;
}

absl::Status Scope::Begin() {
  ErrorBuilder errors(kReasonAgentContextInvalid);
  const auto check_id = [&](absl::string_view field, absl::string_view id) {
    if (const auto fault = FindIdFault(id)) errors.Add(field, *fault->reason, fault->text);
  };
  const auto add = [&](absl::string_view field, absl::string_view text) {
    errors.Add(field, kReasonAgentContextInvalid, text);
  };
  if (context_.actor.actor_id().empty()) add("actor", "the actor has no id");
  if (context_.actor.kind() == v1::Actor::KIND_UNSPECIFIED) add("actor", "the actor has no kind");
  if (!ToTime(context_.now).has_value()) add("now", "the time is not in the years 1 to 9999");
  if (context_.call_id.empty()) add("call_id", "the call has no id");
  if (context_.call_id.size() > kMaxCallIdBytes) {
    add("call_id", absl::StrCat("the id has more than ", kMaxCallIdBytes, " bytes"));
  }
  check_id("call_id", context_.call_id);
  check_id("customer_id", context_.customer_id);
  check_id("interaction_id", context_.interaction_id);
  if (context_.whole_desk && !context_.customer_id.empty()) {
    add("customer_id", "a call about the whole desk has no customer");
  }
  if (!context_.whole_desk && context_.customer_id.empty() && context_.interaction_id.empty()) {
    add("customer_id", "neither a customer nor an interaction binds the call");
  }
  if (!errors.empty()) return errors.Build();
  if (!context_.customer_id.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(customer_id_, Survivor(context_.customer_id));
    if (customer_id_.empty()) {
      add("customer_id", "there is no such customer");
    } else {
      FRONTDESK_ASSIGN_OR_RETURN(customer_, Read(v1::ENTITY_KIND_CUSTOMER, customer_id_));
    }
  }
  if (!context_.interaction_id.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(interaction_,
                               Read(v1::ENTITY_KIND_INTERACTION, context_.interaction_id));
    if (interaction_ == nullptr) {
      add("interaction_id", "there is no such interaction");
    } else if (!customer_id_.empty() && !interaction_->interaction().customer_id().empty()) {
      FRONTDESK_ASSIGN_OR_RETURN(const std::string other,
                                 Survivor(interaction_->interaction().customer_id()));
      if (other != customer_id_) add("interaction_id", "the interaction is of another customer");
    }
  }
  return errors.Build();
}

const v1::Customer* Scope::customer() const {
  return customer_ == nullptr ? nullptr : &customer_->customer();
}

const v1::Interaction* Scope::interaction() const {
  return interaction_ == nullptr ? nullptr : &interaction_->interaction();
}

int Scope::identity_level() const {
  if (customer() == nullptr) return 0;
  return interaction() == nullptr
             ? domain::ReachedIdentityLevel(*customer(), context_.now, "")
             : domain::ReachedIdentityLevel(*customer(), context_.now, *interaction());
}

absl::StatusOr<std::shared_ptr<const v1::EntityState>> Scope::Read(v1::EntityKind kind,
                                                                   const std::string& id) {
  auto state = reader_.Get(Ref(kind, id));
  if (state.ok()) return *std::move(state);
  // An id that is none is the id of nothing.
  if (GetReason(state.status()) == kReasonEntityNotFound ||
      GetReason(state.status()) == kReasonEntityRefMalformed) {
    return std::shared_ptr<const v1::EntityState>();
  }
  return state.status();
}

absl::StatusOr<std::string> Scope::Survivor(std::string id) {
  for (int i = 0; i < kMostMerges; ++i) {
    if (id == customer_id_) return id;
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, Read(v1::ENTITY_KIND_CUSTOMER, id));
    if (state == nullptr) return std::string();
    if (state->customer().state() != v1::Customer::STATE_MERGED) return id;
    id = state->customer().survivor_customer_id();
  }
  return std::string();
}

absl::StatusOr<Scope::Found> Scope::Find(v1::EntityKind kind, const std::string& id) {
  const auto known = found_.find({kind, id});
  if (known != found_.end()) return known->second;
  FRONTDESK_ASSIGN_OR_RETURN(const Found found, Look(kind, id));
  found_[{kind, id}] = found;
  return found;
}

absl::StatusOr<Scope::Found> Scope::Look(v1::EntityKind kind, const std::string& id) {
  Found found;
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, Read(kind, id));
  found.exists = state != nullptr;
  if (!found.exists) return found;
  if (kind == v1::ENTITY_KIND_INTERACTION && id == context_.interaction_id) {
    found.is_own = true;
    return found;
  }
  if (customer_id_.empty()) return found;
  const std::string owner = kind == v1::ENTITY_KIND_CUSTOMER ? id : OwnerOf(*state);
  if (!owner.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::string survivor, Survivor(owner));
    found.is_own = survivor == customer_id_;
  } else if (kind == v1::ENTITY_KIND_ACCOUNT && customer() != nullptr) {
    // A card of the bearer is the customer's when it is one of the payment methods.
    const auto& methods = customer()->payment_methods();
    found.is_own = std::any_of(methods.begin(), methods.end(), [&](const v1::PaymentMethod& each) {
      return each.account_id() == id;
    });
  }
  return found;
}

absl::StatusOr<bool> Scope::Has(v1::EntityKind kind, const std::string& id) {
  if (!is_bound()) return true;
  FRONTDESK_ASSIGN_OR_RETURN(const Found found, Find(kind, id));
  return found.is_own;
}

absl::StatusOr<bool> Scope::HasAll(const Message& message) {
  if (!is_bound()) return true;
  for (const NamedEntity& named : NamedEntities(message)) {
    FRONTDESK_ASSIGN_OR_RETURN(const Found found, Find(named.kind, named.id));
    if (found.exists && !found.is_own) return false;
  }
  return true;
}

absl::StatusOr<std::vector<Violation>> Scope::CheckRead(const Message& message) {
  std::vector<Violation> violations;
  if (!is_bound()) return violations;
  for (const NamedEntity& named : NamedEntities(message)) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has, Has(named.kind, named.id));
    if (!has) violations.push_back(OutOfScope(named.path));
  }
  return violations;
}

absl::StatusOr<std::vector<Violation>> Scope::CheckCommand(const domain::CommandInfo& info,
                                                           const Message& message) {
  std::vector<Violation> violations;
  if (!is_bound()) return violations;
  bool names_customer = false;
  for (const NamedEntity& named : NamedEntities(message)) {
    FRONTDESK_ASSIGN_OR_RETURN(const Found found, Find(named.kind, named.id));
    const bool made = !found.exists && IsMade(info, named);
    if (!found.is_own && (!made || named.kind == v1::ENTITY_KIND_CUSTOMER)) {
      violations.push_back(OutOfScope(named.path));
    }
    names_customer = names_customer || named.kind == v1::ENTITY_KIND_CUSTOMER;
  }
  if (info.creates && !names_customer) {
    violations.push_back({"/customer_id", kReasonAgentOutOfScope,
                          "The customer of this conversation must be named here."});
  } else if (info.entity_kind == v1::ENTITY_KIND_UNSPECIFIED ||
             info.entity_kind == v1::ENTITY_KIND_DESK) {
    if (violations.empty()) violations.push_back(OutOfScope(""));
  }
  return violations;
}

}  // namespace agents
}  // namespace frontdesk
