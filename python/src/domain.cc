// The verbs and lifecycles as tables, and the pure queries on orders: frontdesk/domain.
#include <pybind11/stl.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bridge.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/case/case_parts.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/customer/customer_match.h"
#include "frontdesk/domain/customer_view.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/lifecycle.h"
#include "frontdesk/domain/order/charges.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/unchanged.h"
#include "frontdesk/v1/account.pb.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_input.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/customer_input.pb.h"
#include "frontdesk/v1/customer_view.pb.h"
#include "frontdesk/v1/find.pb.h"
#include "frontdesk/v1/interaction.pb.h"
#include "frontdesk/v1/interaction_input.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_input.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk::python {
namespace {

// [(name of the command, from, [to], refusal reason)]
py::list WriteTransitions(const domain::Lifecycle& lifecycle) {
  py::list result;
  for (const domain::Transition& cell : lifecycle.transitions()) {
    result.append(
        py::make_tuple(Str(cell.command->name), cell.from, cell.to,
                       Str(cell.refusal_reason == nullptr ? "" : cell.refusal_reason->word)));
  }
  return result;
}

// [(arm, number, name, field, entity kind, id path, creates, reason prefix, decision input or "")]
py::list Verbs() {
  py::list result;
  for (const domain::CommandInfo& info : domain::Commands()) {
    const google::protobuf::Descriptor* input = domain::DecisionInputDescriptor(info.entity_kind);
    result.append(py::make_tuple(Str(info.arm), info.number, Str(info.name), Str(info.field),
                                 static_cast<int>(info.entity_kind), Str(info.id_path),
                                 info.creates, Str(info.reason_prefix),
                                 input == nullptr ? py::str() : py::str(input->full_name())));
  }
  return result;
}

py::list Transitions(int kind) {
  switch (kind) {
    case v1::ENTITY_KIND_CUSTOMER:
      return WriteTransitions(domain::CustomerLifecycle());
    case v1::ENTITY_KIND_ORDER:
      return WriteTransitions(domain::OrderLifecycle());
    case v1::ENTITY_KIND_ACCOUNT:
      return WriteTransitions(domain::AccountLifecycle());
    case v1::ENTITY_KIND_INTERACTION:
      return WriteTransitions(domain::InteractionLifecycle());
    case v1::ENTITY_KIND_CASE:
      return WriteTransitions(domain::CaseLifecycle());
    case v1::ENTITY_KIND_APPROVAL:
      return WriteTransitions(domain::ApprovalLifecycle());
    case v1::ENTITY_KIND_DESK:
      return py::list();
    default:
      throw py::value_error("there are no entities of this kind");
  }
}

// [(from, to)]
py::list PairsOf(absl::Span<const domain::PaymentTransition> transitions) {
  py::list result;
  for (const domain::PaymentTransition& pair : transitions) {
    result.append(py::make_tuple(pair.from, pair.to));
  }
  return result;
}

// ([charge], totals, [line net amount])
py::tuple ComputeCharges(const py::bytes& order) {
  const absl::string_view bytes = View(order);
  const domain::ChargeSheet sheet =
      WithoutGil([&] { return ValueOrThrow(domain::ComputeCharges(Parse<v1::Order>(bytes))); });
  return py::make_tuple(BytesList(SerializeAll(sheet.charges)), py::bytes(Serialize(sheet.totals)),
                        BytesList(SerializeAll(sheet.line_net_amounts)));
}

// Cases by id, as a lookup.
class CaseMap {
 public:
  explicit CaseMap(const std::vector<std::string>& cases) {
    for (const std::string& bytes : cases) {
      v1::Case one = Parse<v1::Case>(bytes);
      std::string case_id = one.case_id();
      cases_[std::move(case_id)] = std::move(one);
    }
  }

  domain::CaseLookup lookup() const {
    return [this](const std::string& case_id) -> const v1::Case* {
      const auto found = cases_.find(case_id);
      return found == cases_.end() ? nullptr : &found->second;
    };
  }

 private:
  std::map<std::string, v1::Case> cases_;
};

// ([(case id, part)], [missing case id])
py::tuple CollectCaseParts(const std::string& current_case, const std::vector<std::string>& cases) {
  std::vector<std::pair<std::string, std::string>> parts;
  std::vector<std::string> missing;
  WithoutGil([&] {
    const v1::Case of = Parse<v1::Case>(current_case);
    const CaseMap map(cases);
    domain::CaseParts collected = domain::CollectCaseParts(of, map.lookup());
    for (const domain::CasePart& each : collected.parts) {
      parts.emplace_back(each.source->case_id(), Serialize(*each.part));
    }
    missing = std::move(collected.missing_case_ids);
    return 0;
  });
  py::list result;
  for (const auto& [case_id, part] : parts) {
    result.append(py::make_tuple(py::str(case_id), py::bytes(part)));
  }
  return py::make_tuple(result, missing);
}

// (start time or None, [(from time, until time or None)], [missing case id])
py::tuple ComputeCaseClockBasis(const std::string& current_case,
                                const std::vector<int>& pausing_states,
                                const std::vector<std::string>& cases) {
  const domain::CaseClockBasis basis = WithoutGil([&] {
    std::vector<v1::Case::State> states;
    for (const int state : pausing_states) states.push_back(static_cast<v1::Case::State>(state));
    const CaseMap map(cases);
    return domain::ComputeCaseClockBasis(Parse<v1::Case>(current_case), states, map.lookup());
  });
  py::list pauses;
  for (const domain::CasePause& pause : basis.pauses) {
    py::object until = py::none();
    if (pause.end_time) until = py::bytes(Serialize(*pause.end_time));
    pauses.append(py::make_tuple(py::bytes(Serialize(pause.start_time)), until));
  }
  py::object start = py::none();
  if (basis.start_time) start = py::bytes(Serialize(*basis.start_time));
  return py::make_tuple(start, pauses, basis.missing_case_ids);
}

// A candidate, or None.
py::object MatchCustomers(const py::bytes& customer, const py::bytes& other) {
  const absl::string_view customer_bytes = View(customer);
  const absl::string_view other_bytes = View(other);
  const auto candidate = WithoutGil([&] {
    return domain::MatchCustomers(Parse<v1::Customer>(customer_bytes),
                                  Parse<v1::Customer>(other_bytes));
  });
  if (!candidate.has_value()) return py::none();
  return py::bytes(Serialize(*candidate));
}

py::bytes ViewInteraction(const py::bytes& interaction) {
  const absl::string_view bytes = View(interaction);
  return WithoutGilBytes(
      [&] { return Serialize(domain::ViewInteraction(Parse<v1::Interaction>(bytes))); });
}

py::bytes ViewCase(const std::string& current_case, const std::vector<std::string>& others) {
  return WithoutGilBytes([&] {
    const v1::Case of = Parse<v1::Case>(current_case);
    const CaseMap map(others);
    return Serialize(domain::ViewCase(of, map.lookup()));
  });
}

}  // namespace

