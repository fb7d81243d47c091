#include "frontdesk/domain/verbs.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/str_split.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Command;

constexpr VerbInfo kVerbs[] = {
    {Command::kCreateCustomer, "CreateCustomer", "create_customer", v1::ENTITY_KIND_CUSTOMER,
     "customer_id", true, "CUSTOMER_CREATE"},
    {Command::kImportCustomer, "ImportCustomer", "import_customer", v1::ENTITY_KIND_CUSTOMER,
     "customer.customer_id", true, "CUSTOMER_IMPORT"},
    {Command::kChangeAddress, "ChangeAddress", "change_address", v1::ENTITY_KIND_CUSTOMER,
     "customer_id", false, "CUSTOMER_CHANGE_ADDRESS"},
    {Command::kAddContactPoint, "AddContactPoint", "add_contact_point", v1::ENTITY_KIND_CUSTOMER,
     "customer_id", false, "CUSTOMER_ADD_CONTACT_POINT"},
    {Command::kVerifyContactPoint, "VerifyContactPoint", "verify_contact_point",
     v1::ENTITY_KIND_CUSTOMER, "customer_id", false, "CUSTOMER_VERIFY_CONTACT_POINT"},
    {Command::kRemoveContactPoint, "RemoveContactPoint", "remove_contact_point",
     v1::ENTITY_KIND_CUSTOMER, "customer_id", false, "CUSTOMER_REMOVE_CONTACT_POINT"},
    {Command::kAddPaymentMethod, "AddPaymentMethod", "add_payment_method", v1::ENTITY_KIND_CUSTOMER,
     "customer_id", false, "CUSTOMER_ADD_PAYMENT_METHOD"},
    {Command::kVerifyPaymentMethod, "VerifyPaymentMethod", "verify_payment_method",
     v1::ENTITY_KIND_CUSTOMER, "customer_id", false, "CUSTOMER_VERIFY_PAYMENT_METHOD"},
    {Command::kRemovePaymentMethod, "RemovePaymentMethod", "remove_payment_method",
     v1::ENTITY_KIND_CUSTOMER, "customer_id", false, "CUSTOMER_REMOVE_PAYMENT_METHOD"},
    {Command::kRecordConsent, "RecordConsent", "record_consent", v1::ENTITY_KIND_CUSTOMER,
     "customer_id", false, "CUSTOMER_RECORD_CONSENT"},
    {Command::kEditCustomer, "EditCustomer", "edit_customer", v1::ENTITY_KIND_CUSTOMER,
     "customer_id", false, "CUSTOMER_EDIT"},
    {Command::kVerifyIdentity, "VerifyIdentity", "verify_identity", v1::ENTITY_KIND_CUSTOMER,
     "customer_id", false, "CUSTOMER_VERIFY_IDENTITY"},
    {Command::kDiscloseCustomer, "DiscloseCustomer", "disclose_customer", v1::ENTITY_KIND_CUSTOMER,
     "customer_id", false, "CUSTOMER_DISCLOSE"},
    {Command::kMergeCustomers, "MergeCustomers", "merge_customers", v1::ENTITY_KIND_CUSTOMER,
     "customer_id", false, "CUSTOMER_MERGE"},
    {Command::kUnmergeCustomers, "UnmergeCustomers", "unmerge_customers", v1::ENTITY_KIND_CUSTOMER,
     "customer_id", false, "CUSTOMER_UNMERGE"},
    {Command::kChangeCustomerState, "ChangeCustomerState", "change_customer_state",
     v1::ENTITY_KIND_CUSTOMER, "customer_id", false, "CUSTOMER_CHANGE_STATE"},
    {Command::kStartInteraction, "StartInteraction", "start_interaction",
     v1::ENTITY_KIND_INTERACTION, "interaction_id", true, "INTERACTION_START"},
    {Command::kAddInteractionPart, "AddInteractionPart", "add_interaction_part",
     v1::ENTITY_KIND_INTERACTION, "interaction_id", false, "INTERACTION_ADD_PART"},
    {Command::kLinkInteraction, "LinkInteraction", "link_interaction", v1::ENTITY_KIND_INTERACTION,
     "interaction_id", false, "INTERACTION_LINK"},
    {Command::kEndInteraction, "EndInteraction", "end_interaction", v1::ENTITY_KIND_INTERACTION,
     "interaction_id", false, "INTERACTION_END"},
    {Command::kWrapUpInteraction, "WrapUpInteraction", "wrap_up_interaction",
     v1::ENTITY_KIND_INTERACTION, "interaction_id", false, "INTERACTION_WRAP_UP"},
    {Command::kSetInteractionCustomer, "SetInteractionCustomer", "set_interaction_customer",
     v1::ENTITY_KIND_INTERACTION, "interaction_id", false, "INTERACTION_SET_CUSTOMER"},
    {Command::kPlaceOrder, "PlaceOrder", "place_order", v1::ENTITY_KIND_ORDER, "order_id", true,
     "ORDER_PLACE"},
    {Command::kImportOrder, "ImportOrder", "import_order", v1::ENTITY_KIND_ORDER, "order.order_id",
     true, "ORDER_IMPORT"},
    {Command::kRecordPayment, "RecordPayment", "record_payment", v1::ENTITY_KIND_ORDER, "order_id",
     false, "ORDER_RECORD_PAYMENT"},
    {Command::kRecordShipment, "RecordShipment", "record_shipment", v1::ENTITY_KIND_ORDER,
     "order_id", false, "ORDER_RECORD_SHIPMENT"},
    {Command::kRecordDelivery, "RecordDelivery", "record_delivery", v1::ENTITY_KIND_ORDER,
     "order_id", false, "ORDER_RECORD_DELIVERY"},
    {Command::kCancelOrder, "CancelOrder", "cancel_order", v1::ENTITY_KIND_ORDER, "order_id", false,
     "ORDER_CANCEL"},
    {Command::kChangeShippingAddress, "ChangeShippingAddress", "change_shipping_address",
     v1::ENTITY_KIND_ORDER, "order_id", false, "ORDER_CHANGE_SHIPPING_ADDRESS"},
    {Command::kChangePaymentMethod, "ChangePaymentMethod", "change_payment_method",
     v1::ENTITY_KIND_ORDER, "order_id", false, "ORDER_CHANGE_PAYMENT_METHOD"},
    {Command::kChangeItems, "ChangeItems", "change_items", v1::ENTITY_KIND_ORDER, "order_id", false,
     "ORDER_CHANGE_ITEMS"},
    {Command::kRequestReturn, "RequestReturn", "request_return", v1::ENTITY_KIND_ORDER, "order_id",
     false, "ORDER_REQUEST_RETURN"},
    {Command::kRequestExchange, "RequestExchange", "request_exchange", v1::ENTITY_KIND_ORDER,
     "order_id", false, "ORDER_REQUEST_EXCHANGE"},
    {Command::kRefundOrder, "RefundOrder", "refund_order", v1::ENTITY_KIND_ORDER, "order_id", false,
     "ORDER_REFUND"},
    {Command::kImportAccount, "ImportAccount", "import_account", v1::ENTITY_KIND_ACCOUNT,
     "account.account_id", true, "ACCOUNT_IMPORT"},
    {Command::kCreditAccount, "CreditAccount", "credit_account", v1::ENTITY_KIND_ACCOUNT,
     "account_id", false, "ACCOUNT_CREDIT"},
    {Command::kDebitAccount, "DebitAccount", "debit_account", v1::ENTITY_KIND_ACCOUNT, "account_id",
     false, "ACCOUNT_DEBIT"},
    {Command::kOpenCase, "OpenCase", "open_case", v1::ENTITY_KIND_CASE, "case_id", true,
     "CASE_OPEN"},
    {Command::kClassifyCase, "ClassifyCase", "classify_case", v1::ENTITY_KIND_CASE, "case_id",
     false, "CASE_CLASSIFY"},
    {Command::kAssignCase, "AssignCase", "assign_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_ASSIGN"},
    {Command::kAddCasePart, "AddCasePart", "add_case_part", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_ADD_PART"},
    {Command::kHoldCase, "HoldCase", "hold_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_HOLD"},
    {Command::kResumeCase, "ResumeCase", "resume_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_RESUME"},
    {Command::kResolveCase, "ResolveCase", "resolve_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_RESOLVE"},
    {Command::kReopenCase, "ReopenCase", "reopen_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_REOPEN"},
    {Command::kCloseCase, "CloseCase", "close_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_CLOSE"},
    {Command::kCancelCase, "CancelCase", "cancel_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_CANCEL"},
    {Command::kImportCase, "ImportCase", "import_case", v1::ENTITY_KIND_CASE,
     "imported_case.case_id", true, "CASE_IMPORT"},
    {Command::kPrioritiseCase, "PrioritiseCase", "prioritise_case", v1::ENTITY_KIND_CASE, "case_id",
     false, "CASE_PRIORITISE"},
    {Command::kTransferCase, "TransferCase", "transfer_case", v1::ENTITY_KIND_CASE, "case_id",
     false, "CASE_TRANSFER"},
    {Command::kAcceptCaseTransfer, "AcceptCaseTransfer", "accept_case_transfer",
     v1::ENTITY_KIND_CASE, "case_id", false, "CASE_ACCEPT_TRANSFER"},
    {Command::kDeclineCaseTransfer, "DeclineCaseTransfer", "decline_case_transfer",
     v1::ENTITY_KIND_CASE, "case_id", false, "CASE_DECLINE_TRANSFER"},
    {Command::kConsultOnCase, "ConsultOnCase", "consult_on_case", v1::ENTITY_KIND_CASE, "case_id",
     false, "CASE_CONSULT"},
    {Command::kAnswerCaseConsultation, "AnswerCaseConsultation", "answer_case_consultation",
     v1::ENTITY_KIND_CASE, "case_id", false, "CASE_ANSWER_CONSULTATION"},
    {Command::kNameCaseState, "NameCaseState", "name_case_state", v1::ENTITY_KIND_CASE, "case_id",
     false, "CASE_NAME_STATE"},
    {Command::kLinkCase, "LinkCase", "link_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_LINK"},
    {Command::kUnlinkCase, "UnlinkCase", "unlink_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_UNLINK"},
    {Command::kAddCaseTask, "AddCaseTask", "add_case_task", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_ADD_TASK"},
    {Command::kCompleteCaseTask, "CompleteCaseTask", "complete_case_task", v1::ENTITY_KIND_CASE,
     "case_id", false, "CASE_COMPLETE_TASK"},
    {Command::kRemoveCaseTask, "RemoveCaseTask", "remove_case_task", v1::ENTITY_KIND_CASE,
     "case_id", false, "CASE_REMOVE_TASK"},
    {Command::kMergeCases, "MergeCases", "merge_cases", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_MERGE"},
    {Command::kUnmergeCases, "UnmergeCases", "unmerge_cases", v1::ENTITY_KIND_CASE, "case_id",
     false, "CASE_UNMERGE"},
    {Command::kSplitCase, "SplitCase", "split_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_SPLIT"},
    {Command::kUnsplitCase, "UnsplitCase", "unsplit_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_UNSPLIT"},
    {Command::kEscalateCase, "EscalateCase", "escalate_case", v1::ENTITY_KIND_CASE, "case_id",
     false, "CASE_ESCALATE"},
    {Command::kReferCase, "ReferCase", "refer_case", v1::ENTITY_KIND_CASE, "case_id", false,
     "CASE_REFER"},
    {Command::kApprove, "Approve", "approve", v1::ENTITY_KIND_APPROVAL, "approval_id", false,
     "APPROVAL_APPROVE"},
    {Command::kDecline, "Decline", "decline", v1::ENTITY_KIND_APPROVAL, "approval_id", false,
     "APPROVAL_DECLINE"},
};

}  // namespace

absl::Span<const VerbInfo> Verbs() { return kVerbs; }

const VerbInfo* FindVerb(v1::Command::VerbCase verb) {
  const auto* found =
      std::lower_bound(std::begin(kVerbs), std::end(kVerbs), verb,
                       [](const VerbInfo& info, Command::VerbCase key) { return info.verb < key; });
  return found != std::end(kVerbs) && found->verb == verb ? found : nullptr;
}

const VerbInfo* FindVerbByName(absl::string_view name) {
  const auto* found = std::find_if(std::begin(kVerbs), std::end(kVerbs),
                                   [name](const VerbInfo& info) { return info.name == name; });
  return found != std::end(kVerbs) ? found : nullptr;
}

absl::string_view VerbName(v1::Command::VerbCase verb) {
  const VerbInfo* info = FindVerb(verb);
  return info == nullptr ? absl::string_view() : info->name;
}

v1::EntityKind VerbEntityKind(v1::Command::VerbCase verb) {
  const VerbInfo* info = FindVerb(verb);
  return info == nullptr ? v1::ENTITY_KIND_UNSPECIFIED : info->entity_kind;
}

v1::EntityRef AddressedEntity(const v1::Command& command) {
  v1::EntityRef entity;
  const VerbInfo* info = FindVerb(command.verb_case());
  if (info == nullptr) return entity;
  entity.set_kind(info->entity_kind);
  const google::protobuf::Message* message = &command;
  const google::protobuf::FieldDescriptor* field =
      command.GetDescriptor()->FindFieldByNumber(static_cast<int>(info->verb));
  for (absl::string_view part : absl::StrSplit(info->id_path, '.')) {
    message = &message->GetReflection()->GetMessage(*message, field);
    field = message->GetDescriptor()->FindFieldByName(std::string(part));
  }
  entity.set_id(message->GetReflection()->GetString(*message, field));
  return entity;
}

const google::protobuf::Descriptor* DecisionInputDescriptor(v1::Command::VerbCase verb) {
  return DecisionInputDescriptor(VerbEntityKind(verb));
}

const google::protobuf::Descriptor* DecisionInputDescriptor(v1::EntityKind kind) {
  switch (kind) {
    case v1::ENTITY_KIND_CUSTOMER:
      return v1::CustomerDecisionInput::descriptor();
    case v1::ENTITY_KIND_INTERACTION:
      return v1::InteractionDecisionInput::descriptor();
    case v1::ENTITY_KIND_ORDER:
      return v1::OrderDecisionInput::descriptor();
    case v1::ENTITY_KIND_ACCOUNT:
      return v1::AccountDecisionInput::descriptor();
    case v1::ENTITY_KIND_CASE:
      return v1::CaseDecisionInput::descriptor();
    default:
      return nullptr;
  }
}

absl::string_view EntityKindName(v1::EntityKind kind) {
  switch (kind) {
    case v1::ENTITY_KIND_CUSTOMER:
      return "CUSTOMER";
    case v1::ENTITY_KIND_INTERACTION:
      return "INTERACTION";
    case v1::ENTITY_KIND_ORDER:
      return "ORDER";
    case v1::ENTITY_KIND_ACCOUNT:
      return "ACCOUNT";
    case v1::ENTITY_KIND_CASE:
      return "CASE";
    case v1::ENTITY_KIND_APPROVAL:
      return "APPROVAL";
    default:
      return "";
  }
}

}  // namespace domain
}  // namespace frontdesk
