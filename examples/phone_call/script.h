// The script of a call: the steps at the desk, one a line.
//
//   absl::optional<std::vector<phone_call::Step>> steps =
//       phone_call::ReadScript("call.jsonl", shop.catalog, &problems);
//
// A line is a JSON object with
//
//   "step"    what the agent does, in words; no two steps have the same
//   "at"      the instant, RFC 3339; no earlier than that of the step before
//
// one of
//
//   "command"        a frontdesk.v1.Command in the protobuf JSON mapping, without `now`, which is "at"
//   "find"           a frontdesk.v1.FindRequest in the protobuf JSON mapping
//   "open_file"      {"customer_id": …, "interaction_id": …}; the interaction may be left out
//   "customer_view"  a frontdesk.v1.EntityRef in the protobuf JSON mapping: what may its customer see of it?
//   "explain"        the words of an earlier step with a command: why did it come out as it did?
//
// and, optionally,
//
//   "facts"        for a command: ids of items of the shop; what they are and cost is handed over with it
//   "approval_of"  for a command that approves or declines: the words of an earlier step, which held a command
//   "expect"       for a command or a find, what should come out: "DONE", "REFUSED ORDER_NOT_FOUND", "FOUND 2"
#ifndef FRONTDESK_EXAMPLES_PHONE_CALL_SCRIPT_H_
#define FRONTDESK_EXAMPLES_PHONE_CALL_SCRIPT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "catalog.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/find.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "json.h"

namespace phone_call {

// One step. A plain struct.
struct Step {
  enum class Kind { kCommand, kFind, kOpenFile, kCustomerView, kExplain };

  // "call.jsonl:17"
  std::string place;
  std::string words;
  google::protobuf::Timestamp at;
  Kind kind = Kind::kCommand;
  // For kCommand, complete with `now`.
  frontdesk::v1::Command command;
  frontdesk::v1::Facts facts;
  // The place of the step in the script, from 0, whose approval the command is about; its id is known when it runs.
  absl::optional<std::size_t> approval_of;
  // For kFind.
  frontdesk::v1::FindRequest find;
  // For kOpenFile.
  std::string customer_id;
  std::string interaction_id;
  // For kCustomerView.
  frontdesk::v1::EntityRef entity;
  // For kExplain, the place of the explained step in the script, from 0.
  std::size_t explained = 0;
  // Empty: nothing is expected.
  std::string expected;
};

// Reads a script. On any problem, in any line, nothing is returned and all are reported.
absl::optional<std::vector<Step>> ReadScript(const std::string& path,
                                             const retail_desk::Catalog& catalog,
                                             retail_desk::Problems* problems);

}  // namespace phone_call

#endif  // FRONTDESK_EXAMPLES_PHONE_CALL_SCRIPT_H_
