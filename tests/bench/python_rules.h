// The C++ side of the rows about rule sets: over our own messages, and over one that is known at run time only.
#ifndef FRONTDESK_TESTS_BENCH_PYTHON_RULES_H_
#define FRONTDESK_TESTS_BENCH_PYTHON_RULES_H_

#include <memory>
#include <string>
#include <vector>

#include "frontdesk/cel/scratch.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"

namespace frontdesk {

class RuleWorks {
 public:
  // `file` is the text of a FileDescriptorProto with the message `shop.Question`.
  RuleWorks(const std::string& file, const std::vector<v1::OrderDecisionInput>& inputs);

  // The decision about the input of that number: of `inputs`, and of the sales.
  v1::Decision Decide(int i);
  v1::Decision DecideAny(int i);

 private:
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  const std::vector<v1::OrderDecisionInput>& inputs_;
  std::vector<std::unique_ptr<google::protobuf::Message>> sales_;
  std::shared_ptr<const rules::RuleSet> rules_, any_rules_;
  rules::DecideOptions options_;
  cel::Scratch scratch_;
};

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_PYTHON_RULES_H_
