// Which rules, and which operands of their conditions, the decisions of tests made true and false. Private.
#ifndef FRONTDESK_SRC_REPORT_POLICY_TEST_COVERAGE_H_
#define FRONTDESK_SRC_REPORT_POLICY_TEST_COVERAGE_H_

#include <map>
#include <string>
#include <utility>

#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "frontdesk/v1/policy_test.pb.h"

namespace frontdesk {
namespace report {

// Counts the decisions of outcomes that have full traces. Thread-compatible.
class PolicyCoverage {
 public:
  // Lists every rule of `pack` in `report`, which outlives this.
  PolicyCoverage(const v1::PolicyPack& pack, v1::PolicyTestReport* report);

  void Add(const v1::Outcome& outcome);

 private:
  v1::RuleCoverage* Find(const std::string& rule_set_id, const std::string& rule_id);
  void AddDecision(const v1::Decision& decision);

  std::map<std::pair<std::string, std::string>, v1::RuleCoverage*> rules_;
};

}  // namespace report
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_REPORT_POLICY_TEST_COVERAGE_H_
