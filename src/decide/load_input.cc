#include "decide/load_input.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "decide/lend.h"
#include "decide/named_facts.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/case/case_links.h"
#include "frontdesk/domain/command_info.h"
#include "internal/status_macros.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

using StatePtr = std::shared_ptr<const v1::EntityState>;

// Puts entities into an input: lent, where the input is on an arena. Their states are kept meanwhile.
class InputWriter {
 public:
  InputWriter(google::protobuf::Arena* arena, std::vector<StatePtr>* states)
      : arena_(arena), states_(*states) {}

  template <typename Entity>
  Entity* Lend(const StatePtr& state, const Entity& entity) const {
    if (arena_ != nullptr) states_.push_back(state);
    return LendTo(arena_, entity);
  }

 private:
  google::protobuf::Arena* const arena_;
  std::vector<StatePtr>& states_;
};

// Loads elements of lists, each once.
class RowLoader {
 public:
  // `arm` is that of the input.
  RowLoader(StateSource* source, Message* arm, std::vector<LoadedRow>* rows)
      : source_(source), arm_(*arm), rows_(*rows) {}

  // Puts the element of that name into the list of the entity in that field of the arm, unless it is there already. Returns it; null when
  // there is none.
  absl::StatusOr<const Message*> Load(const domain::RowList& list, const std::string& name,
                                      const FieldDescriptor& entity_field) {
    const auto [place, is_new] =
        loaded_.try_emplace({&entity_field, list.field->number(), name}, nullptr);
    if (name.empty() || !is_new) return place->second;
    const v1::EntityRef ref = domain::RefOf(arm_.GetReflection()->GetMessage(arm_, &entity_field));
    FRONTDESK_ASSIGN_OR_RETURN(auto found, source_->FindRow(ref, list.field->number(), name));
    if (!found.has_value()) return nullptr;
    Message* entity = Own(entity_field);
    Message* element = entity->GetReflection()->AddMessage(entity, list.field);
    if (!element->ParseFromString(found->element)) {
      return MakeError(kReasonStoreCorrupt, "an element of a list is not valid");
    }
    rows_.push_back({ref, &list, *std::move(found)});
    place->second = element;
    return element;
  }

 private:
  // The entity in that field, as one that may be changed: a lent one is copied.
  Message* Own(const FieldDescriptor& entity_field) {
    const google::protobuf::Reflection& access = *arm_.GetReflection();
    google::protobuf::Arena* const arena = arm_.GetArena();
    if (arena != nullptr && owned_.insert(&entity_field).second) {
      const Message& lent = access.GetMessage(arm_, &entity_field);
      Message* own = lent.New(arena);
      own->CopyFrom(lent);
      access.UnsafeArenaSetAllocatedMessage(&arm_, own, &entity_field);
    }
    return access.MutableMessage(&arm_, &entity_field);
  }

  StateSource* const source_;
  Message& arm_;
  std::vector<LoadedRow>& rows_;
  std::map<std::tuple<const FieldDescriptor*, int, std::string>, const Message*> loaded_;
  std::set<const FieldDescriptor*> owned_;
};

absl::Status CheckRelated(std::size_t count, int max_related) {
  if (count <= static_cast<std::size_t>(max_related)) return absl::OkStatus();
  return MakeError(kReasonRelatedTooMany, absl::StrCat("max_related is ", max_related));
}

// The customer, or the survivor of its merges. None when imports have it merged in a circle.
template <typename Arm>
absl::Status LoadCustomer(std::string customer_id, int max_related, StateSource* source,
                          const InputWriter& writer, Arm* arm) {
  std::shared_ptr<const v1::EntityState> found;
  std::set<std::string> seen;
  while (!customer_id.empty()) {
    if (!seen.insert(customer_id).second) return absl::OkStatus();
    FRONTDESK_RETURN_IF_ERROR(CheckRelated(seen.size(), max_related));
    FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                               source->Get(v1::ENTITY_KIND_CUSTOMER, customer_id));
    if (state == nullptr) break;
    found = state;
    customer_id = state->customer().survivor_customer_id();
  }
  if (found != nullptr) {
    arm->unsafe_arena_set_allocated_customer(writer.Lend(found, found->customer()));
  }
  return absl::OkStatus();
}

