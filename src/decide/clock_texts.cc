// The texts about a clock: a line, a sentence for the customer, lines for the agent, everything for an auditor.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/optional.h"
#include "decide/clock_words.h"
#include "decide/explain_clock.h"
#include "decide/value_words.h"
#include "internal/enum_label.h"
#include "internal/escape_text.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

using v1::CaseClock;
using v1::ClockChange;
using v1::ClockExplanation;
using v1::ClockSegment;

// Closed stretches in the lines for the agent; more are counted.
constexpr std::size_t kMaxClosings = 4;

template <typename Value>
std::string Label(const google::protobuf::EnumDescriptor& type, Value value) {
  const auto* known = type.FindValueByNumber(value);
  return known == nullptr ? absl::StrCat(static_cast<int>(value)) : SpacedWords(EnumLabel(*known));
}

// A stretch that is closed, with the names of its holidays. A plain struct.
struct Closing {
  absl::Time start;
  absl::Time end;
  std::vector<std::string> names;
};

std::vector<Closing> ClosingsOf(const ClockExplanation& explanation) {
  std::vector<Closing> closings;
  for (const ClockSegment& segment : explanation.segments()) {
    const bool is_holiday = segment.kind() == ClockSegment::KIND_HOLIDAY;
    if (!is_holiday && segment.kind() != ClockSegment::KIND_CLOSED) continue;
    const absl::Time start = InstantOf(segment.start_time());
    if (closings.empty() || closings.back().end != start) closings.push_back({start, start, {}});
    Closing& closing = closings.back();
    closing.end = InstantOf(segment.end_time());
    const std::string name = segment.name().empty() ? "holiday" : EscapeText(segment.name());
    const bool is_new = closing.names.empty() || closing.names.back() != name;
    if (is_holiday && is_new) closing.names.push_back(name);
  }
  return closings;
}

class ClockWriter {
 public:
  ClockWriter(const std::shared_ptr<const calendar::Zone>& zone,
              const ClockExplanation& explanation)
      : explanation_(explanation),
        clock_(explanation.clock()),
        until_(InstantOf(explanation.until_time())),
        times_(zone, until_) {}

  std::string Line() const {
    const std::string name = ClockName(clock_);
    if (clock_.has_end_time()) return absl::StrCat(name, " ", EndWords());
    if (!clock_.has_target()) return absl::StrCat(name, " has no target");
    if (IsOverdue()) {
      return absl::StrCat(name, " overdue since ", DueText(),
                          Left().has_value() ? absl::StrCat(", by ", ShortSpan(-*Left())) : "");
    }
    const std::string left =
        Left().has_value() ? absl::StrCat(", ", ShortSpan(*Left()), " left") : "";
    if (clock_.state() == CaseClock::STATE_PAUSED) return absl::StrCat(name, " paused", left);
    if (!clock_.has_due_time()) return absl::StrCat(name, " never due, ", ClosedForEver());
    return absl::StrCat(name, " due ", DueText(), left);
  }

  std::string CustomerText() const {
    const absl::string_view done = DoneWords();
    if (done.empty() || !clock_.has_target() || clock_.state() == CaseClock::STATE_STOPPED) {
      return "";
    }
    if (clock_.has_end_time()) {
      const std::string when = Zoned(InstantOf(clock_.end_time()));
      if (!clock_.has_due_time()) return "";
      return clock_.is_late()
                 ? absl::StrCat("We ", done, " on ", when,
                                ". That was later than promised: ", Zoned(Due()), ".")
                 : absl::StrCat("We ", done, " on ", when, ", within the time that we promised.");
    }
    if (IsOverdue()) {
      return absl::StrCat("We wanted to ", PlanWords(), " by ", Zoned(Due()),
                          ". That time has passed.");
    }
    if (clock_.state() == CaseClock::STATE_PAUSED) {
      return absl::StrCat("The time in which we ", PlanWords(), " is paused; ", ShortSpan(*Left()),
                          IsOpenTime() ? " of our opening hours are left." : " are left.");
    }
    if (!clock_.has_due_time()) return "";
    return absl::StrCat("We will ", PlanWords(), " by ", Zoned(Due()), ".");
  }

