// One command while it is decided: its input and the result so far. Every entity has the same kind of draft. Private.
#ifndef FRONTDESK_DOMAIN_DRAFT_H_
#define FRONTDESK_DOMAIN_DRAFT_H_

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "domain/arguments.h"
#include "domain/event_maker.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace domain {

// Collects events, effects and refusals. `Input` is the decision input of an entity. Thread-compatible.
template <typename Input>
class Draft {
 public:
  // Both must outlive the draft; `info` is the command in the input.
  Draft(const Input& input, const CommandInfo& info)
      : input_(input), info_(info), root_{nullptr, info.field} {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const Input& input() const { return input_; }
  const auto& command() const { return input_.command(); }
  const CommandInfo& info() const { return info_; }
  // The first part of every path.
  const FieldPath& root() const { return root_; }

  // Adds an event about the entity of that id; the caller sets what happened.
  v1::Event& AddEvent(absl::string_view entity_id) {
    return decided_.events.emplace_back(
        MakeEvent(info_.entity_kind, entity_id, OccasionOf(input_)));
  }

  // Adds an effect on account of the entity of that id; the caller sets the action.
  v1::Effect& AddEffect(absl::string_view entity_id) {
    v1::Effect& effect = decided_.effects.emplace_back();
    effect.mutable_entity()->set_kind(info_.entity_kind);
    effect.mutable_entity()->set_id(std::string(entity_id));
    return effect;
  }

  // Adds a violated invariant and returns it, for details. `field` is a path from the command.
  v1::Refusal& Refuse(absl::string_view reason, absl::string_view field, absl::string_view text) {
    return decided_.refusals.emplace_back(MakeRefusal(reason, field, text));
  }

  // The same with the text of the reason.
  v1::Refusal& Refuse(const Reason& reason, absl::string_view field) {
    return decided_.refusals.emplace_back(MakeRefusal(reason, field));
  }

  // The same for another entity that the command names in `field`, and that is not in the input.
  void RefuseNotFound(const Reason& reason, absl::string_view field) {
    Refuse(reason, field).set_origin(v1::Refusal::ORIGIN_NOT_FOUND);
  }

  void Refuse(std::vector<v1::Refusal> refusals) {
    decided_.refusals.insert(decided_.refusals.end(), std::make_move_iterator(refusals.begin()),
                             std::make_move_iterator(refusals.end()));
  }

  bool refused() const { return decided_.refused(); }

  // The result; nothing happens when anything was refused.
  Decided Finish() && {
    if (decided_.refused()) {
      decided_.events.clear();
      decided_.postings.clear();
      decided_.effects.clear();
    }
    return std::move(decided_);
  }

 protected:
  // For drafts of an entity that keep more than events.
  Decided& decided() { return decided_; }

 private:
  const Input& input_;
  const CommandInfo& info_;
  const FieldPath root_;
  Decided decided_;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_DRAFT_H_