// The customer as it was in `version`, if it ever was; `state` is that of now.
absl::Status LoadBase(const StatePtr& state, std::int64_t version, StateSource* source,
                      const InputWriter& writer, v1::CustomerDecisionInput* arm) {
  StatePtr base = version == state->version() ? state : nullptr;
  if (version >= 1 && version < state->version()) {
    FRONTDESK_ASSIGN_OR_RETURN(base, source->GetAt(state->entity(), version));
  }
  if (base != nullptr) {
    arm->unsafe_arena_set_allocated_base_customer(writer.Lend(base, base->customer()));
  }
  return absl::OkStatus();
}

// The customer that the command names, else that of the addressed entity.
std::string CustomerIdOf(const Asked& asked, const std::string& of_entity) {
  const std::string& named = asked.ReferencedId("customer");
  return named.empty() ? of_entity : named;
}

// Finds the survivors of cases, each case once, and counts the cases that are read.
class CaseReader {
 public:
  CaseReader(StateSource* source, int max_cases) : source_(source), max_cases_(max_cases) {}

  // The case of that very id; null when there is none.
  absl::StatusOr<StatePtr> Get(const std::string& case_id) {
    const auto [entry, is_new] = read_.emplace(case_id, nullptr);
    if (!is_new) return entry->second;
    FRONTDESK_RETURN_IF_ERROR(CheckRelated(read_.size(), max_cases_));
    FRONTDESK_ASSIGN_OR_RETURN(entry->second, source_->Get(v1::ENTITY_KIND_CASE, case_id));
    return entry->second;
  }

  // The case itself, or the end of its chain of merges; null when there is none. Cases of a chain are passed once, however often
  // they are asked for.
  absl::StatusOr<StatePtr> GetSurvivor(const std::string& case_id) {
    std::vector<std::string> passed;
    StatePtr survivor;
    std::string next = case_id;
    while (true) {
      const auto [entry, is_new] = survivors_.emplace(next, nullptr);
      if (!is_new) {
        survivor = entry->second;  // Null also in a circle, in which no case survives.
        break;
      }
      passed.push_back(next);
      FRONTDESK_ASSIGN_OR_RETURN(const StatePtr state, Get(next));
      if (state == nullptr || state->case_().state() != v1::Case::STATE_MERGED) {
        survivor = state;
        break;
      }
      next = state->case_().survivor_case_id();
    }
    for (const std::string& each : passed) survivors_[each] = survivor;
    return survivor;
  }

 private:
  StateSource* const source_;
  const int max_cases_;
  std::unordered_map<std::string, StatePtr> read_;
  std::unordered_map<std::string, StatePtr> survivors_;
};

constexpr int kMaxJoinedCases = 100;

// The customer's id, and those of all that were merged into it.
void AddIds(const v1::Customer& customer, std::set<std::string>* ids) {
  ids->insert(customer.customer_id());
  for (const v1::MergedCustomerRef& ref : customer.merged_customer_refs()) {
    ids->insert(ref.customer_id());
  }
}

// The cases that were merged while the customers were one: of each pair one belongs to `merged`. At most as
// many as are reported at once.
absl::Status LoadJoinedCases(const v1::Customer& survivor, const v1::Customer& merged,
                             const CommandLimits& limits, StateSource* source,
                             v1::CustomerDecisionInput* arm) {
  std::set<std::string> of_merged;
  AddIds(merged, &of_merged);
  std::set<std::string> ids = of_merged;
  AddIds(survivor, &ids);
  CaseReader reader(source, limits.max_related);
  for (const std::string& id : ids) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> case_ids, source->MergedCasesOf(id));
    for (const std::string& case_id : case_ids) {
      FRONTDESK_ASSIGN_OR_RETURN(const auto joined, reader.Get(case_id));
      if (joined == nullptr) continue;
      if (arm->joined_cases_size() >= kMaxJoinedCases) return absl::OkStatus();
      const std::string& into_id = joined->case_().survivor_case_id();
      FRONTDESK_ASSIGN_OR_RETURN(const auto into, reader.Get(into_id));
      if (into == nullptr || of_merged.count(into->case_().customer_id()) == of_merged.count(id)) {
        continue;
      }
      v1::JoinedCase& pair = *arm->add_joined_cases();
      pair.set_case_id(case_id);
      pair.set_survivor_case_id(into_id);
    }
  }
  return absl::OkStatus();
}

