#include "decide/external_ids.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "decide/pipeline.h"
#include "domain/row_lists.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/customer/reasons.h"
#include "frontdesk/v1/customer.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A list of ids that a command gives.
struct Giver {
  // The field of the command, and the list below it.
  absl::string_view verb;
  absl::string_view path;
  // Whether they are ids of parts; else of the addressed entity.
  bool of_parts = false;
};

// Every one. Another verb is one line.
constexpr Giver kGivers[] = {
    {"create_customer", "external_ids"},
    {"import_customer", "customer.external_ids"},
    {"edit_customer", "add_external_ids"},
    {"open_case", "external_ids"},
    {"import_case", "case.external_ids"},
    {"import_case", "case.parts.external_ids", true},
    {"change_case_external_ids", "add_external_ids"},
    {"add_case_part", "part.external_ids", true},
    {"start_interaction", "external_ids"},
    {"add_interaction_part", "part.external_ids", true},
    {"import_order", "order.external_ids"},
};

// A list as fields.
struct GivenList {
  std::vector<const FieldDescriptor*> fields;
  bool of_parts = false;
};

// By the message of the command. A path that leads nowhere has a null in it, and the program ends on the first command.
const std::vector<GivenList>* ListsOf(const domain::CommandInfo& command) {
  static const auto* const all = [] {
    auto* lists = new std::unordered_map<const domain::CommandInfo*, std::vector<GivenList>>;
    for (const domain::CommandInfo& info : domain::Commands()) {
      for (const Giver& giver : kGivers) {
        if (giver.verb != info.field) continue;
        GivenList list;
        list.of_parts = giver.of_parts;
        const google::protobuf::Descriptor* message = info.message;
        for (const absl::string_view name : absl::StrSplit(giver.path, '.')) {
          list.fields.push_back(message->FindFieldByName(std::string(name)));
          message = list.fields.back()->message_type();
        }
        (*lists)[&info].push_back(std::move(list));
      }
    }
    return lists;
  }();
  const auto found = all->find(&command);
  return found == all->end() ? nullptr : &found->second;
}

using VisitId = absl::FunctionRef<absl::Status(const v1::ExternalId&, std::string field)>;

// Visits each id below `message`, which is at `path`, by the fields from number `at` on.
absl::Status VisitIds(const Message& message, const std::vector<const FieldDescriptor*>& fields,
                      std::size_t at, const std::string& path, VisitId visit) {
  const google::protobuf::Reflection& access = *message.GetReflection();
  const FieldDescriptor* const field = fields[at];
  const int size = field->is_repeated() ? access.FieldSize(message, field) : 1;
  // Most commands give no ids: no path is made for them.
  if (size == 0) return absl::OkStatus();
  const std::string name = absl::StrCat(path, ".", field->name());
  const auto go_on = [&](const Message& element, std::string element_path) -> absl::Status {
    if (at + 1 < fields.size()) return VisitIds(element, fields, at + 1, element_path, visit);
    return visit(static_cast<const v1::ExternalId&>(element), std::move(element_path));
  };
  if (!field->is_repeated()) return go_on(access.GetMessage(message, field), name);
  for (int i = 0; i < size; ++i) {
    FRONTDESK_RETURN_IF_ERROR(
        go_on(access.GetRepeatedMessage(message, field, i), absl::StrCat(name, "[", i, "]")));
  }
  return absl::OkStatus();
}

const Reason& TakenReason(v1::EntityKind kind) {
  if (kind == v1::ENTITY_KIND_CASE) return kReasonCaseExternalIdTaken;
  if (kind == v1::ENTITY_KIND_INTERACTION) return kReasonInteractionExternalIdTaken;
  if (kind == v1::ENTITY_KIND_ORDER) return kReasonOrderExternalIdTaken;
  return kReasonCustomerExternalIdTaken;
}

v1::Refusal MakeTaken(v1::EntityKind kind, bool of_part, absl::string_view field,
                      const std::string& existing_id, const std::string& existing_part_id) {
  const absl::string_view noun = domain::EntityKindNoun(kind);
  v1::Refusal refusal =
      MakeRefusal(v1::Refusal::ORIGIN_INVARIANT, TakenReason(kind), field,
                  of_part ? absl::StrCat("another part of the same or another ", noun,
                                         " has this id in this system")
                          : absl::StrCat("another ", noun, " has this id in this system"));
  const auto add = [&refusal](absl::string_view name, const std::string& value) {
    if (value.empty()) return;
    v1::DetailValue* detail = refusal.add_details();
    detail->set_name(std::string(name));
    detail->set_value(value);
  };
  add("existing_id", existing_id);
  add("existing_part_id", existing_part_id);
  return refusal;
}

// Looks up the ids of one command, one after the other.
class IdChecker {
 public:
  IdChecker(const Asked& asked, const Policy& policy, StateSource* source)
      : asked_(asked), policy_(policy), source_(source) {}