  std::vector<std::string> AgentLines() const {
    std::vector<std::string> lines;
    lines.push_back(absl::StrCat(Capitalized(Line()), Promise(), "."));
    lines.push_back(Counted());
    const std::string uncounted = Uncounted();
    if (!uncounted.empty()) lines.push_back(uncounted);
    const std::string moved = LastMove();
    if (!moved.empty()) lines.push_back(moved);
    if (!explanation_.differing_zones().empty()) lines.push_back(ZoneWarning());
    return lines;
  }

  std::string Text() const {
    std::string text = absl::StrCat(
        "Clock: ", ClockName(clock_), " of case ", EscapeValue(explanation_.case_id()), "\n",
        "State: ", Label(*CaseClock::State_descriptor(), clock_.state()),
        clock_.is_late() ? ", late" : "", "\n", "Start: ", Exact(clock_.start_time()), "\n");
    AddTarget(&text);
    if (clock_.has_due_time()) absl::StrAppend(&text, "Due: ", Exact(clock_.due_time()), "\n");
    for (const auto& warn : clock_.warn_times()) {
      absl::StrAppend(&text, "Warning: ", Exact(warn), "\n");
    }
    if (clock_.has_end_time()) absl::StrAppend(&text, "End: ", Exact(clock_.end_time()), "\n");
    absl::StrAppend(&text, "Counted: ", ShortSpan(LengthOf(explanation_.counted())), " until ",
                    Exact(explanation_.until_time()), "\n");
    absl::StrAppend(&text, "Stretches (", times_.zone_name(), "):\n");
    for (const ClockSegment& segment : explanation_.segments()) AddSegment(segment, &text);
    absl::StrAppend(&text, explanation_.steps().empty() ? "Steps: not known.\n" : "Steps:\n");
    for (const v1::ClockStep& step : explanation_.steps()) AddStep(step, &text);
    if (!explanation_.differing_zones().empty()) absl::StrAppend(&text, ZoneWarning(), "\n");
    return text;
  }

 private:
  absl::Time Due() const { return InstantOf(clock_.due_time()); }
  std::string DueText() const { return times_.Short(Due()); }
  std::string Exact(const google::protobuf::Timestamp& time) const {
    return times_.Exact(InstantOf(time));
  }
  bool IsOpenTime() const { return !clock_.target().calendar_id().empty(); }

  // "Monday, June 15, 2026, 10:00 (Europe/Berlin)".
  std::string Zoned(absl::Time time) const {
    return absl::StrCat(times_.Long(time), " (", times_.zone_name(), ")");
  }

  bool IsOverdue() const {
    return !clock_.has_end_time() && clock_.has_due_time() && until_ > Due();
  }

  // The time of the target that is left; negative when more was counted. Nothing for a target in days, or without one.
  absl::optional<absl::Duration> Left() const {
    if (!clock_.has_target() || clock_.target().business_days() > 0) return absl::nullopt;
    return LengthOf(clock_.target().duration()) - LengthOf(explanation_.counted());
  }

  std::string ClosedForEver() const {
    return IsOpenTime() ? "since its calendar does not open often enough"
                        : "since its time ends after year 9999";
  }

  // "met Fri 12:00 (due Fri 14:00)".
  std::string EndWords() const {
    const bool is_met = clock_.state() == CaseClock::STATE_MET;
    return absl::StrCat(is_met ? "met " : "stopped ", clock_.is_late() ? "late " : "",
                        times_.Short(InstantOf(clock_.end_time())),
                        clock_.has_due_time() ? absl::StrCat(" (due ", DueText(), ")")
                        : clock_.has_target() ? ""
                                              : " (no target)");
  }

  std::string Promise() const {
    return clock_.has_target() ? absl::StrCat("; promised within ", PromiseWords(clock_.target()))
                               : "";
  }

  // The work of the company, for the customer; empty for a measure that is not about the customer.
  absl::string_view PlanWords() const {
    switch (clock_.metric()) {
      case v1::SERVICE_METRIC_FIRST_REPLY:
      case v1::SERVICE_METRIC_NEXT_REPLY:
        return "reply to you";
      case v1::SERVICE_METRIC_PERIODIC_UPDATE:
      case v1::SERVICE_METRIC_PAUSABLE_UPDATE:
        return "write to you again";
      case v1::SERVICE_METRIC_REQUESTER_WAIT:
      case v1::SERVICE_METRIC_AGENT_WORK:
      case v1::SERVICE_METRIC_TOTAL_RESOLUTION:
        return "settle your request";
      case v1::SERVICE_METRIC_ACKNOWLEDGMENT:
        return "confirm your complaint";
      default:
        return "";
    }
  }

