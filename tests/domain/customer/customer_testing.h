// Some customers with their histories, to decide customer commands in.
#ifndef FRONTDESK_TESTS_DOMAIN_CUSTOMER_CUSTOMER_TESTING_H_
#define FRONTDESK_TESTS_DOMAIN_CUSTOMER_CUSTOMER_TESTING_H_

#include <map>
#include <string>
#include <vector>

#include "domain/domain_testing.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/v1/customer_input.pb.h"

namespace frontdesk {
namespace domain {

class Customers {
 public:
  // A customer as given, as it is taken over from elsewhere.
  void Put(const std::string& customer) {
    const v1::Customer parsed = FromText<v1::Customer>(customer);
    versions_[parsed.customer_id()] = {parsed};
  }

  const v1::Customer& Get(const std::string& id) const { return versions_.at(id).back(); }
  int Version(const std::string& id) const { return static_cast<int>(versions_.at(id).size()); }

  // Checks, decides and, unless it is refused, folds. Refusals as "REASON@field", "" when it was done, "unchanged" when
  // that changed nothing.
  std::string Do(const v1::Command& command) {
    refusals_ = CheckCustomerArguments(command.customer(), command.now());
    if (!refusals_.empty()) return Summary(refusals_);
    v1::CustomerDecisionInput input;
    SetCommand(command, &input);
    *input.mutable_attribute_definitions() = {definitions.begin(), definitions.end()};
    const std::string id = AddressedEntity(command).id();
    if (Has(id)) *input.mutable_customer() = Get(id);
    if (command.customer().has_edit_customer())
      LoadBase(command.customer().edit_customer().base_version(), id, &input);
    const std::string other = command.customer().has_merge_customers()
                                  ? command.customer().merge_customers().merged_customer_id()
                                  : command.customer().unmerge_customers().merged_customer_id();
    if (Has(other)) *input.mutable_other_customer() = Get(other);
    if (!command.interaction_id().empty())
      input.mutable_interaction()->set_interaction_id(command.interaction_id());
    input.set_identity_level(
        ReachedIdentityLevel(input.customer(), command.now(), command.interaction_id()));
    *input.mutable_assessment() = AssessCustomer(input);
    absl::StatusOr<Decided> decided = DecideCustomer(input);
    EXPECT_TRUE(decided.ok()) << decided.status();
    if (!decided.ok()) return "error";
    refusals_ = decided->refusals;
    events_ = decided->events;
    ExpectDeclared(command, *decided);
    EXPECT_EQ(decided->events.empty(), decided->refused() || input.assessment().is_unchanged());
    if (!decided->refused() && decided->events.empty()) return "unchanged";
    for (const v1::Event& event : decided->events) {
      std::vector<v1::Customer>& versions = versions_[event.entity().id()];
      v1::Customer next = versions.empty() ? v1::Customer() : versions.back();
      const absl::Status folded = EvolveCustomer(event, &next);
      EXPECT_TRUE(folded.ok()) << folded << event.ShortDebugString();
      versions.push_back(std::move(next));
    }
    return Summary(refusals_);
  }

  std::string Do(const std::string& verb) { return Do(NoonCommand(verb)); }

  std::string Merge(const std::string& survivor, const std::string& merged,
                    const std::string& more = "") {
    return Do(absl::StrCat("merge_customers { customer_id: '", survivor, "' merged_customer_id: '",
                           merged, "' ", more, " }"));
  }
  std::string Unmerge(const std::string& survivor, const std::string& merged) {
    return Do(absl::StrCat("unmerge_customers { customer_id: '", survivor,
                           "' merged_customer_id: '", merged, "' }"));
  }

  // Of the last command.
  const std::vector<v1::Event>& events() const { return events_; }
  const std::vector<v1::Refusal>& refusals() const { return refusals_; }

  // The attributes that may be set.
  std::vector<v1::AttributeDefinition> definitions;

 private:
  bool Has(const std::string& id) const { return versions_.count(id) > 0; }

  void LoadBase(int64_t version, const std::string& id, v1::CustomerDecisionInput* input) const {
    if (!Has(id) || version > Version(id)) return;
    *input->mutable_base_customer() = versions_.at(id)[version - 1];
  }

  std::map<std::string, std::vector<v1::Customer>> versions_;
  std::vector<v1::Event> events_;
  std::vector<v1::Refusal> refusals_;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DOMAIN_CUSTOMER_CUSTOMER_TESTING_H_