// The addressed customer is the one of that very id: a merged one is changed no more.
absl::Status LoadCustomerArm(const Asked& asked, const CommandLimits& limits, StateSource* source,
                             const InputWriter& writer, v1::CustomerDecisionInput* arm) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             source->Get(v1::ENTITY_KIND_CUSTOMER, asked.entity_id()));
  if (state == nullptr) return absl::OkStatus();
  arm->unsafe_arena_set_allocated_customer(writer.Lend(state, state->customer()));
  if (asked.command().customer().has_edit_customer()) {
    return LoadBase(state, asked.command().customer().edit_customer().base_version(), source,
                    writer, arm);
  }
  const std::string& other_id = asked.ReferencedId("other_customer");
  if (other_id.empty()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto other, source->Get(v1::ENTITY_KIND_CUSTOMER, other_id));
  if (other == nullptr) return absl::OkStatus();
  arm->unsafe_arena_set_allocated_other_customer(writer.Lend(other, other->customer()));
  if (!asked.command().customer().has_unmerge_customers()) return absl::OkStatus();
  return LoadJoinedCases(state->customer(), other->customer(), limits, source, arm);
}

void AddRoute(const v1::MoneyRoute& route, std::set<std::string>* account_ids) {
  if (!route.account_id().empty()) account_ids->insert(route.account_id());
}

void AddAccounts(const v1::Order& order, std::set<std::string>* account_ids) {
  for (const v1::Payment& payment : order.payments()) AddRoute(payment.route(), account_ids);
  for (const v1::Refund& refund : order.refunds()) AddRoute(refund.route(), account_ids);
  for (const v1::Return& back : order.returns()) AddRoute(back.refund_route(), account_ids);
  for (const v1::Exchange& exchange : order.exchanges())
    AddRoute(exchange.settlement_route(), account_ids);
}

absl::Status LoadOrderArm(const Asked& asked, const v1::Facts& facts, const CommandLimits& limits,
                          StateSource* source, const InputWriter& writer,
                          v1::OrderDecisionInput* arm) {
  const std::string& order_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_ORDER, order_id));
  std::set<std::string> account_ids;
  std::string customer_id;
  if (state != nullptr) {
    arm->unsafe_arena_set_allocated_order(writer.Lend(state, state->order()));
    customer_id = state->order().customer_id();
    AddAccounts(state->order(), &account_ids);
  } else if (asked.command().order().has_import_order()) {
    AddAccounts(asked.command().order().import_order().order(), &account_ids);
  }
  FRONTDESK_RETURN_IF_ERROR(
      LoadCustomer(CustomerIdOf(asked, customer_id), limits.max_related, source, writer, arm));
  for (const v1::PaymentMethod& method : arm->customer().payment_methods()) {
    if (!method.account_id().empty()) account_ids.insert(method.account_id());
  }
  for (const std::string& account_id : account_ids) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto account,
                               source->Get(v1::ENTITY_KIND_ACCOUNT, account_id));
    if (account == nullptr) continue;
    arm->mutable_accounts()->UnsafeArenaAddAllocated(writer.Lend(account, account->account()));
  }
  if (facts.has_catalog()) {
    *arm->mutable_catalog() = NamedFacts(asked.command().order(), facts.catalog());
  }
  return absl::OkStatus();
}

absl::Status LoadAccountArm(const Asked& asked, const CommandLimits& limits, StateSource* source,
                            const InputWriter& writer, v1::AccountDecisionInput* arm) {
  const std::string& account_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_ACCOUNT, account_id));
  if (state != nullptr) {
    arm->unsafe_arena_set_allocated_account(writer.Lend(state, state->account()));
  }
  return LoadCustomer(CustomerIdOf(asked, state == nullptr ? "" : state->account().customer_id()),
                      limits.max_related, source, writer, arm);
}

