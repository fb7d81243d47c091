// Carries a script out, step by step.
#ifndef FRONTDESK_EXAMPLES_PHONE_CALL_CALL_H_
#define FRONTDESK_EXAMPLES_PHONE_CALL_CALL_H_

#include <cstddef>
#include <string>
#include <vector>

#include "digest.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/v1/outcome.pb.h"
#include "json.h"
#include "screen.h"
#include "script.h"

namespace phone_call {

// A call at a desk. Thread-compatible.
class Call {
 public:
  // `desk` and `steps` have to outlive the call.
  Call(frontdesk::Desk& desk, const std::vector<Step>& steps) : desk_(desk), steps_(steps) {}

  // Carries every step out. A step that the desk cannot decide or answer is reported with its place and ends the
  // call.
  void Run(retail_desk::Problems* problems);

  // The lines that the agent's screen showed, step by step.
  const std::string& text() const { return text_; }
  // How many commands were done, refused and held; those that were refused, each with its reason; those that were held, each with
  // the step that approved it.
  std::string SummaryText() const;
  // How many steps say what is expected, and of how many that came out.
  int expected() const { return expected_; }
  int as_expected() const { return as_expected_; }

  // The digest of all outcomes. To be called once, at the end.
  std::string FinishDigest() { return digest_.Finish(); }

 private:
  absl::Status RunStep(std::size_t index);
  absl::Status RunCommand(std::size_t index);
  absl::Status Find(const Step& step);
  absl::Status OpenFile(const Step& step);
  absl::Status ViewAsCustomer(const Step& step);
  absl::Status Explain(const Step& step);

  // Shows an entity as it is now.
  absl::Status Show(const frontdesk::v1::EntityRef& entity);
  // The events, and the present state of the entities that they changed.
  absl::Status ShowEvents(const frontdesk::v1::Outcome& outcome);
  // Shows what came out, in one line behind a mark, and compares.
  void ShowResult(const Step& step, absl::string_view mark, const std::string& result);
  // The command of a step, with the approval that it is about.
  frontdesk::v1::Command CommandOf(const Step& step) const;
  // The resolution of the command that a step held: "approved by carla in step 34".
  std::string ResolutionText(std::size_t held) const;

  frontdesk::Desk& desk_;
  const std::vector<Step>& steps_;
  // By step; without a verdict where there was no command.
  std::vector<frontdesk::v1::Outcome> outcomes_;
  retail_desk::MessageDigest digest_;
  std::string text_;
  int expected_ = 0;
  int as_expected_ = 0;
};

}  // namespace phone_call

#endif  // FRONTDESK_EXAMPLES_PHONE_CALL_CALL_H_