  absl::string_view DoneWords() const {
    switch (clock_.metric()) {
      case v1::SERVICE_METRIC_FIRST_REPLY:
      case v1::SERVICE_METRIC_NEXT_REPLY:
        return "replied to you";
      case v1::SERVICE_METRIC_PERIODIC_UPDATE:
      case v1::SERVICE_METRIC_PAUSABLE_UPDATE:
        return "wrote to you again";
      case v1::SERVICE_METRIC_REQUESTER_WAIT:
      case v1::SERVICE_METRIC_AGENT_WORK:
      case v1::SERVICE_METRIC_TOTAL_RESOLUTION:
        return "settled your request";
      case v1::SERVICE_METRIC_ACKNOWLEDGMENT:
        return "confirmed your complaint";
      default:
        return "";
    }
  }

  // ---- The lines for the agent ----

  std::string Counted() const {
    const std::string since = times_.Short(InstantOf(clock_.start_time()));
    const std::string until = times_.Short(until_);
    if (!clock_.has_target()) {
      return absl::StrCat("It runs since ", since, ", and no target applies.");
    }
    return absl::StrCat("Counted from ", since, " until ", until, ": ",
                        ShortSpan(LengthOf(explanation_.counted())),
                        IsOpenTime() ? " of open time." : ".");
  }

  std::string Uncounted() const {
    std::vector<std::string> words;
    std::map<v1::Case::State, absl::Duration> paused;
    for (const ClockSegment& segment : explanation_.segments()) {
      if (segment.kind() != ClockSegment::KIND_PAUSED) continue;
      paused[segment.state()] += InstantOf(segment.end_time()) - InstantOf(segment.start_time());
    }
    for (const auto& [state, span] : paused) {
      words.push_back(absl::StrCat("paused ", ShortSpan(span), " ", PauseWords(state)));
    }
    const std::vector<Closing> closings = ClosingsOf(explanation_);
    const std::size_t shown = std::min(closings.size(), kMaxClosings);
    for (std::size_t i = 0; i < shown; ++i) {
      const Closing& closing = closings[i];
      words.push_back(absl::StrCat(
          "closed ", times_.Short(closing.start), " to ", times_.Short(closing.end),
          closing.names.empty() ? ""
                                : absl::StrCat(" (", absl::StrJoin(closing.names, ", "), ")")));
    }
    if (closings.size() > shown) {
      const std::size_t more = closings.size() - shown;
      words.push_back(absl::StrCat("closed ", more, more == 1 ? " more time" : " more times"));
    }
    if (words.empty()) return "";
    return absl::StrCat("Not counted: ", absl::StrJoin(words, ", "), ".");
  }

  // "1 h later", "30 min earlier".
  static std::string MoveWords(absl::Duration moved) {
    return moved > absl::ZeroDuration() ? absl::StrCat(ShortSpan(moved), " later")
                                        : absl::StrCat(ShortSpan(-moved), " earlier");
  }

  std::string StepCause(const v1::ClockStep& step) const {
    switch (step.change().kind()) {
      case ClockChange::KIND_TARGET_APPLIED:
        return step.is_by_policy()                  ? "another policy was active"
               : step.change().clock().has_target() ? "another target applied"
                                                    : "no target applied any more";
      case ClockChange::KIND_RESUMED:
        return "the pause was over";
      case ClockChange::KIND_RESTARTED:
        return absl::StrCat("it counts from ",
                            times_.Short(InstantOf(step.change().clock().start_time())));
      default:
        return Label(*ClockChange::Kind_descriptor(), step.change().kind());
    }
  }

  // The last step after which something else was due. A pause leaves no due time, and its end sets another one.
  std::string LastMove() const {
    absl::optional<absl::Time> due;
    std::string words;
    for (const v1::ClockStep& step : explanation_.steps()) {
      const CaseClock& after = step.change().clock();
      if (!after.has_due_time()) continue;
      const absl::Time now_due = InstantOf(after.due_time());
      if (due.has_value() && now_due != *due) {
        words = absl::StrCat("The due time moved on ", times_.Short(InstantOf(step.time())),
                             ", from ", times_.Short(*due), " to ", times_.Short(now_due), ": ",
                             StepCause(step), ".");
      }
      due = now_due;
    }
    return words;
  }