absl::Status LoadInteractionArm(const Asked& asked, const CommandLimits& limits,
                                StateSource* source, const InputWriter& writer,
                                v1::InteractionDecisionInput* arm) {
  const std::string& interaction_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             source->Get(v1::ENTITY_KIND_INTERACTION, interaction_id));
  if (state != nullptr) {
    arm->unsafe_arena_set_allocated_interaction(writer.Lend(state, state->interaction()));
  }
  return LoadCustomer(
      CustomerIdOf(asked, state == nullptr ? "" : state->interaction().customer_id()),
      limits.max_related, source, writer, arm);
}

bool GoesOn(const v1::Case& one) {
  return one.state() == v1::Case::STATE_NEW || one.state() == v1::Case::STATE_OPEN ||
         one.state() == v1::Case::STATE_WAITING_ON_CUSTOMER ||
         one.state() == v1::Case::STATE_WAITING_ON_THIRD_PARTY;
}

const domain::RowList& CaseList(absl::string_view name) {
  return *domain::FindRowList(v1::ENTITY_KIND_CASE, name);
}

// Calls `visit` with each element of a list of the case.
template <typename Element, typename Visitor>
absl::Status ForEachElement(const v1::Case& one, absl::string_view name, StateSource* source,
                            Visitor visit) {
  const int list = CaseList(name).field->number();
  absl::optional<RowPosition> after;
  while (true) {
    constexpr int kPiece = 1'000;
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<StoredRow> rows,
                               source->Rows(domain::RefOf(one), list, after, kPiece));
    for (const StoredRow& row : rows) {
      Element element;
      if (!element.ParseFromString(row.element)) {
        return MakeError(kReasonStoreCorrupt, "an element of a list is not valid");
      }
      visit(element);
    }
    if (rows.size() < kPiece) return absl::OkStatus();
    after = rows.back().position;
  }
}

// The cases that `cause` itself caused.
absl::StatusOr<std::vector<std::string>> CausedCaseIds(const v1::Case& cause, StateSource* source) {
  std::vector<std::string> ids;
  const bool causes =
      std::any_of(cause.case_link_counts().begin(), cause.case_link_counts().end(),
                  [](const auto& count) { return count.kind() == v1::CaseLink::KIND_CAUSE_OF; });
  if (!causes) return ids;
  FRONTDESK_RETURN_IF_ERROR(ForEachElement<v1::CaseLink>(
      cause, "further_case_links", source, [&ids](const v1::CaseLink& link) {
        if (link.kind() == v1::CaseLink::KIND_CAUSE_OF) ids.push_back(link.case_id());
      }));
  return ids;
}

// The cases that were merged into this one, oldest first.
absl::StatusOr<std::vector<std::string>> MergedCaseIds(const v1::Case& one, StateSource* source) {
  std::vector<std::string> ids;
  if (one.merged_case_count() == 0) return ids;
  FRONTDESK_RETURN_IF_ERROR(ForEachElement<v1::MergedCase>(
      one, "merged_cases", source,
      [&ids](const v1::MergedCase& merged) { ids.push_back(merged.case_id()); }));
  return ids;
}

// The cases that `cause`, or a case merged into it, caused and that go on; each once.
absl::Status LoadCausedCases(const v1::Case& cause, int max_cases, StateSource* source,
                             const InputWriter& writer, v1::CaseDecisionInput* arm) {
  CaseReader reader(source, max_cases);
  std::vector<std::string> causes = {cause.case_id()};
  std::set<std::string> known = {cause.case_id()};
  std::set<std::string> added = {cause.case_id()};
  for (size_t next = 0; next < causes.size(); ++next) {
    const std::string cause_id = causes[next];
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, reader.Get(cause_id));
    if (state == nullptr) continue;
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> merged_ids,
                               MergedCaseIds(state->case_(), source));
    for (const std::string& id : merged_ids) {
      if (known.insert(id).second) causes.push_back(id);
    }
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> caused_ids,
                               CausedCaseIds(state->case_(), source));
    for (const std::string& caused_id : caused_ids) {
      FRONTDESK_ASSIGN_OR_RETURN(const auto caused, reader.GetSurvivor(caused_id));
      if (caused == nullptr || !GoesOn(caused->case_())) continue;
      if (added.insert(caused->case_().case_id()).second) {
        arm->mutable_caused_cases()->UnsafeArenaAddAllocated(writer.Lend(caused, caused->case_()));
      }
    }
  }
  return absl::OkStatus();
}

