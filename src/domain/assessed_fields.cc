#include "frontdesk/domain/assessed_fields.h"

#include "domain/unchanged_commands.h"
#include "frontdesk/v1/case_input.pb.h"
#include "frontdesk/v1/customer_input.pb.h"
#include "frontdesk/v1/interaction_input.pb.h"
#include "frontdesk/v1/order_input.pb.h"

namespace frontdesk {
namespace domain {
namespace {

std::vector<absl::string_view> NamesOf(absl::Span<const UnchangedCommand> commands) {
  std::vector<absl::string_view> names;
  for (const UnchangedCommand& each : commands) names.push_back(each.command);
  return names;
}

}  // namespace

absl::Span<const AssessedField> ListAssessedFields() {
  static const auto* const fields = [] {
    const auto* const order = v1::OrderDecisionInput::descriptor();
    const auto* const customer = v1::CustomerDecisionInput::descriptor();
    const auto* const interaction = v1::InteractionDecisionInput::descriptor();
    const auto* const of_case = v1::CaseDecisionInput::descriptor();
    const std::vector<absl::string_view> items = {"ChangeItems", "CancelItems", "RequestReturn",
                                                  "RequestExchange", "RefundOrder"};
    const std::vector<absl::string_view> methods = {
        "PlaceOrder",  "ChangePaymentMethod", "ChangeItems", "RequestReturn", "RequestExchange",
        "RefundOrder", "RecordPayment",       "CancelOrder", "CancelItems"};
    const std::vector<absl::string_view> refunds = {"CancelOrder", "CancelItems", "ChangeItems",
                                                    "RefundOrder"};
    const std::vector<absl::string_view> routes = {"CancelOrder", "CancelItems", "ChangeItems",
                                                   "RefundOrder", "ChangePaymentMethod"};
    const std::vector<absl::string_view> named = {"ReopenCase",  "PauseCase",     "ResumeCase",
                                                  "ResolveCase", "CloseCase",     "CancelCase",
                                                  "ReferCase",   "NameCaseState", "ImportCase"};
    constexpr absl::string_view kUnchanged = "assessment.is_unchanged";
    return new std::vector<AssessedField>{
        {customer, kUnchanged, NamesOf(UnchangedCustomerCommands())},
        {customer, "assessment.time_zone_unknown", {"ImportCustomer"}},
        {interaction, kUnchanged, NamesOf(UnchangedInteractionCommands())},
        {order, kUnchanged, NamesOf(UnchangedOrderCommands())},
        {of_case, kUnchanged, NamesOf(UnchangedCaseCommands())},
        {order, "assessment.items", items},
        {order, "assessment.payment_method", methods},
        {order, "assessment.payment_account", methods},
        {order, "assessment.order_amount", {"PlaceOrder"}},
        {order, "assessment.price_difference", {"ChangeItems", "RequestExchange"}},
        {order, "assessment.requested_amount", {"RequestPayment", "ChangePaymentMethod"}},
        {order, "assessment.is_route_closed", routes},
        {order, "assessment.is_cash_out", refunds},
        {of_case, "assessment.priority", {"OpenCase", "PrioritizeCase"}},
        {of_case, "assessment.priority_cell_missing", {"OpenCase", "PrioritizeCase"}},
        {of_case, "assessment.priority_differs", {"OpenCase", "PrioritizeCase"}},
        {of_case, "assessment.reopen_expire_time", {"ReopenCase", "AddCasePart"}},
        {of_case, "assessment.may_reopen_on_message", {"AddCasePart"}},
        {of_case, "assessment.reopens_on_message", {"AddCasePart"}},
        {of_case, "assessment.state_name_unknown", named},
        {of_case, "assessment.escalation", {"EscalateCase"}},
        {of_case, "assessment.escalation_obstacle", {"EscalateCase"}},
        {of_case, "assessment.known_chains", {"EscalateCase"}},
        {of_case, "assessment.remedy", {"ResolveCase", "CorrectResolution"}},
        {of_case, "assessment.remedy_problem", {"ResolveCase", "CorrectResolution"}},
        {of_case, "assessment.remedy_increase", {"CorrectResolution"}},
        {of_case, "assessment.wait_until_time", {"PauseCase"}},
        {of_case, "assessment.task_due_time", {"AddCaseTask"}},
    };
  }();
  return *fields;
}

}  // namespace domain
}  // namespace frontdesk