  absl::Status Check(const v1::ExternalId& given, bool of_parts, const std::string& field) {
    const v1::EntityKind kind = asked_.entity_kind();
    // An import keeps one that breaks the rule for ids; nothing is found by it.
    if (given.is_invalid() || FindIdFault(given.system()) || FindIdFault(given.id())) {
      return absl::OkStatus();
    }
    const auto answer = kind == v1::ENTITY_KIND_CUSTOMER
                            ? absl::make_optional(v1::UniqueExternalId::DUPLICATE_REFUSE)
                            : policy_.FindUniqueId(kind, of_parts, given.system());
    if (!answer.has_value()) return absl::OkStatus();
    const bool creates = asked_.info().creates;
    // Named are the entity that the command would create, and the part that it would add; nothing else.
    const bool names_existing =
        *answer == v1::UniqueExternalId::DUPLICATE_EXISTING && creates != of_parts;
    if (of_parts && !given_.emplace(given.system(), given.id()).second) {
      found_.refusals.push_back(MakeTaken(kind, of_parts, field, asked_.entity_id(), ""));
      return absl::OkStatus();
    }
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                               source_->EntitiesWith(kind, of_parts, given));
    // An entity may have its own ids. The one that a command would create has none.
    const auto other = std::find_if(ids.begin(), ids.end(), [&](const std::string& id) {
      return of_parts || names_existing || id != asked_.entity_id();
    });
    if (other == ids.end()) return absl::OkStatus();
    v1::EntityRef existing;
    existing.set_kind(kind);
    existing.set_id(*other);
    std::string part_id;
    if (of_parts) {
      FRONTDESK_ASSIGN_OR_RETURN(part_id, source_->PartWith(existing, given));
    }
    const bool is_second = !found_.existing.id().empty() &&
                           (found_.existing.id() != *other || found_.existing_part_id != part_id);
    if (!names_existing || is_second) {
      found_.refusals.push_back(MakeTaken(kind, of_parts, field, *other, part_id));
    } else {
      found_.existing = std::move(existing);
      found_.existing_part_id = std::move(part_id);
    }
    return absl::OkStatus();
  }

  // The ids that a customer has again after a merge is undone.
  absl::Status CheckUnmerge(const v1::UnmergeCustomers& unmerge) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto survivor,
                               source_->Get(v1::ENTITY_KIND_CUSTOMER, unmerge.customer_id()));
    if (survivor == nullptr) return absl::OkStatus();
    const domain::RowList& merges =
        *domain::FindRowList(v1::ENTITY_KIND_CUSTOMER, "merged_customers");
    FRONTDESK_ASSIGN_OR_RETURN(
        const absl::optional<StoredRow> row,
        source_->FindRow(survivor->entity(), merges.field->number(), unmerge.merged_customer_id()));
    if (!row.has_value()) return absl::OkStatus();
    v1::MergedCustomer merged;
    if (!merged.ParseFromString(row->element)) return domain::InvalidElementError();
    for (const v1::ExternalId& given : merged.merged_before().external_ids()) {
      if (given.is_invalid()) continue;
      FRONTDESK_ASSIGN_OR_RETURN(
          const std::vector<std::string> ids,
          source_->EntitiesWith(v1::ENTITY_KIND_CUSTOMER, /*of_parts=*/false, given));
      const auto other = std::find_if(ids.begin(), ids.end(), [&unmerge](const std::string& id) {
        return id != unmerge.customer_id() && id != unmerge.merged_customer_id();
      });
      if (other == ids.end()) continue;
      found_.refusals.push_back(MakeTaken(v1::ENTITY_KIND_CUSTOMER, /*of_part=*/false,
                                          "unmerge_customers.merged_customer_id", *other, ""));
    }
    return absl::OkStatus();
  }

  ExternalIdCheck Take() {
    if (!found_.refusals.empty()) found_.existing.Clear();
    return std::move(found_);
  }

 private:
  const Asked& asked_;
  const Policy& policy_;
  StateSource* const source_;
  // The ids of parts that came before.
  std::set<std::pair<std::string, std::string>> given_;
  ExternalIdCheck found_;
};

}  // namespace

absl::StatusOr<ExternalIdCheck> CheckExternalIds(const Asked& asked, const Policy& policy,
                                                 StateSource* source) {
  IdChecker checker(asked, policy, source);
  if (const std::vector<GivenList>* lists = ListsOf(asked.info())) {
    for (const GivenList& list : *lists) {
      FRONTDESK_RETURN_IF_ERROR(
          VisitIds(asked.message(), list.fields, 0, std::string(asked.info().field),
                   [&](const v1::ExternalId& given, const std::string& field) {
                     return checker.Check(given, list.of_parts, field);
                   }));
    }
  } else if (asked.command().customer().has_unmerge_customers()) {
    FRONTDESK_RETURN_IF_ERROR(checker.CheckUnmerge(asked.command().customer().unmerge_customers()));
  }
  return checker.Take();
}

absl::optional<v1::EntityRef> ExistingEntity(const v1::JournalRecord& record) {
  const domain::CommandInfo* const info = domain::FindCommand(record.command());
  if (record.verdict() != v1::VERDICT_DONE || info == nullptr) return absl::nullopt;
  const std::vector<GivenList>* const lists = ListsOf(*info);
  if (lists == nullptr) return absl::nullopt;
  // An approval may have an event of its own.
  for (const v1::EventRef& event : record.events()) {
    if (event.entity().kind() == info->entity_kind) return absl::nullopt;
  }
  // Other commands may have nothing to change.
  const bool names_existing =
      std::any_of(lists->begin(), lists->end(),
                  [info](const GivenList& list) { return info->creates != list.of_parts; });
  if (!names_existing) return absl::nullopt;
  for (const v1::IndexRead& read : record.index_reads()) {
    const bool is_of_id = absl::StartsWith(read.key(), "external_id/") ||
                          absl::StartsWith(read.key(), "part_external_id/");
    if (read.entity_kind() != info->entity_kind || !is_of_id || read.ids().empty()) continue;
    v1::EntityRef existing;
    existing.set_kind(read.entity_kind());
    existing.set_id(read.ids(0));
    return existing;
  }
  return absl::nullopt;
}

}  // namespace internal
}  // namespace frontdesk