// The kind of link that leads from the lower to the upper of two cases linked by `kind`: from a child to its parent, from
// a case to its cause. KIND_UNSPECIFIED when neither is above the other.
v1::CaseLink::Kind UpwardKind(v1::CaseLink::Kind kind) {
  if (domain::IsUpward(kind)) return kind;
  const v1::CaseLink::Kind counterpart = domain::CounterpartOf(kind);
  return domain::IsUpward(counterpart) ? counterpart : v1::CaseLink::KIND_UNSPECIFIED;
}

// The cases above the upper one of the two that LinkCase would link, nearest first. The cases above a merged case are above its
// survivor, and the other way round.
absl::Status LoadAncestors(const v1::LinkCase& verb, const CommandLimits& limits,
                           StateSource* source, v1::CaseDecisionInput* arm) {
  const v1::CaseLink& link = verb.case_link();
  const v1::CaseLink::Kind upward = UpwardKind(link.kind());
  if (upward == v1::CaseLink::KIND_UNSPECIFIED) return absl::OkStatus();
  const bool is_lower = link.kind() == upward;
  const std::string& lower = is_lower ? verb.case_id() : link.case_id();
  const std::string& upper = is_lower ? link.case_id() : verb.case_id();
  struct Place {
    std::string case_id;
    bool counts;  // Not merged into the case before it.
  };
  std::vector<Place> places = {{upper, true}};
  std::set<std::string> known = {upper};
  int counted = 1;
  for (size_t next = 0; next < places.size(); ++next) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                               source->Get(v1::ENTITY_KIND_CASE, places[next].case_id));
    if (state == nullptr) continue;
    const v1::Case& one = state->case_();
    std::vector<std::string> above;
    if (one.state() == v1::Case::STATE_MERGED) above.push_back(one.survivor_case_id());
    for (const v1::CaseLink& each : one.case_links()) {
      if (each.kind() == upward) above.push_back(each.case_id());
    }
    for (std::string& id : above) {
      if (!known.insert(id).second) continue;
      arm->add_ancestor_case_ids(id);
      if (id == lower) return absl::OkStatus();
      if (++counted > limits.max_case_ancestors) {
        arm->set_has_more_ancestors(true);
        return absl::OkStatus();
      }
      places.push_back({std::move(id), true});
    }
    FRONTDESK_ASSIGN_OR_RETURN(std::vector<std::string> merged_ids, MergedCaseIds(one, source));
    for (std::string& id : merged_ids) {
      if (known.insert(id).second) places.push_back({std::move(id), false});
    }
    FRONTDESK_RETURN_IF_ERROR(CheckRelated(places.size(), limits.max_related));
  }
  return absl::OkStatus();
}

absl::Status LoadCaseArm(const Asked& asked, const CommandLimits& limits, StateSource* source,
                         const InputWriter& writer, v1::CaseDecisionInput* arm) {
  const std::string& case_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_CASE, case_id));
  if (state != nullptr) {
    arm->unsafe_arena_set_allocated_case_(writer.Lend(state, state->case_()));
  }
  const std::string& other_id = asked.ReferencedId("other_case");
  if (!other_id.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto found, source->Get(v1::ENTITY_KIND_CASE, other_id));
    if (found != nullptr) {
      arm->unsafe_arena_set_allocated_other_case(writer.Lend(found, found->case_()));
    }
  }
  if (asked.command().case_().has_resolve_case() && state != nullptr) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadCausedCases(state->case_(), limits.max_related, source, writer, arm));
  }
  if (asked.command().case_().has_link_case()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadAncestors(asked.command().case_().link_case(), limits, source, arm));
  }
  return LoadCustomer(CustomerIdOf(asked, state == nullptr ? "" : state->case_().customer_id()),
                      limits.max_related, source, writer, arm);
}

