#include "desk/random_joins.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "desk/random_cases.h"

namespace frontdesk {
namespace testing {

using v1::Command;

void EditCustomer(RandomCommands& random, Command* command) {
  v1::EditCustomer* verb = command->mutable_customer()->mutable_edit_customer();
  verb->set_base_version(
      std::max<std::int64_t>(1, random.about().version() - random.chance().Below(3)));
  verb->set_given_name(absl::StrCat("Ann", random.chance().Below(4)));
  verb->clear_set_attributes();
  verb->clear_remove_attributes();
  verb->clear_add_external_ids();
  verb->clear_remove_external_ids();
  if (random.chance().OneIn(2)) {
    v1::Attribute* attribute = verb->add_set_attributes();
    attribute->set_name("vip");
    attribute->set_bool_value(random.chance().OneIn(2));
  } else if (random.chance().OneIn(4)) {
    verb->add_remove_attributes("vip");
  }
  if (random.chance().OneIn(4)) {
    v1::ExternalId* id = verb->add_add_external_ids();
    id->set_system("crm");
    id->set_id(absl::StrCat(random.chance().Below(6)));
  }
}

void VerifyIdentity(RandomCommands& random, Command* command) {
  v1::VerifyIdentity* verb = command->mutable_customer()->mutable_verify_identity();
  verb->set_level(1 + random.chance().Below(3));
  verb->clear_expire_time();
  if (random.chance().OneIn(3)) {
    verb->mutable_expire_time()->set_seconds(command->now().seconds() + 20);
  }
}

void MergeCustomers(RandomCommands& random, Command* command) {
  v1::MergeCustomers* verb = command->mutable_customer()->mutable_merge_customers();
  verb->clear_merged_field_names();
  for (int i = 0; i < 4 && verb->merged_customer_id() == verb->customer_id(); ++i) {
    verb->set_merged_customer_id(random.AnyId(v1::ENTITY_KIND_CUSTOMER));
  }
  if (random.chance().OneIn(2)) verb->add_merged_field_names("given_name");
}

void UnmergeCustomers(RandomCommands& random, Command* command) {
  const v1::Customer& customer = random.about().customer();
  if (customer.merged_customers().empty()) return;
  command->mutable_customer()->mutable_unmerge_customers()->set_merged_customer_id(
      customer.merged_customers(random.chance().Below(customer.merged_customers_size()))
          .customer_id());
}

void ClassifyCase(RandomCommands& random, Command* command) {
  v1::ClassifyCase* verb = command->mutable_case_()->mutable_classify_case();
  verb->clear_set_attributes();
  verb->clear_remove_attributes();
  if (random.chance().OneIn(2)) return;
  v1::Attribute* attribute = verb->add_set_attributes();
  attribute->set_name("colour");
  attribute->set_string_value(random.chance().OneIn(2) ? "red" : "blue");
}

namespace {

v1::CaseLink RandomLink(RandomCommands& random) {
  v1::CaseLink link;
  link.set_kind(static_cast<v1::CaseLink::Kind>(1 + random.chance().Below(9)));
  link.set_case_id(random.AnyId(v1::ENTITY_KIND_CASE));
  return link;
}

}  // namespace

void LinkCase(RandomCommands& random, Command* command) {
  v1::LinkCase* verb = command->mutable_case_()->mutable_link_case();
  verb->Clear();
  if (random.chance().OneIn(3)) {
    v1::EntityRef* entity = verb->mutable_entity();
    entity->set_kind(random.chance().OneIn(2) ? v1::ENTITY_KIND_INTERACTION
                                              : v1::ENTITY_KIND_ORDER);
    entity->set_id(random.AnyId(entity->kind()));
  } else if (random.chance().OneIn(4)) {
    verb->mutable_external_link()->set_system("billing");
    verb->mutable_external_link()->set_id(absl::StrCat("inv", random.chance().Below(20)));
    verb->mutable_external_link()->set_role(random.chance().OneIn(2) ? "disputed" : "");
  } else {
    *verb->mutable_case_link() = RandomLink(random);
  }
}

void UnlinkCase(RandomCommands& random, Command* command) {
  v1::UnlinkCase* verb = command->mutable_case_()->mutable_unlink_case();
  verb->Clear();
  const v1::Case& one = random.about().case_();
  google::protobuf::RepeatedPtrField<v1::CaseLink> links = one.case_links();
  links.MergeFrom(one.further_case_links());
  if (!one.external_links().empty() && random.chance().OneIn(3)) {
    *verb->mutable_external_link() =
        one.external_links(random.chance().Below(one.external_links_size()));
  } else if (!links.empty()) {
    *verb->mutable_case_link() = links[random.chance().Below(links.size())];
  } else if (!one.links().empty()) {
    *verb->mutable_entity() = one.links(0);
  } else {
    *verb->mutable_case_link() = RandomLink(random);
  }
}

void AddCaseTask(RandomCommands& random, Command* command) {
  v1::AddCaseTask* verb = command->mutable_case_()->mutable_add_case_task();
  v1::FollowUpTask* task = verb->mutable_task();
  verb->clear_due_in();
  if (random.chance().OneIn(3)) {
    task->clear_due_time();
    RepairSpan(random, verb->mutable_due_in());
  }
  task->set_task_id(absl::StrCat("t", random.chance().Below(50)));
  task->clear_complete_time();
  task->clear_complete_occur_time();
  task->clear_outcome_note();
}

// With one of the same customer, or of nobody.
void MergeCases(RandomCommands& random, Command* command) {
  const v1::Case& one = random.about().case_();
  for (int i = 0; i < 8; ++i) {
    const v1::Case other = random.Existing(v1::ENTITY_KIND_CASE).case_();
    if (other.case_id().empty() || other.case_id() == one.case_id()) continue;
    command->mutable_case_()->mutable_merge_cases()->set_merged_case_id(other.case_id());
    if (other.customer_id().empty() || other.customer_id() == one.customer_id()) return;
  }
}

void UnmergeCases(RandomCommands& random, Command* command) {
  const v1::Case& one = random.about().case_();
  if (one.merged_cases().empty()) return;
  command->mutable_case_()->mutable_unmerge_cases()->set_merged_case_id(
      one.merged_cases(random.chance().Below(one.merged_cases_size())).case_id());
}

void SplitCase(RandomCommands& random, Command* command) {
  v1::SplitCase* verb = command->mutable_case_()->mutable_split_case();
  verb->clear_part_ids();
  for (const v1::InteractionPart& part : random.about().case_().parts()) {
    if (verb->part_ids().empty() || random.chance().OneIn(2)) verb->add_part_ids(part.part_id());
  }
  verb->set_new_case_id(random.AnyId(v1::ENTITY_KIND_CASE));
}

void UnsplitCase(RandomCommands& random, Command* command) {
  const v1::Case& one = random.about().case_();
  if (one.split_offs().empty()) return;
  command->mutable_case_()->mutable_unsplit_case()->set_split_case_id(
      one.split_offs(random.chance().Below(one.split_offs_size())).case_id());
}

}  // namespace testing
}  // namespace frontdesk