void BindDomain(py::module_& module) {
  module.def("domain_match_customers", &MatchCustomers, py::arg("customer"), py::arg("other"));
  module.def("domain_view_interaction", &ViewInteraction, py::arg("interaction"));
  module.def("domain_view_case", &ViewCase, py::arg("case"), py::arg("others"));
  module.def("domain_verbs", &Verbs);
  module.def("domain_transitions", &Transitions, py::arg("kind"));
  module.def("domain_payment_transitions", [] { return PairsOf(domain::PaymentTransitions()); });
  module.def("domain_refund_transitions", [] { return PairsOf(domain::RefundTransitions()); });
  module.def("domain_dispute_transitions", [] { return PairsOf(domain::DisputeTransitions()); });
  module.def(
      "domain_addressed_entity",
      [](const py::bytes& command) {
        return py::bytes(Serialize(domain::AddressedEntity(Parse<v1::Command>(View(command)))));
      },
      py::arg("command"));
  module.def(
      "domain_assess_customer",
      [](const py::bytes& input) {
        const absl::string_view bytes = View(input);
        return WithoutGilBytes([&] {
          return Serialize(domain::AssessCustomer(Parse<v1::CustomerDecisionInput>(bytes)));
        });
      },
      py::arg("input"));
  module.def(
      "domain_assess_interaction",
      [](const py::bytes& input) {
        const absl::string_view bytes = View(input);
        return WithoutGilBytes([&] {
          return Serialize(domain::AssessInteraction(Parse<v1::InteractionDecisionInput>(bytes)));
        });
      },
      py::arg("input"));
  module.def("domain_unchanged_commands", [] {
    std::vector<std::pair<std::string, std::string>> commands;
    for (const domain::UnchangedCommand& each : domain::ListUnchangedCommands()) {
      commands.emplace_back(each.command, each.text);
    }
    return commands;
  });
  module.def(
      "domain_assess_order",
      [](const py::bytes& input) {
        const absl::string_view bytes = View(input);
        return WithoutGilBytes([&] {
          return Serialize(ValueOrThrow(domain::AssessOrder(Parse<v1::OrderDecisionInput>(bytes))));
        });
      },
      py::arg("input"));
  module.def(
      "domain_assess_case",
      [](const py::bytes& input, const py::bytes& policy) {
        const absl::string_view input_bytes = View(input);
        const absl::string_view policy_bytes = View(policy);
        return WithoutGilBytes([&] {
          return Serialize(domain::AssessCase(Parse<v1::CaseDecisionInput>(input_bytes),
                                              Parse<v1::CasePolicy>(policy_bytes)));
        });
      },
      py::arg("input"), py::arg("policy"));
  module.def("domain_compute_charges", &ComputeCharges, py::arg("order"));
  module.def(
      "domain_held_amount",
      [](const py::bytes& order) {
        return py::bytes(Serialize(domain::HeldAmount(Parse<v1::Order>(View(order)))));
      },
      py::arg("order"));
  module.def(
      "domain_refund_table",
      [](const py::bytes& order, const py::bytes& outcome) {
        const absl::string_view order_bytes = View(order);
        const absl::string_view outcome_bytes = View(outcome);
        return WithoutGilBytes([&] {
          return Serialize(domain::MakeRefundTable(Parse<v1::Order>(order_bytes),
                                                   Parse<v1::Outcome>(outcome_bytes)));
        });
      },
      py::arg("order"), py::arg("outcome"));
  module.def(
      "domain_reached_identity_level",
      [](const py::bytes& customer, const py::bytes& now, const std::string& interaction_id) {
        const v1::Customer parsed = Parse<v1::Customer>(View(customer));
        return domain::ReachedIdentityLevel(parsed, Parse<google::protobuf::Timestamp>(View(now)),
                                            interaction_id);
      },
      py::arg("customer"), py::arg("now"), py::arg("interaction_id"));
  module.def(
      "domain_returnable_quantity",
      [](const py::bytes& line) {
        return domain::ReturnableQuantity(Parse<v1::OrderLine>(View(line)));
      },
      py::arg("line"));
  module.def("domain_collect_case_parts", &CollectCaseParts, py::arg("case"), py::arg("cases"));
  module.def("domain_compute_case_clock_basis", &ComputeCaseClockBasis, py::arg("case"),
             py::arg("pausing_states"), py::arg("cases"));
}

}  // namespace frontdesk::python
