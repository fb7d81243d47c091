#include "decide/load_rows.h"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/merged_method_ids.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/case/case_links.h"
#include "frontdesk/domain/command_info.h"
#include "google/protobuf/message.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {

absl::Status CheckRelated(std::size_t count, int max_related) {
  if (count <= static_cast<std::size_t>(max_related)) return absl::OkStatus();
  return MakeError(kReasonRelatedTooMany, absl::StrCat("max_related is ", max_related));
}

const domain::RowList& CaseList(absl::string_view name) {
  return *domain::FindRowList(v1::ENTITY_KIND_CASE, name);
}

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

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
    FRONTDESK_ASSIGN_OR_RETURN(Message * element, domain::AddElement(list, found->element, entity));
    rows_.push_back({ref, &list, *std::move(found)});
    place->second = element;
    return element;
  }

  // The same for an element of a list of `owner`, another entity of that kind, which the decision sees in the list of the one in that
  // field.
  absl::StatusOr<const Message*> LoadOf(const v1::EntityRef& owner, const domain::RowList& list,
                                        const std::string& name,
                                        const FieldDescriptor& entity_field) {
    const auto [place, is_new] =
        loaded_.try_emplace({&entity_field, list.field->number(), name}, nullptr);
    if (place->second != nullptr) return place->second;
    FRONTDESK_ASSIGN_OR_RETURN(const auto found,
                               source_->FindRow(owner, list.field->number(), name));
    if (!found.has_value()) return nullptr;
    FRONTDESK_ASSIGN_OR_RETURN(place->second,
                               domain::AddElement(list, found->element, Own(entity_field)));
    return place->second;
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
  const google::protobuf::Message& command = asked.message();
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

// Loads the removed payment method of that id, of the customer in that field or of one that was merged into it; whether there is one.
absl::StatusOr<bool> LoadRemovedMethod(const v1::Customer& customer, const std::string& id,
                                       RowLoader* loader, const FieldDescriptor& customer_field) {
  static const domain::RowList& list =
      *domain::FindRowList(v1::ENTITY_KIND_CUSTOMER, "removed_payment_methods");
  FRONTDESK_ASSIGN_OR_RETURN(const Message* own, loader->Load(list, id, customer_field));
  if (own != nullptr) return true;
  std::vector<std::string> merged_ids;
  for (const v1::MergedCustomerRef& ref : customer.merged_customer_refs()) {
    merged_ids.push_back(ref.customer_id());
  }
  for (std::string& merged_id : merged_ids) {
    v1::EntityRef owner;
    owner.set_kind(v1::ENTITY_KIND_CUSTOMER);
    owner.set_id(std::move(merged_id));
    FRONTDESK_ASSIGN_OR_RETURN(const Message* found,
                               loader->LoadOf(owner, list, id, customer_field));
    if (found != nullptr) return true;
  }
  return false;
}

absl::Status LoadFurtherRows(const Asked& asked, const CommandLimits&, RowLoader* loader,
                             v1::CustomerDecisionInput* arm) {
  if (!arm->has_customer()) return absl::OkStatus();
  const google::protobuf::Descriptor& type = *v1::CustomerDecisionInput::descriptor();
  const FieldDescriptor& customer =
      *type.FindFieldByNumber(v1::CustomerDecisionInput::kCustomerFieldNumber);
  const FieldDescriptor& other =
      *type.FindFieldByNumber(v1::CustomerDecisionInput::kOtherCustomerFieldNumber);
  const v1::CustomerCommand& command = asked.command().customer();
  if (command.has_add_payment_method()) {
    const std::string& id = command.add_payment_method().payment_method().payment_method_id();
    return LoadRemovedMethod(arm->customer(), id, loader, customer).status();
  }
  if (!command.has_merge_customers() || !arm->has_other_customer()) return absl::OkStatus();
  // An id that turns out to be used is replaced by another one.
  std::set<std::string> known;
  bool is_found = true;
  while (is_found) {
    is_found = false;
    for (const std::string& id : domain::MergedMethodIds(arm->customer(), arm->other_customer())) {
      if (!known.insert(id).second) continue;
      FRONTDESK_ASSIGN_OR_RETURN(const bool is_used,
                                 LoadRemovedMethod(arm->customer(), id, loader, customer));
      FRONTDESK_ASSIGN_OR_RETURN(const bool is_used_there,
                                 LoadRemovedMethod(arm->other_customer(), id, loader, other));
      is_found = is_found || is_used || is_used_there;
    }
  }
  return absl::OkStatus();
}

// The payments and refunds that a report of a gateway is about, as far as they are finished.
class ReportedRows {
 public:
  ReportedRows(const v1::OrderDecisionInput& arm, RowLoader* loader)
      : arm_(arm),
        loader_(*loader),
        order_(*v1::OrderDecisionInput::descriptor()->FindFieldByNumber(
            v1::OrderDecisionInput::kOrderFieldNumber)) {}

  // The movement that the reference was reported for before.
  absl::Status LoadReported(const std::string& reference) {
    v1::GatewayReport report;
    for (const v1::GatewayReport& each : arm_.order().gateway_reports()) {
      if (each.reference() == reference) report = each;
    }
    FRONTDESK_RETURN_IF_ERROR(LoadPayment(report.payment_id()));
    FRONTDESK_RETURN_IF_ERROR(LoadRefund(report.refund_id()));
    return LoadDispute(report.dispute_id());
  }

  absl::Status LoadPayment(const std::string& payment_id) {
    static const domain::RowList& list =
        *domain::FindRowList(v1::ENTITY_KIND_ORDER, "finished_payments");
    return loader_.Load(list, payment_id, order_).status();
  }

  // With the payments that it is paid from: they hold its amount again when it comes back.
  absl::Status LoadRefund(const std::string& refund_id) {
    if (refund_id.empty()) return absl::OkStatus();
    static const domain::RowList& list =
        *domain::FindRowList(v1::ENTITY_KIND_ORDER, "finished_refunds");
    FRONTDESK_RETURN_IF_ERROR(loader_.Load(list, refund_id, order_).status());
    // By value: the order may be copied when a row is loaded.
    v1::Refund refund;
    for (const auto* refunds : {&arm_.order().refunds(), &arm_.order().finished_refunds()}) {
      for (const v1::Refund& each : *refunds) {
        if (each.refund_id() == refund_id) refund = each;
      }
    }
    for (const v1::RefundPart& part : refund.parts()) {
      FRONTDESK_RETURN_IF_ERROR(LoadPayment(part.payment_id()));
    }
    return absl::OkStatus();
  }

  absl::Status LoadDispute(const std::string& dispute_id) {
    std::string payment_id;
    for (const v1::Dispute& each : arm_.order().disputes()) {
      if (each.dispute_id() == dispute_id) payment_id = each.payment_id();
    }
    return LoadPayment(payment_id);
  }

 private:
  const v1::OrderDecisionInput& arm_;
  RowLoader& loader_;
  const FieldDescriptor& order_;
};

absl::Status LoadFurtherRows(const Asked& asked, const CommandLimits&, RowLoader* loader,
                             v1::OrderDecisionInput* arm) {
  if (!arm->has_order()) return absl::OkStatus();
  const v1::OrderCommand& command = asked.command().order();
  ReportedRows rows(*arm, loader);
  if (command.has_record_dispute()) {
    const v1::RecordDispute& verb = command.record_dispute();
    FRONTDESK_RETURN_IF_ERROR(rows.LoadReported(verb.gateway_reference()));
    return rows.LoadDispute(verb.dispute_id());
  }
  if (!command.has_record_payment()) return absl::OkStatus();
  const v1::RecordPayment& verb = command.record_payment();
  if (verb.has_payment()) return rows.LoadReported(verb.payment().gateway_reference());
  FRONTDESK_RETURN_IF_ERROR(rows.LoadReported(verb.refund().gateway_reference()));
  FRONTDESK_RETURN_IF_ERROR(rows.LoadPayment(verb.refund().payment_id()));
  return rows.LoadRefund(verb.refund().refund_id());
}

}  // namespace

absl::Status LoadRows(const Asked& asked, const CommandLimits& limits, StateSource* source,
                      v1::DecisionInput* input, std::vector<LoadedRow>* rows) {
  return VisitArm(*input, absl::OkStatus(), [&](auto& arm) {
    RowLoader loader(source, &arm, rows);
    FRONTDESK_RETURN_IF_ERROR(LoadNamedRows(asked, &loader, &arm));
    return LoadFurtherRows(asked, limits, &loader, &arm);
  });
}

}  // namespace internal
}  // namespace frontdesk
