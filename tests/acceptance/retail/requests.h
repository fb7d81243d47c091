// The requests to the shop: files of calls and of tasks, one JSON object a line.
//
//   absl::optional<std::vector<retail_desk::Task>> calls =
//       retail_desk::ReadCalls("calls.jsonl", shop.catalog, &problems);
//   for (const retail_desk::Request& request : (*calls)[0].requests) desk->Execute(request.command, request.facts);
//
// The shop's seven operations become frontdesk's commands; nothing is decided here. The expected answers may be in the
// files too: see run.h.
#ifndef FRONTDESK_TESTS_ACCEPTANCE_RETAIL_REQUESTS_H_
#define FRONTDESK_TESTS_ACCEPTANCE_RETAIL_REQUESTS_H_

#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "catalog.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "json.h"

namespace retail_desk {

// One operation that is asked for.
struct Request {
  // "cancel_pending_order", …
  std::string operation;
  frontdesk::v1::Command command;
  frontdesk::v1::Facts facts;
};

// A line of a file: a call has one request, a task any number, which are carried out one after the other.
struct Task {
  // "calls.jsonl:17"
  std::string place;
  Json line;
  std::vector<Request> requests;
};

// Reads a file of calls: {"name": …, "arguments": {…}} with, optionally, "error", "order_after" and "user_after". On
// any problem, in any line, nothing is returned and all are reported.
absl::optional<std::vector<Task>> ReadCalls(const std::string& path, const Catalog& catalog,
                                            Problems* problems);

// Reads a file of tasks: {"actions": [{"name": …, "arguments": {…}}, …]} with, optionally, a "result" in each action and
// "changed". Other members are kept for the report. As ReadCalls.
absl::optional<std::vector<Task>> ReadTasks(const std::string& path, const Catalog& catalog,
                                            Problems* problems);

}  // namespace retail_desk

#endif  // FRONTDESK_TESTS_ACCEPTANCE_RETAIL_REQUESTS_H_
