// The refusal of a transition that names the allowed ones. Private.
#ifndef FRONTDESK_DOMAIN_TRANSITION_TEXT_H_
#define FRONTDESK_DOMAIN_TRANSITION_TEXT_H_

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "domain/event_maker.h"
#include "frontdesk/domain/verbs.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace domain {

// "OPEN" of STATE_OPEN, also of a state of another entity; the number of a state that is not known.
inline std::string StateName(const google::protobuf::EnumDescriptor& states, int state) {
  const google::protobuf::EnumValueDescriptor* value = states.FindValueByNumber(state);
  if (value == nullptr) return absl::StrCat(state);
  constexpr absl::string_view kPrefix = "STATE_";
  const std::string& name = value->name();
  return absl::StartsWith(name, kPrefix) ? name.substr(kPrefix.size()) : name;
}

// The refusal that the cell `refused` of `table` asks for. That of a state in which other verbs are
// possible has them, and the states in which this verb is possible, in its text and in its details
// ("state", "possible_in", "possible_verbs").
template <typename Transition>
v1::Refusal MakeTransitionRefusal(absl::Span<const Transition> table, const Transition& refused,
                                  const google::protobuf::EnumDescriptor& states) {
  const bool exists = refused.from != 0;
  v1::Refusal refusal = MakeStateRefusal(refused.refusal_reason, exists);
  const VerbInfo* verb = FindVerb(refused.verb);
  if (!exists || verb == nullptr || verb->creates) return refusal;
  std::string possible_in;
  std::string possible_verbs;
  for (const Transition& cell : table) {
    if (cell.to.empty()) continue;
    if (cell.verb == refused.verb) {
      absl::StrAppend(&possible_in, possible_in.empty() ? "" : ", ", StateName(states, cell.from));
    }
    if (cell.from == refused.from) {
      absl::StrAppend(&possible_verbs, possible_verbs.empty() ? "" : ", ", VerbName(cell.verb));
    }
  }
  const std::string state = StateName(states, refused.from);
  refusal.set_text(absl::StrCat(verb->name, " is possible in ", possible_in, ", and this is ",
                                state, "; possible in ", state, " are ",
                                possible_verbs.empty() ? "none" : possible_verbs));
  const auto add_detail = [&refusal](absl::string_view name, const std::string& value) {
    v1::DetailValue& detail = *refusal.add_details();
    detail.set_name(std::string(name));
    detail.set_value(value);
  };
  add_detail("state", state);
  add_detail("possible_in", possible_in);
  add_detail("possible_verbs", possible_verbs);
  return refusal;
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_TRANSITION_TEXT_H_
