#include "desk/event_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/verbs.h"

namespace frontdesk {
namespace internal {
namespace {

// "STATE_GIFT_CARD" without the prefix, in words: "gift card".
template <typename Name>
std::string Words(const Name& name, absl::string_view prefix) {
  std::string words = absl::AsciiStrToLower(absl::string_view(name));
  if (words.size() > prefix.size()) words.erase(0, prefix.size());
  for (char& c : words) {
    if (c == '_') c = ' ';
  }
  return words.empty() ? "of a kind not known here" : words;
}

std::string PaymentText(const v1::Payment& payment) {
  return absl::StrCat("payment ", payment.payment_id(), " of ", FormatMoney(payment.amount()),
                      " by ", payment.route().payment_method_id(), " ",
                      Words(v1::Payment::State_Name(payment.state()), "STATE_"));
}

std::string RefundText(const v1::Refund& refund) {
  return absl::StrCat("refund ", refund.refund_id(), " of ", FormatMoney(refund.amount()), " to ",
                      refund.route().payment_method_id(), " ",
                      Words(v1::Refund::State_Name(refund.state()), "STATE_"), ", for ",
                      Words(v1::RefundCause_Name(refund.cause()), "REFUND_CAUSE_"));
}

std::string Pieces(std::int64_t count) {
  return absl::StrCat(count, count == 1 ? " piece" : " pieces");
}

template <typename Lines>
std::int64_t SumQuantity(const Lines& lines) {
  std::int64_t sum = 0;
  for (const auto& line : lines) sum += line.quantity();
  return sum;
}

std::string CustomerFact(const v1::Event& event) {
  switch (event.fact_case()) {
    case v1::Event::kCustomerEdited:
      return absl::StrCat("edited: ",
                          absl::StrJoin(event.customer_edited().changed_fields(), ", "));
    case v1::Event::kIdentityVerified: {
      const v1::IdentityVerification& verification = event.identity_verified().verification();
      return absl::StrCat("identity verified to level ", verification.level(), " by ",
                          verification.method());
    }
    case v1::Event::kCustomerDisclosed:
      return absl::StrCat("disclosed at identity level ",
                          event.customer_disclosed().identity_level(), ": ",
                          absl::StrJoin(event.customer_disclosed().topics(), ", "));
    case v1::Event::kCustomerStateChanged:
      return absl::StrCat(
          "now ",
          Words(v1::Customer::State_Name(event.customer_state_changed().state()), "STATE_"));
    case v1::Event::kCustomerMerged:
      return absl::StrCat("customer ", event.customer_merged().merge().customer_id(),
                          " merged into it");
    case v1::Event::kCustomerMergedAway:
      return absl::StrCat("merged into customer ", event.customer_merged_away().survivor_customer_id());
    case v1::Event::kCustomerUnmerged:
      return absl::StrCat("customer ", event.customer_unmerged().unmerged_customer_id(),
                          " taken out of it again");
    case v1::Event::kCustomerRestored:
      return "as it was before the merge";
    case v1::Event::kCustomerCreated:
      return absl::StrCat(
          "created as ",
          Words(v1::Customer::State_Name(event.customer_created().customer().state()), "STATE_"));
    case v1::Event::kCustomerImported:
      return absl::StrCat("imported from ", event.customer_imported().source().system());
    case v1::Event::kAddressChanged:
      return absl::StrCat("address ", event.address_changed().address().address_id(),
                          event.address_changed().has_before() ? " changed" : " added");
    case v1::Event::kContactPointAdded: {
      const v1::ContactPoint& point = event.contact_point_added().contact_point();
      return absl::StrCat(Words(v1::ContactPoint::Kind_Name(point.kind()), "KIND_"), " ",
                          point.contact_point_id(), " added");
    }
    case v1::Event::kContactPointVerified:
      return absl::StrCat("contact point ", event.contact_point_verified().contact_point_id(),
                          " verified by ", event.contact_point_verified().method());
    case v1::Event::kContactPointRemoved:
      return absl::StrCat("contact point ",
                          event.contact_point_removed().before().contact_point_id(), " removed");
    case v1::Event::kPaymentMethodAdded: {
      const v1::PaymentMethod& method = event.payment_method_added().payment_method();
      return absl::StrCat(Words(v1::PaymentMethod::Kind_Name(method.kind()), "KIND_"), " ",
                          method.payment_method_id(), " added");
    }
    case v1::Event::kPaymentMethodVerified:
      return absl::StrCat("payment method ", event.payment_method_verified().payment_method_id(),
                          " verified by ", event.payment_method_verified().method());
    case v1::Event::kPaymentMethodRemoved:
      return absl::StrCat("payment method ",
                          event.payment_method_removed().before().payment_method_id(), " removed");
    case v1::Event::kConsentRecorded: {
      const v1::Consent& consent = event.consent_recorded().consent();
      return absl::StrCat("consent for ", consent.purpose(), " ",
                          Words(v1::Consent::Answer_Name(consent.answer()), "ANSWER_"));
    }
    default:
      return "";
  }
}

std::string OrderFact(const v1::Event& event) {
  switch (event.fact_case()) {
    case v1::Event::kOrderPlaced:
      return absl::StrCat("placed for ",
                          FormatMoney(event.order_placed().order().totals().total()));
    case v1::Event::kOrderImported:
      return absl::StrCat("imported from ", event.order_imported().source().system());
    case v1::Event::kPaymentRecorded:
      return event.payment_recorded().has_refund()
                 ? RefundText(event.payment_recorded().refund())
                 : PaymentText(event.payment_recorded().payment());
    case v1::Event::kShipmentRecorded:
      return absl::StrCat("shipment ", event.shipment_recorded().shipment().shipment_id(), " of ",
                          Pieces(SumQuantity(event.shipment_recorded().shipment().lines())),
                          " left");
    case v1::Event::kDeliveryRecorded:
      return absl::StrCat("shipment ", event.delivery_recorded().shipment_id(), " delivered");
    case v1::Event::kOrderCanceled:
      return event.order_canceled().reason().empty()
                 ? "canceled"
                 : absl::StrCat("canceled (", event.order_canceled().reason(), ")");
    case v1::Event::kShippingAddressChanged:
      return "shipping address changed";
    case v1::Event::kPaymentMethodChanged:
      return absl::StrCat("now paid by ",
                          event.payment_method_changed().route().payment_method_id(), ", ",
                          FormatMoney(event.payment_method_changed().amount()), " moved");
    case v1::Event::kItemsChanged:
      return absl::StrCat(Pieces(SumQuantity(event.items_changed().items())),
                          " changed, price difference ",
                          FormatMoney(event.items_changed().price_difference()));
    case v1::Event::kReturnRequested: {
      const v1::Return& back = event.return_requested().return_request();
      return absl::StrCat("return ", back.return_id(), " of ", Pieces(SumQuantity(back.lines())),
                          " requested, worth ", FormatMoney(back.refund_amount()), " to ",
                          back.refund_route().payment_method_id());
    }
    case v1::Event::kExchangeRequested: {
      const v1::Exchange& exchange = event.exchange_requested().exchange();
      return absl::StrCat("exchange ", exchange.exchange_id(), " of ",
                          Pieces(SumQuantity(exchange.lines())), " requested, price difference ",
                          FormatMoney(exchange.price_difference()));
    }
    case v1::Event::kOrderRefunded:
      return RefundText(event.order_refunded().refund());
    default:
      return "";
  }
}

std::string AccountFact(const v1::Event& event) {
  switch (event.fact_case()) {
    case v1::Event::kAccountImported:
      return absl::StrCat("imported from ", event.account_imported().source().system(), " with ",
                          FormatMoney(event.account_imported().account().balance()));
    case v1::Event::kAccountCredited:
    case v1::Event::kAccountDebited: {
      const v1::LedgerEntry& entry = event.has_account_credited() ? event.account_credited().entry()
                                                                  : event.account_debited().entry();
      return absl::StrCat(event.has_account_credited() ? "credited " : "debited ",
                          FormatMoney(entry.amount()), " (", entry.cause(), "), balance ",
                          FormatMoney(entry.balance_after()));
    }
    default:
      return "";
  }
}

std::string PartText(const v1::InteractionPart& part) {
  return absl::StrCat(
      Words(v1::InteractionPart::Kind_Name(part.kind()), "KIND_"), " ", part.part_id(), " added",
      part.corrects_part_id().empty() ? "" : ", correcting ", part.corrects_part_id());
}

std::string InteractionFact(const v1::Event& event) {
  switch (event.fact_case()) {
    case v1::Event::kInteractionCustomerSet:
      return absl::StrCat("with customer ", event.interaction_customer_set().customer_id());
    case v1::Event::kInteractionStarted: {
      const v1::Interaction& interaction = event.interaction_started().interaction();
      return absl::StrCat("started, ",
                          Words(v1::Direction_Name(interaction.direction()), "DIRECTION_"), " by ",
                          Words(v1::Channel_Name(interaction.channel()), "CHANNEL_"));
    }
    case v1::Event::kInteractionPartAdded:
      return PartText(event.interaction_part_added().part());
    case v1::Event::kInteractionLinked:
      return absl::StrCat(
          "linked with ",
          absl::AsciiStrToLower(domain::EntityKindName(event.interaction_linked().entity().kind())),
          " ", event.interaction_linked().entity().id());
    case v1::Event::kInteractionEnded:
      return "ended";
    case v1::Event::kInteractionWrappedUp:
      return absl::StrCat("wrapped up: ", event.interaction_wrapped_up().wrap_up().disposition());
    default:
      return "";
  }
}

std::string WhoOrQueue(const std::string& assignee_id, const std::string& queue_id) {
  return assignee_id.empty() ? absl::StrCat("queue ", queue_id) : assignee_id;
}

// Who works on it, and who is asked.
std::string HandsCaseFact(const v1::Event& event) {
  switch (event.fact_case()) {
    case v1::Event::kCaseAssigned:
      return absl::StrCat("given to ", WhoOrQueue(event.case_assigned().assignee_id(),
                                                  event.case_assigned().queue_id()));
    case v1::Event::kCaseTransferred:
      return absl::StrCat("handed over to ", WhoOrQueue(event.case_transferred().assignee_id(),
                                                        event.case_transferred().queue_id()));
    case v1::Event::kCaseTransferOffered: {
      const v1::CaseTransferOffer& offer = event.case_transfer_offered().offer();
      return absl::StrCat("offered to ", WhoOrQueue(offer.assignee_id(), offer.queue_id()));
    }
    case v1::Event::kCaseTransferAccepted:
      return absl::StrCat("taken by ", event.case_transfer_accepted().assignee_id());
    case v1::Event::kCaseTransferDeclined:
      return "offer turned down or taken back";
    case v1::Event::kCaseConsulted: {
      const v1::CaseConsultation& consultation = event.case_consulted().consultation();
      return absl::StrCat(consultation.consultant_id(), " asked, consultation ",
                          consultation.consultation_id());
    }
    case v1::Event::kCaseConsultationAnswered:
      return absl::StrCat("consultation ", event.case_consultation_answered().consultation_id(),
                          " answered by ", event.case_consultation_answered().answerer_id());
    case v1::Event::kCaseEscalated: {
      const v1::CaseEscalation& escalation = event.case_escalated().escalation();
      const std::string step = escalation.step() == 0 ? std::string("the fallback")
                                                      : absl::StrCat("step ", escalation.step());
      const std::string passed_over = absl::StrJoin(escalation.passed_over_queue_ids(), ", ");
      return absl::StrCat("escalated to queue ", escalation.queue_id(), ", ", step, " of ",
                          escalation.chain(),
                          passed_over.empty() ? "" : "; passed over: ", passed_over);
    }
    case v1::Event::kCaseReferred:
      return absl::StrCat("referred to somebody outside, referral ",
                          event.case_referred().referral().referral_id());
    default:
      return "";
  }
}

// "child case case-2", "order o1".
template <typename Fact>
std::string LinkText(const Fact& fact) {
  if (fact.has_entity()) {
    return absl::StrCat(absl::AsciiStrToLower(domain::EntityKindName(fact.entity().kind())), " ",
                        fact.entity().id());
  }
  return absl::StrCat(Words(v1::CaseLink::Kind_Name(fact.case_link().kind()), "KIND_"), " case ",
                      fact.case_link().case_id());
}

// Merging, splitting, and back.
std::string JoinedCaseFact(const v1::Event& event) {
  switch (event.fact_case()) {
    case v1::Event::kCaseMerged:
      return absl::StrCat("case ", event.case_merged().merge().case_id(), " merged into it");
    case v1::Event::kCaseMergedAway:
      return absl::StrCat("merged into case ", event.case_merged_away().survivor_case_id());
    case v1::Event::kCaseUnmerged:
      return absl::StrCat("case ", event.case_unmerged().unmerged_case_id(), " taken out of it");
    case v1::Event::kCaseRestored:
      return absl::StrCat("goes on by itself, ",
                          Words(v1::Case::State_Name(event.case_restored().state()), "STATE_"));
    case v1::Event::kCaseSplit: {
      const int parts = event.case_split().split_off().part_ids_size();
      return absl::StrCat(parts, parts == 1 ? " part" : " parts", " split off as case ",
                          event.case_split().split_off().case_id());
    }
    case v1::Event::kCaseUnsplit:
      return absl::StrCat("split into case ", event.case_unsplit().split_case_id(), " undone");
    default:
      return "";
  }
}

std::string CaseFact(const v1::Event& event) {
  switch (event.fact_case()) {
    case v1::Event::kCaseOpened:
      return absl::StrCat(
          "opened as ",
          Words(v1::Case::Kind_Name(event.case_opened().case_().kind()), "KIND_"));
    case v1::Event::kCaseClassified:
      return absl::StrCat("classified as ",
                          Words(v1::Case::Kind_Name(event.case_classified().kind()), "KIND_"));
    case v1::Event::kCasePartAdded:
      return PartText(event.case_part_added().part());
    case v1::Event::kCaseStateChanged:
      return absl::StrCat(
          "now ", Words(v1::Case::State_Name(event.case_state_changed().state()), "STATE_"));
    case v1::Event::kCaseResolved:
      return absl::StrCat("resolved: ", event.case_resolved().resolution().code());
    case v1::Event::kCaseReopened:
      return "reopened";
    case v1::Event::kCaseImported:
      return absl::StrCat("imported from ", event.case_imported().source().system());
    case v1::Event::kCasePrioritized:
      return absl::StrCat("now of priority ", event.case_prioritized().priority(), ", impact ",
                          event.case_prioritized().impact(), " and urgency ",
                          event.case_prioritized().urgency());
    case v1::Event::kCaseStateNamed:
      return event.case_state_named().state_name().empty()
                 ? "state without a name"
                 : absl::StrCat("state named ", event.case_state_named().state_name());
    case v1::Event::kCaseCanceled:
      return absl::StrCat("canceled (", event.case_canceled().reason(), ")");
    case v1::Event::kCaseLinked:
      return absl::StrCat("linked: ", LinkText(event.case_linked()));
    case v1::Event::kCaseUnlinked:
      return absl::StrCat("link taken away: ", LinkText(event.case_unlinked()));
    case v1::Event::kCaseTaskAdded:
      return absl::StrCat("task ", event.case_task_added().task().task_id(), " added");
    case v1::Event::kCaseTaskCompleted:
      return absl::StrCat("task ", event.case_task_completed().task_id(), " done");
    case v1::Event::kCaseTaskRemoved:
      return absl::StrCat("task ", event.case_task_removed().before().task_id(), " removed");
    default:
      break;
  }
  const std::string joined = JoinedCaseFact(event);
  return joined.empty() ? HandsCaseFact(event) : joined;
}

std::string ApprovalFact(const v1::Event& event) {
  if (event.has_approval_requested()) {
    return absl::StrCat("requested, needs ", event.approval_requested().approval().authority());
  }
  if (event.has_approval_resolved()) {
    return absl::StrCat(
        Words(v1::Approval::State_Name(event.approval_resolved().state()), "STATE_"), " by ",
        event.approval_resolved().resolver_id());
  }
  return "";
}

std::string Fact(const v1::Event& event) {
  switch (event.entity().kind()) {
    case v1::ENTITY_KIND_CUSTOMER:
      return CustomerFact(event);
    case v1::ENTITY_KIND_ORDER:
      return OrderFact(event);
    case v1::ENTITY_KIND_ACCOUNT:
      return AccountFact(event);
    case v1::ENTITY_KIND_INTERACTION:
      return InteractionFact(event);
    case v1::ENTITY_KIND_CASE:
      return CaseFact(event);
    case v1::ENTITY_KIND_APPROVAL:
      return ApprovalFact(event);
    default:
      return "";
  }
}

// For a fact that has no words of its own: the name of its field, in words.
std::string PlainFact(const v1::Event& event) {
  const google::protobuf::Reflection* reflection = event.GetReflection();
  const google::protobuf::FieldDescriptor* field =
      reflection->GetOneofFieldDescriptor(event, event.GetDescriptor()->FindOneofByName("fact"));
  return field == nullptr ? "nothing known here" : Words(field->name(), "");
}

}  // namespace

std::string EventText(const v1::Event& event) {
  std::string fact = Fact(event);
  if (fact.empty()) fact = PlainFact(event);
  return absl::StrCat(absl::AsciiStrToLower(domain::EntityKindName(event.entity().kind())), " ",
                      event.entity().id(), ": ", fact);
}

std::string EffectText(const v1::Effect& effect) {
  switch (effect.action_case()) {
    case v1::Effect::kCapturePayment:
      return absl::StrCat("capture ", FormatMoney(effect.capture_payment().amount()), " by ",
                          effect.capture_payment().route().payment_method_id(), " (payment ",
                          effect.capture_payment().payment_id(), ")");
    case v1::Effect::kVoidPayment:
      return absl::StrCat("void payment ", effect.void_payment().payment_id(), " by ",
                          effect.void_payment().route().payment_method_id());
    case v1::Effect::kSendRefund:
      return absl::StrCat("send ", FormatMoney(effect.send_refund().amount()), " back by ",
                          effect.send_refund().route().payment_method_id(), " (refund ",
                          effect.send_refund().refund_id(), ")");
    case v1::Effect::kProposeResolution:
      return absl::StrCat("look at case ", effect.propose_resolution().case_id(),
                          ": what caused it, case ", effect.propose_resolution().cause_case_id(),
                          ", is resolved (", effect.propose_resolution().code(), ")");
    case v1::Effect::ACTION_NOT_SET:
      break;
  }
  return "something not known here";
}

}  // namespace internal
}  // namespace frontdesk