  std::string ZoneWarning() const {
    const auto& zones = explanation_.differing_zones();
    const std::string names = absl::StrJoin(zones, ", ");
    return zones.size() == 1
               ? absl::StrCat("The changes of the clock in the zone ", names,
                              " are others than those that the due time was computed with.")
               : absl::StrCat("In at least one of the zones ", names,
                              " the changes of the clock are others than those that the due time "
                              "was computed with.");
  }

  // ---- The text for an auditor ----

  void AddTarget(std::string* text) const {
    if (!clock_.has_target()) {
      absl::StrAppend(text, "Target: none\n");
      return;
    }
    const v1::ClockTarget& target = clock_.target();
    absl::StrAppend(text, "Target: ", EscapeValue(target.target_id()), " of level ",
                    EscapeValue(target.level_id()), ", ", PromiseWords(target));
    if (IsOpenTime()) absl::StrAppend(text, " by the calendar ", EscapeValue(target.calendar_id()));
    std::vector<std::string> states;
    for (const int state : target.pausing_states()) {
      states.push_back(Label(*v1::Case::State_descriptor(), static_cast<v1::Case::State>(state)));
    }
    if (!states.empty()) absl::StrAppend(text, ", paused in ", absl::StrJoin(states, ", "));
    absl::StrAppend(text, ", on change ",
                    Label(*v1::TargetChangeMode_descriptor(), target.on_change()), "\n");
    absl::StrAppend(text, "Policy: ", absl::BytesToHexString(target.policy_hash()), "\n");
    absl::StrAppend(text, "Fingerprint: ", absl::BytesToHexString(target.fingerprint()), "\n");
  }

  void AddSegment(const ClockSegment& segment, std::string* text) const {
    const absl::Duration span = InstantOf(segment.end_time()) - InstantOf(segment.start_time());
    absl::StrAppend(text, "  ", Exact(segment.start_time()), " to ", Exact(segment.end_time()),
                    "  ", Label(*ClockSegment::Kind_descriptor(), segment.kind()), " ",
                    ShortSpan(span));
    if (segment.kind() == ClockSegment::KIND_PAUSED) {
      absl::StrAppend(text, " ", PauseWords(segment.state()));
    }
    if (!segment.name().empty()) absl::StrAppend(text, ", ", EscapeText(segment.name()));
    absl::StrAppend(text, "\n");
  }

  void AddStep(const v1::ClockStep& step, std::string* text) const {
    const CaseClock& after = step.change().clock();
    absl::StrAppend(text, "  ", Exact(step.time()), "  ",
                    Label(*ClockChange::Kind_descriptor(), step.change().kind()));
    if (step.change().kind() == ClockChange::KIND_TARGET_APPLIED) {
      absl::StrAppend(text,
                      after.has_target()
                          ? absl::StrCat(" ", EscapeValue(after.target().target_id()), " of level ",
                                         EscapeValue(after.target().level_id()))
                          : " none",
                      step.is_by_policy() ? ", by another policy" : "");
    }
    if (after.has_due_time()) absl::StrAppend(text, ", due ", Exact(after.due_time()));
    const absl::Duration moved = LengthOf(step.moved());
    if (moved != absl::ZeroDuration()) absl::StrAppend(text, ", ", MoveWords(moved));
    absl::StrAppend(text, "  (record ", EscapeValue(step.record_id()), ", event ",
                    EscapeValue(step.event_id()), ")\n");
  }

  const ClockExplanation& explanation_;
  const CaseClock& clock_;
  const absl::Time until_;
  const ClockTimes times_;
};

}  // namespace

void FillClockTexts(const std::shared_ptr<const calendar::Zone>& zone,
                    ClockExplanation* explanation) {
  const ClockWriter writer(zone, *explanation);
  std::string line = writer.Line();
  std::string customer_text = writer.CustomerText();
  const std::vector<std::string> agent_lines = writer.AgentLines();
  std::string text = writer.Text();
  explanation->set_line(std::move(line));
  explanation->set_customer_text(std::move(customer_text));
  for (const std::string& agent_line : agent_lines) explanation->add_agent_lines(agent_line);
  explanation->set_text(std::move(text));
}

}  // namespace internal
}  // namespace frontdesk