absl::Status LoadDeskArm(const Asked& asked, StateSource* source, v1::DeskDecisionInput* arm) {
  if (asked.info().id_fields.empty()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(asked.entity_kind(), asked.entity_id()));
  if (state == nullptr) return absl::OkStatus();
  *arm->mutable_entity() = state->entity();
  if (state->has_update_time()) *arm->mutable_update_time() = state->update_time();
  if (!asked.command().desk().has_activate_policy()) return absl::OkStatus();
  *arm->mutable_active_policy() = state->desk().active_policy();
  FRONTDESK_ASSIGN_OR_RETURN(
      const absl::optional<v1::PolicyRef> policy,
      source->FindPolicy(asked.command().desk().activate_policy().policy_hash()));
  if (policy.has_value()) *arm->mutable_policy() = *policy;
  return absl::OkStatus();
}

// Calls `visit` with each name of an element that the command gives at that path.
template <typename Visitor>
absl::Status ForEachName(const domain::NamedRowInfo& named,
                         const google::protobuf::Message& command, Visitor visit) {
  const google::protobuf::Message* holder = &command;
  for (std::size_t i = 0; i + 1 < named.path.size(); ++i) {
    holder = &holder->GetReflection()->GetMessage(*holder, named.path[i]);
  }
  const google::protobuf::FieldDescriptor* field = named.path.back();
  const google::protobuf::Reflection& access = *holder->GetReflection();
  const bool is_text = field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE;
  std::string scratch;
  if (field->is_repeated()) {
    for (int i = 0; i < access.FieldSize(*holder, field); ++i) {
      FRONTDESK_RETURN_IF_ERROR(visit(
          is_text ? access.GetRepeatedStringReference(*holder, field, i, &scratch)
                  : domain::RowName(*named.list, access.GetRepeatedMessage(*holder, field, i))));
    }
    return absl::OkStatus();
  }
  if (is_text) return visit(access.GetStringReference(*holder, field, &scratch));
  if (!access.HasField(*holder, field)) return absl::OkStatus();
  return visit(domain::RowName(*named.list, access.GetMessage(*holder, field)));
}

