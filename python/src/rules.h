// Rule sets, as the parts of the binding that ask them have them.
#ifndef FRONTDESK_PYTHON_SRC_RULES_H_
#define FRONTDESK_PYTHON_SRC_RULES_H_

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "bridge.h"
#include "cel_reads.h"
#include "frontdesk/rules/rule_set.h"
#include "google/protobuf/message.h"
#include "python_messages.h"
#include "spares.h"

namespace frontdesk::python {

// Inputs of a rule set, made of Python's messages without bytes in between: as far as the rules read them. Used with the GIL held.
class MessageInputs {
 public:
  // `type` is of `descriptors`. Without `reads`, all of an input is read.
  MessageInputs(std::shared_ptr<Descriptors> descriptors, const google::protobuf::Descriptor* type,
                std::optional<ReadParts> reads);
  MessageInputs(const MessageInputs&) = delete;
  MessageInputs& operator=(const MessageInputs&) = delete;

  // Null when `object` is no message of this type, or when it has to go through bytes.
  std::unique_ptr<google::protobuf::Message> Read(const py::handle& object);
  // Keeps the memory of an input for the next one.
  void Give(std::unique_ptr<google::protobuf::Message> message);

  const google::protobuf::Message& prototype() const { return *prototype_; }

 private:
  // A class of messages that inputs came in. It keeps the descriptors alive that the copier reads.
  struct Known {
    std::shared_ptr<py::object> type;
    std::unique_ptr<MessageCopier> copier;  // Null: through bytes.
  };
  const MessageCopier* CopierOf(const py::handle& object, const google::protobuf::Message& message);

  const std::shared_ptr<Descriptors> descriptors_;
  const google::protobuf::Message* const prototype_;
  const std::optional<ReadParts> reads_;
  std::vector<Known> known_;
  Spares<google::protobuf::Message> spares_;
  int given_ = 0;
};

// A rule set with the descriptors that it was compiled over, which outlive it.
struct PythonRuleSet {
  Birth birth;
  std::shared_ptr<Descriptors> descriptors;
  std::shared_ptr<const rules::RuleSet> rule_set;
  std::unique_ptr<MessageInputs> inputs;
};

// Adds what a rule set reads of messages, and many inputs at once, to its class.
void BindRuleMessages(py::module_& module, py::class_<PythonRuleSet>& rule_set);

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_RULES_H_
