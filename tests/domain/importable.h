// States as a host would import them.
#ifndef FRONTDESK_TESTS_DOMAIN_IMPORTABLE_H_
#define FRONTDESK_TESTS_DOMAIN_IMPORTABLE_H_

#include "frontdesk/v1/entity_state.pb.h"

namespace frontdesk {
namespace domain {

// Makes a whole state one that a host could import: without the fields that are worked out.
inline void MakeImportable(v1::Account* account) {
  account->clear_entries();
  account->clear_entry_count();
  account->clear_last_entry();
}
inline void MakeImportable(v1::Customer* customer) {
  customer->clear_current_verifications();
  customer->clear_removed_payment_methods();
  customer->clear_unrecognized_attributes();
}
inline void MakeImportable(v1::Order* order) {
  order->mutable_payments()->MergeFrom(order->finished_payments());
  order->mutable_refunds()->MergeFrom(order->finished_refunds());
  order->clear_finished_payments();
  order->clear_finished_refunds();
  order->clear_payment_count();
  order->clear_refund_count();
  order->clear_requested_amount();
  order->clear_captured_amount();
  order->clear_refunded_amount();
  order->clear_credited_amount();
  order->clear_owed_amount();
  order->clear_refunded_shipping_amount();
  order->clear_refunded_fee_amount();
  order->clear_refunded_tax_amount();
  order->clear_refunded_goods_amount();
  order->clear_gateway_reports();
  order->clear_last_sequence();
  order->clear_last_id_number();
  order->clear_last_captured_payment();
  order->clear_unrecognized_attributes();
}
inline void MakeImportable(v1::Case* one) {
  one->mutable_case_links()->MergeFrom(one->further_case_links());
  one->clear_further_case_links();
  one->clear_case_link_counts();
  one->clear_part_count();
  one->clear_part_counts();
  one->clear_link_count();
  one->clear_state_time();
  one->clear_state_totals();
  one->clear_resolved_since_time();
  one->clear_span_before_merge();
  one->clear_task_count();
  one->clear_open_task_count();
  one->clear_merged_case_count();
  one->clear_service_level_id();
  one->clear_clocks();
  one->clear_ended_clocks();
  one->clear_clock_totals();
  one->clear_service_times();
  one->clear_wait_until_time();
  one->clear_unrecognized_attributes();
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DOMAIN_IMPORTABLE_H_
