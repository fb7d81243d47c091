// Messages of Python's protobuf, where they are objects of the C++ library that this module uses too. They are read as they are then,
// without bytes in between.
#ifndef FRONTDESK_PYTHON_SRC_PYTHON_MESSAGES_H_
#define FRONTDESK_PYTHON_SRC_PYTHON_MESSAGES_H_

#include <pybind11/pybind11.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridge.h"
#include "cel_reads.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "spares.h"

namespace frontdesk::python {

// The message inside a Python object, to be read with the GIL held: other threads may change it. Null: the object is no message, or
// Python's protobuf is over another library or another implementation. Raises nothing.
const google::protobuf::Message* FindMessage(const py::handle& object);

// The same of an object that was just made, to be filled before Python sees it.
google::protobuf::Message* FindNewMessage(const py::handle& object);

// Copies messages of one type into messages of the same type from another pool of descriptors, as far as they are read.
// Thread-compatible; both pools outlive it.
class MessageCopier {
 public:
  // `reads` has the parts of the fields of `to`; null: all of them. Null when the two types differ.
  static std::unique_ptr<MessageCopier> Make(const google::protobuf::Descriptor* from,
                                             const google::protobuf::Descriptor* to,
                                             const ReadParts* reads);

  // `to` is empty, or holds an earlier copy. The parts that are not read stay absent in it. False: they are deeper or larger than a
  // message of bytes may be, or not all of them can be copied.
  bool Copy(const google::protobuf::Message& from, google::protobuf::Message* to) const;

 private:
  struct Plan;
  struct Step {
    const google::protobuf::FieldDescriptor* from;
    const google::protobuf::FieldDescriptor* to;
    const Plan* plan;  // For a message: the parts of it to copy.
  };
  struct Plan {
    bool is_whole = false;
    std::vector<Step> steps;
  };
  using Types = std::pair<const google::protobuf::Descriptor*, const google::protobuf::Descriptor*>;

  MessageCopier() = default;
  // Null when the types differ.
  const Plan* WholePlan(Types types);
  const Plan* PartialPlan(Types types, const std::map<std::string, const ReadPart*>& parts);
  const Plan* PlanOf(Types types, const ReadPart& part);
  bool AddStep(const google::protobuf::FieldDescriptor& to,
               const google::protobuf::Descriptor& from, const ReadPart* part, Plan* plan);

  // The amount that may still be copied.
  struct Left {
    int64_t bytes;
    int depth;
  };
  static bool CopyBy(const Plan& plan, const google::protobuf::Message& from,
                     google::protobuf::Message* to, Left* left);
  static bool CopyField(const Step& step, const google::protobuf::Message& from,
                        google::protobuf::Message* to, Left* left);
  static bool CopyElements(const Step& step, const google::protobuf::Message& from,
                           google::protobuf::Message* to, Left* left);

  std::map<Types, const Plan*> whole_;
  std::vector<std::unique_ptr<Plan>> plans_;
  const Plan* root_ = nullptr;
};

// Inputs of rules or of an expression, made of Python's messages without bytes in between: the parts that are read. Used with the GIL
// held.
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

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_PYTHON_MESSAGES_H_
