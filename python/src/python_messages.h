// Messages of Python's protobuf, where they are objects of the C++ library that this module uses too. They are read as they are then,
// without bytes in between.
#ifndef FRONTDESK_PYTHON_SRC_PYTHON_MESSAGES_H_
#define FRONTDESK_PYTHON_SRC_PYTHON_MESSAGES_H_

#include <pybind11/pybind11.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cel_reads.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk::python {

namespace py = pybind11;

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

  // `to` is empty. The parts that are not read stay absent in it. False: they are deeper or larger than a message of bytes may be.
  bool Copy(const google::protobuf::Message& from, google::protobuf::Message* to) const;

 private:
  struct Plan;
  struct Step {
    const google::protobuf::FieldDescriptor* from;
    const google::protobuf::FieldDescriptor* to;
    const Plan* plan;  // Of a message, how much of it is copied.
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

  // The rest of what may be copied.
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

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_PYTHON_MESSAGES_H_