// Puts the elements that the command names into the lists of the entities in `arm`, which are loaded.
absl::Status LoadNamedRows(const Asked& asked, RowLoader* loader, google::protobuf::Message* arm) {
  const google::protobuf::Message& command = *domain::GetCommandMessage(asked.command());
  const google::protobuf::Reflection& access = *arm->GetReflection();
  for (const domain::NamedRowInfo& named : asked.info().rows) {
    if (!access.HasField(*arm, named.entity)) continue;
    FRONTDESK_RETURN_IF_ERROR(ForEachName(named, command, [&](const std::string& name) {
      FRONTDESK_ASSIGN_OR_RETURN(const google::protobuf::Message* element,
                                 loader->Load(*named.list, name, *named.entity));
      if (element == nullptr || named.input_field == nullptr) return absl::OkStatus();
      access.MutableMessage(arm, named.input_field)->CopyFrom(*element);
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

// Loads elements that a command needs beside those that it names.
template <typename Arm>
absl::Status LoadFurtherRows(const Asked&, const CommandLimits&, RowLoader*, Arm*) {
  return absl::OkStatus();
}

// Of a part that is split off, the part that it corrects too, and so on: where one of them went, it went as well.
absl::Status LoadCorrectedParts(const v1::SplitCase& verb, int max_related, RowLoader* loader,
                                const FieldDescriptor& one) {
  const domain::RowList& list = CaseList("parts");
  std::set<std::string> known;
  for (std::string part_id : verb.part_ids()) {
    for (int steps = 0; !part_id.empty() && known.insert(part_id).second; ++steps) {
      FRONTDESK_RETURN_IF_ERROR(CheckRelated(steps, max_related));
      FRONTDESK_ASSIGN_OR_RETURN(const Message* part, loader->Load(list, part_id, one));
      if (part == nullptr) break;
      part_id = static_cast<const v1::InteractionPart&>(*part).corrects_part_id();
    }
  }
  return absl::OkStatus();
}

// The link of that kind and its counterpart, on one of two cases.
absl::Status LoadCaseLink(v1::CaseLink link, RowLoader* loader, const FieldDescriptor& one) {
  if (link.case_id().empty()) return absl::OkStatus();
  const domain::RowList& list = CaseList("further_case_links");
  FRONTDESK_RETURN_IF_ERROR(loader->Load(list, domain::RowName(list, link), one).status());
  link.set_kind(domain::CounterpartOf(link.kind()));
  return loader->Load(list, domain::RowName(list, link), one).status();
}

absl::Status LoadFurtherRows(const Asked& asked, const CommandLimits& limits, RowLoader* loader,
                             v1::CaseDecisionInput* arm) {
  if (!arm->has_case_()) return absl::OkStatus();
  const google::protobuf::Descriptor& type = *v1::CaseDecisionInput::descriptor();
  const FieldDescriptor& this_case =
      *type.FindFieldByNumber(v1::CaseDecisionInput::kCaseFieldNumber);
  const FieldDescriptor& other_case =
      *type.FindFieldByNumber(v1::CaseDecisionInput::kOtherCaseFieldNumber);
  const v1::CaseCommand& command = asked.command().case_();
  v1::CaseLink own;
  if (command.has_reopen_case()) {
    own.set_kind(v1::CaseLink::KIND_HAS_FOLLOW_UP);
    own.set_case_id(command.reopen_case().follow_up_case_id());
    return LoadCaseLink(own, loader, this_case);
  }
  if (command.has_unsplit_case()) {
    own.set_kind(v1::CaseLink::KIND_SPLIT_INTO);
    own.set_case_id(command.unsplit_case().split_case_id());
    return LoadCaseLink(own, loader, this_case);
  }
  if (command.has_split_case()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadCorrectedParts(command.split_case(), limits.max_related, loader, this_case));
  }
  const bool links = command.has_link_case() && command.link_case().has_case_link();
  const bool unlinks = command.has_unlink_case() && command.unlink_case().has_case_link();
  if (!links && !unlinks) return absl::OkStatus();
  v1::CaseLink link = links ? command.link_case().case_link() : command.unlink_case().case_link();
  FRONTDESK_RETURN_IF_ERROR(LoadCaseLink(link, loader, this_case));
  if (!arm->has_other_case()) return absl::OkStatus();
  link.set_kind(domain::CounterpartOf(link.kind()));
  link.set_case_id(asked.entity_id());
  return LoadCaseLink(link, loader, other_case);
}

absl::Status LoadArm(const Asked& asked, const v1::Facts& facts, const CommandLimits& limits,
                     StateSource* source, const InputWriter& writer, v1::DecisionInput* input) {
  SetArm(asked.info().entity_kind, input);
  if (input->has_order()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadOrderArm(asked, facts, limits, source, writer, input->mutable_order()));
  } else if (input->has_account()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadAccountArm(asked, limits, source, writer, input->mutable_account()));
  } else if (input->has_customer()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadCustomerArm(asked, limits, source, writer, input->mutable_customer()));
  } else if (input->has_case_()) {
    FRONTDESK_RETURN_IF_ERROR(LoadCaseArm(asked, limits, source, writer, input->mutable_case_()));
  } else if (input->has_interaction()) {
    return LoadInteractionArm(asked, limits, source, writer, input->mutable_interaction());
  } else if (input->has_desk()) {
    FRONTDESK_RETURN_IF_ERROR(LoadDeskArm(asked, source, input->mutable_desk()));
  }
  if (asked.command().interaction_id().empty()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto interaction, source->Get(v1::ENTITY_KIND_INTERACTION,
                                                                 asked.command().interaction_id()));
  if (interaction == nullptr) return absl::OkStatus();
  VisitArm(*input, 0, [&](auto& arm) {
    arm.unsafe_arena_set_allocated_interaction(
        writer.Lend(interaction, interaction->interaction()));
    return 0;
  });
  return absl::OkStatus();
}

}  // namespace

absl::Status LoadInput(const Asked& asked, const v1::Facts& facts, const CommandLimits& limits,
                       StateSource* source, v1::DecisionInput* input, LoadedParts* parts) {
  const InputWriter writer(input->GetArena(), &parts->states);
  FRONTDESK_RETURN_IF_ERROR(LoadArm(asked, facts, limits, source, writer, input));
  return VisitArm(*input, absl::OkStatus(), [&](auto& arm) {
    RowLoader loader(source, &arm, &parts->rows);
    FRONTDESK_RETURN_IF_ERROR(LoadNamedRows(asked, &loader, &arm));
    return LoadFurtherRows(asked, limits, &loader, &arm);
  });
}

}  // namespace internal
}  // namespace frontdesk
