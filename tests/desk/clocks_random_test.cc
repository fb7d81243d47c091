// Clocks of random cases beside a reference that counts minute by minute, and knows nothing of how the desk computes them.
//
// All instants are whole minutes. The reference keeps, for each case, what happened in each minute; it walks over all minutes of a clock to
// say how much counted and when it is due.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "desk/chance.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "gtest/gtest.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::kAllowAll;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::MustOpen;
using State = v1::Case::State;

constexpr int kDays = 40;
constexpr int kMinutes = kDays * 24 * 60;
constexpr std::int64_t kBase =
    1'774'500'000 / 60 * 60;  // 2026-03-26: the clock is set forward on the third day.

// A target in one of the packs.
struct Target {
  int id;
  v1::ServiceMetric metric;
  bool only_urgent;
  int minutes;
  bool is_business;
  std::vector<State> pausing;
  const char* mode;
};

struct Pack {
  std::vector<Target> targets;
  std::string text;
  std::shared_ptr<const Policy> policy;
};

const char* MetricName(v1::ServiceMetric metric) { return v1::ServiceMetric_Name(metric).c_str(); }

// Monday to Friday from 08:30 to 12:00 and from 13:00 to 17:30, but for one day; and a night shift on Saturdays, in Berlin.
constexpr char kCalendar[] = R"(
  calendars { calendar_id: "week" time_zone: "Europe/Berlin"
    weekly_hours { days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_TUESDAY, DAY_OF_WEEK_WEDNESDAY, DAY_OF_WEEK_THURSDAY, DAY_OF_WEEK_FRIDAY]
      intervals { open: "08:30" close: "12:00" } intervals { open: "13:00" close: "17:30" } }
    weekly_hours { days: DAY_OF_WEEK_SATURDAY intervals { open: "22:00" close: "26:30" } }
    exceptions { kind: KIND_HOLIDAY date: "2026-04-06" name: "Easter Monday" } }
)";

// Whether each minute is open, by the local clock of that minute alone.
std::vector<bool> OpenMinutes() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
  std::vector<bool> open;
  for (int minute = 0; minute < kMinutes; ++minute) {
    const absl::CivilMinute local =
        absl::ToCivilMinute(absl::FromUnixSeconds(kBase + minute * 60LL), zone);
    const int of_day = local.hour() * 60 + local.minute();
    const absl::Weekday day = absl::GetWeekday(absl::CivilDay(local));
    const bool is_workday = day != absl::Weekday::saturday && day != absl::Weekday::sunday &&
                            absl::CivilDay(local) != absl::CivilDay(2026, 4, 6);
    bool is_open =
        is_workday && ((of_day >= 510 && of_day < 720) || (of_day >= 780 && of_day < 1050));
    is_open |= day == absl::Weekday::saturday && of_day >= 1320;
    is_open |= day == absl::Weekday::sunday && of_day < 150;
    open.push_back(is_open);
  }
  return open;
}

Pack RandomPack(Chance& chance) {
  static constexpr v1::ServiceMetric kMetrics[] = {
      v1::SERVICE_METRIC_FIRST_REPLY,     v1::SERVICE_METRIC_NEXT_REPLY,
      v1::SERVICE_METRIC_PERIODIC_UPDATE, v1::SERVICE_METRIC_PAUSABLE_UPDATE,
      v1::SERVICE_METRIC_REQUESTER_WAIT,  v1::SERVICE_METRIC_AGENT_WORK,
      v1::SERVICE_METRIC_TOTAL_RESOLUTION};
  static constexpr const char* kModes[] = {"PINNED", "LATEST", "CUMULATIVE"};
  Pack pack;
  pack.text =
      absl::StrCat(kAllowAll, kCalendar, "service_levels { level_id: 'all' calendar_id: 'week' ");
  for (const v1::ServiceMetric metric : kMetrics) {
    for (const bool only_urgent : {true, false}) {
      // Each metric is measured, for all priorities; by some packs also for urgent cases.
      if (only_urgent && chance.OneIn(3)) continue;
      Target target{static_cast<int>(pack.targets.size()),
                    metric,
                    only_urgent,
                    5 + chance.Below(900),
                    chance.OneIn(2),
                    {},
                    kModes[chance.Below(3)]};
      const bool never_pauses = metric == v1::SERVICE_METRIC_PERIODIC_UPDATE ||
                                metric == v1::SERVICE_METRIC_TOTAL_RESOLUTION;
      if (!never_pauses && chance.OneIn(2)) {
        target.pausing = {chance.OneIn(2) ? v1::Case::STATE_WAITING_ON_THIRD_PARTY
                                          : v1::Case::STATE_WAITING_ON_CUSTOMER};
      } else if (metric == v1::SERVICE_METRIC_PAUSABLE_UPDATE ||
                 metric == v1::SERVICE_METRIC_REQUESTER_WAIT) {
        target.pausing = {v1::Case::STATE_WAITING_ON_CUSTOMER};
      } else if (metric == v1::SERVICE_METRIC_AGENT_WORK) {
        target.pausing = {v1::Case::STATE_WAITING_ON_CUSTOMER,
                          v1::Case::STATE_WAITING_ON_THIRD_PARTY};
      }
      absl::StrAppend(
          &pack.text, "targets { target_id: 't", pack.targets.size(),
          "' metric: ", MetricName(metric), " duration { seconds: ", target.minutes * 60,
          " } on_change: TARGET_CHANGE_MODE_", target.mode, only_urgent ? " priorities: 1" : "",
          target.is_business ? "" : " counts_all_time: true");
      if (!never_pauses) {
        for (const State state : target.pausing) {
          absl::StrAppend(&pack.text, " pausing_states: ", v1::Case::State_Name(state));
        }
      }
      absl::StrAppend(&pack.text, " } ");
      pack.targets.push_back(std::move(target));
    }
  }
  pack.text += "}";
  pack.policy = MustCompile(pack.text);
  return pack;
}

// ---- The reference -----------------------------------------------------------------------------

// A clock by its metric, with the targets that it had, each from a minute on.
struct Clock {
  v1::ServiceMetric metric;
  int instance;
  int start;
  absl::optional<Target> target;
  // For CUMULATIVE targets: the target in force from each minute on. A target that counts anew replaces all.
  std::vector<std::pair<int, Target>> stretches;
  absl::optional<int>
      frozen_due;  // A due time that had passed when the target changed cumulatively.
  int end = -1;
  bool met = false;
  bool late = false;
};

bool IsActive(State state) {
  return state == v1::Case::STATE_NEW || state == v1::Case::STATE_OPEN ||
         state == v1::Case::STATE_WAITING_ON_CUSTOMER ||
         state == v1::Case::STATE_WAITING_ON_THIRD_PARTY;
}

class Reference {
 public:
  explicit Reference(const std::vector<bool>& open) : open_(open) {}

  struct Model {
    std::vector<std::pair<int, State>> states;  // From each minute on.
    std::vector<std::string> merged;
    int episode_start = 0;
    int first_reply = -1;
    int last_reply = -1;
    int unanswered = -1;
    int priority = 2;
    std::vector<Clock> clocks;
    std::map<v1::ServiceMetric, int> counts;

    State state() const {
      return states.empty() ? v1::Case::STATE_UNSPECIFIED : states.back().second;
    }
  };

  std::map<std::string, Model> models;

  State StateAt(const Model& model, int minute) const {
    State state = v1::Case::STATE_UNSPECIFIED;
    for (const auto& [from, each] : model.states) {
      if (from <= minute) state = each;
    }
    return state;
  }

  void AddFamily(const std::string& id, std::vector<const Model*>* family) const {
    const Model& model = models.at(id);
    family->push_back(&model);
    for (const std::string& merged : model.merged) AddFamily(merged, family);
  }

  bool Counts(const std::string& id, const Target& target, int minute) const {
    if (target.is_business && !open_[static_cast<std::size_t>(minute)]) return false;
    std::vector<const Model*> family;
    AddFamily(id, &family);
    return std::none_of(family.begin(), family.end(), [&](const Model* model) {
      const State state = StateAt(*model, minute);
      return std::find(target.pausing.begin(), target.pausing.end(), state) != target.pausing.end();
    });
  }

  const Target& TargetAt(const Clock& clock, int minute) const {
    const Target* target = &clock.stretches.front().second;
    for (const auto& [from, each] : clock.stretches) {
      if (from <= minute) target = &each;
    }
    return *target;
  }

  // Minutes counted until `end`.
  int Counted(const std::string& id, const Clock& clock, int end) const {
    int counted = 0;
    for (int minute = clock.start; minute < end; ++minute) {
      counted += Counts(id, TargetAt(clock, minute), minute);
    }
    return counted;
  }

  // The due minute as seen at `now`, by the states of now; nothing while it is paused with time left, or beyond the span.
  absl::optional<int> Due(const std::string& id, const Clock& clock, int now) const {
    if (!clock.target.has_value()) return absl::nullopt;
    if (clock.frozen_due.has_value()) return clock.frozen_due;
    const Target& last = clock.stretches.back().second;
    const int since = clock.stretches.size() > 1 ? clock.stretches.back().first : clock.start;
    int counted = Counted(id, clock, since);
    for (int minute = since;; ++minute) {
      if (counted >= last.minutes) return minute;
      if (minute >= kMinutes) return absl::nullopt;
      if (minute >= now) {
        // From now on the state stays.
        const State state = models.at(id).state();
        if (std::find(last.pausing.begin(), last.pausing.end(), state) != last.pausing.end()) {
          return absl::nullopt;
        }
        counted += !last.is_business || open_[static_cast<std::size_t>(minute)];
      } else {
        counted += Counts(id, last, minute);
      }
    }
  }

  struct Wanted {
    bool is_open;
    int start;
  };

  static Wanted WantedOf(const Model& own, v1::ServiceMetric metric) {
    if (!IsActive(own.state())) return {false, 0};
    switch (metric) {
      case v1::SERVICE_METRIC_FIRST_REPLY:
        return {own.first_reply < 0, own.episode_start};
      case v1::SERVICE_METRIC_NEXT_REPLY:
        return {own.first_reply >= 0 && own.unanswered >= 0,
                std::max(own.episode_start, own.unanswered)};
      case v1::SERVICE_METRIC_PERIODIC_UPDATE:
      case v1::SERVICE_METRIC_PAUSABLE_UPDATE:
        return {own.last_reply >= 0, std::max(own.episode_start, own.last_reply)};
      default:
        return {true, own.episode_start};
    }
  }

  void End(const std::string& id, int at, bool met, int now, Clock* clock) const {
    const absl::optional<int> due = Due(id, *clock, now);
    clock->end = at;
    clock->met = met;
    clock->late = due.has_value() && at > *due;
  }

  // After a command at that minute, under a pack: the clocks that end, those that begin, and the targets that apply. `was` is the state before.
  void Settle(const std::string& id, const Pack& pack, int now, const Model& was, bool merges) {
    Model& own = models.at(id);
    // The states of before decide whether a clock was paused at its end.
    for (const Target& each : pack.targets) {
      if (each.only_urgent) continue;
      const v1::ServiceMetric metric = each.metric;
      const Wanted wanted = WantedOf(own, metric);
      Clock* open = nullptr;
      for (Clock& clock : own.clocks) {
        if (clock.metric == metric && clock.end < 0) open = &clock;
      }
      if (open != nullptr) {
        bool met = false;
        int at = now;
        if (metric == v1::SERVICE_METRIC_FIRST_REPLY) {
          met = own.first_reply >= 0;
          if (met) at = std::max(open->start, own.first_reply);
        } else if (metric == v1::SERVICE_METRIC_NEXT_REPLY) {
          met = own.unanswered < 0;
          if (met) at = own.last_reply;
        } else if (metric == v1::SERVICE_METRIC_PERIODIC_UPDATE ||
                   metric == v1::SERVICE_METRIC_PAUSABLE_UPDATE) {
          met = own.last_reply > open->start;
          if (met) at = own.last_reply;
        } else {
          met = own.state() == v1::Case::STATE_RESOLVED;
        }
        if (met || !wanted.is_open) {
          const Model after = own;
          own.states = was.states;
          const std::vector<std::string> merged = own.merged;
          own.merged = was.merged;
          End(id, at, met, now, open);
          own.states = after.states;
          own.merged = merged;
          open = nullptr;
        } else if (merges) {
          open->start = std::min(open->start, wanted.start);
          if (open->target.has_value()) {
            const Target target = *open->target;
            open->stretches = {{open->start, target}};
            open->frozen_due.reset();
          }
        }
      }
      if (open == nullptr && wanted.is_open) {
        own.clocks.push_back(
            {metric, ++own.counts[metric], wanted.start, {}, {}, {}, -1, false, false});
      }
    }
    for (Clock& clock : own.clocks) {
      if (clock.end < 0) Choose(id, pack, now, &clock);
    }
  }

 private:
  void Choose(const std::string& id, const Pack& pack, int now, Clock* clock) const {
    const Model& own = models.at(id);
    const Target* chosen = nullptr;
    for (const Target& each : pack.targets) {
      if (each.metric != clock->metric || (each.only_urgent && own.priority != 1)) continue;
      chosen = &each;
      break;
    }
    ASSERT_NE(chosen, nullptr);
    if (!clock->target.has_value()) {
      clock->target = *chosen;
      clock->stretches = {{clock->start, *chosen}};
      return;
    }
    const Target& held = *clock->target;
    const bool is_same =
        held.only_urgent == chosen->only_urgent && held.minutes == chosen->minutes &&
        held.is_business == chosen->is_business && held.id == chosen->id &&
        held.pausing == chosen->pausing && absl::string_view(held.mode) == chosen->mode;
    if (is_same || absl::string_view(held.mode) == "PINNED") return;
    if (absl::string_view(held.mode) == "LATEST") {
      clock->frozen_due.reset();
      clock->stretches = {{clock->start, *chosen}};
    } else {
      const absl::optional<int> before = Due(id, *clock, now);
      const int counted = Counted(id, *clock, now);
      clock->frozen_due.reset();
      clock->stretches.push_back({now, *chosen});
      if (counted >= chosen->minutes) {
        clock->frozen_due = before.has_value() ? std::min(*before, now) : now;
      }
    }
    clock->target = *chosen;
  }

  const std::vector<bool>& open_;
};

// ---- The run -----------------------------------------------------------------------------------

google::protobuf::Timestamp TimeAt(int minute) {
  google::protobuf::Timestamp time;
  time.set_seconds(kBase + minute * 60LL);
  return time;
}

absl::optional<int> MinuteOf(bool is_set, const google::protobuf::Timestamp& time) {
  if (!is_set) return absl::nullopt;
  EXPECT_EQ((time.seconds() - kBase) % 60, 0);
  return static_cast<int>((time.seconds() - kBase) / 60);
}

std::string Text(absl::optional<int> minute) {
  return minute.has_value() ? absl::StrCat(*minute) : "none";
}

class ClocksRun {
 public:
  ClocksRun(std::uint64_t seed, const std::vector<bool>& open) : chance_(seed), reference_(open) {
    for (int i = 0; i < 2; ++i) packs_.push_back(RandomPack(chance_));
    desk_ = MustOpen(packs_[0].text);
  }

  // The first fault; empty when all fits.
  std::string Run(int commands) {
    for (int i = 0; i < commands; ++i) {
      now_ += 1 + (chance_.OneIn(4) ? chance_.Below(600) : chance_.Below(60));
      Step();
      if (::testing::Test::HasFailure()) return absl::StrCat("command ", i);
      std::string fault = Compare();
      if (!fault.empty()) return absl::StrCat("after command ", i, " at ", now_, ": ", fault);
    }
    return "";
  }

 private:
  bool Do(const std::string& text, v1::Actor::Kind by = v1::Actor::KIND_AGENT) {
    v1::Command command = AskInText(text);
    *command.mutable_now() = TimeAt(now_);
    command.mutable_actor()->set_kind(by);
    const absl::StatusOr<v1::Outcome> outcome = desk_->Execute(command, {});
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome.ok() && outcome->verdict() == v1::VERDICT_DONE && outcome->events_size() > 0;
  }

  void Enter(Reference::Model& model, State state) { model.states.emplace_back(now_, state); }

  void Step() {
    const std::string id = absl::StrCat("k", chance_.Below(3));
    auto found = reference_.models.find(id);
    if (found == reference_.models.end()) {
      EXPECT_TRUE(Do(absl::StrCat("open_case { case_id: '", id,
                                  "' kind: KIND_TROUBLE subject: 'words' priority: 2 }")));
      Reference::Model& model = reference_.models[id];
      const Reference::Model was = model;
      Enter(model, v1::Case::STATE_NEW);
      model.episode_start = now_;
      return reference_.Settle(id, packs_[active_], now_, was, false);
    }
    Reference::Model& model = found->second;
    const Reference::Model was = model;
    const std::string of = absl::StrCat(" { case_id: '", id, "' ");
    bool done = false;
    bool merges = false;
    switch (chance_.Below(14)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const bool is_reply = chance_.OneIn(2);
        done = Do(absl::StrCat("add_case_part", of, "part { part_id: 'p", ++parts_,
                               "' kind: KIND_MESSAGE visibility: VISIBILITY_PUBLIC text: 'w' } }"),
                  is_reply ? v1::Actor::KIND_AGENT : v1::Actor::KIND_CUSTOMER);
        if (!done) break;
        if (!is_reply) {
          if (model.unanswered < 0) model.unanswered = now_;
        } else {
          if (model.first_reply < 0) model.first_reply = now_;
          model.last_reply = now_;
          model.unanswered = -1;
        }
        break;
      }
      case 4:
      case 5:
      case 6: {
        const State state = chance_.OneIn(2) ? v1::Case::STATE_WAITING_ON_CUSTOMER
                                             : v1::Case::STATE_WAITING_ON_THIRD_PARTY;
        done = Do(absl::StrCat("pause_case", of, "state: ", v1::Case::State_Name(state), " }"));
        if (done) Enter(model, state);
        break;
      }
      case 7:
      case 8:
      case 9:
        done = Do(absl::StrCat("resume_case", of, "}"));
        if (done) Enter(model, v1::Case::STATE_OPEN);
        break;
      case 10: {
        const int priority = 1 + chance_.Below(2);
        done = Do(absl::StrCat("prioritize_case", of, "priority: ", priority, " }"));
        if (done) model.priority = priority;
        break;
      }
      case 11:
        if (chance_.OneIn(2)) {
          done = Do(absl::StrCat("resolve_case", of, "code: 'done' }"));
          if (done) Enter(model, v1::Case::STATE_RESOLVED);
        } else {
          done = Do(absl::StrCat("reopen_case", of, "}"));
          if (done) {
            Enter(model, v1::Case::STATE_OPEN);
            model.episode_start = now_;
          }
        }
        break;
      case 12: {
        if (!chance_.OneIn(3)) break;
        const std::string other_id = absl::StrCat("k", chance_.Below(3));
        const auto other = reference_.models.find(other_id);
        if (other == reference_.models.end()) break;
        const Reference::Model other_was = other->second;
        done = Do(absl::StrCat("merge_cases", of, "merged_case_id: '", other_id, "' }"));
        if (!done) break;
        merges = true;
        Reference::Model& merged = other->second;
        const bool is_active = IsActive(merged.state());
        Enter(merged, v1::Case::STATE_MERGED);
        reference_.Settle(other_id, packs_[active_], now_, other_was, false);
        model.merged.push_back(other_id);
        if (is_active) model.episode_start = std::min(model.episode_start, merged.episode_start);
        if (merged.first_reply >= 0 &&
            (model.first_reply < 0 || merged.first_reply < model.first_reply)) {
          model.first_reply = merged.first_reply;
        }
        model.last_reply = std::max(model.last_reply, merged.last_reply);
        if (merged.unanswered >= 0 &&
            (model.unanswered < 0 || merged.unanswered < model.unanswered)) {
          model.unanswered = merged.unanswered;
        }
        break;
      }
      default: {
        const std::size_t next = 1 - active_;
        PolicyActivation activation = testing::ActivationAt(0);
        activation.now = TimeAt(now_);
        const auto outcome = desk_->Activate(packs_[next].policy, activation);
        EXPECT_TRUE(outcome.ok() && outcome->verdict() == v1::VERDICT_DONE);
        active_ = next;
      }
    }
    if (done) reference_.Settle(id, packs_[active_], now_, was, merges);
  }

  std::string Compare() {
    for (const auto& [id, model] : reference_.models) {
      v1::EntityRef entity;
      entity.set_kind(v1::ENTITY_KIND_CASE);
      entity.set_id(id);
      const auto state = desk_->Get(entity, {"ended_clocks"});
      if (!state.ok()) return state.status().ToString();
      std::vector<std::string> kept, expected;
      const auto add = [&kept](const v1::CaseClock& clock) {
        const bool is_over = clock.has_end_time();
        kept.push_back(absl::StrCat(
            MetricName(clock.metric()), " ", clock.instance(), " from ",
            Text(MinuteOf(true, clock.start_time())),
            is_over
                ? absl::StrCat(clock.state() == v1::CaseClock::STATE_MET ? " met " : " stopped ",
                               Text(MinuteOf(true, clock.end_time())),
                               clock.is_late() ? " late" : "")
                : absl::StrCat(" due ", Text(MinuteOf(clock.has_due_time(), clock.due_time())))));
      };
      for (const v1::CaseClock& clock : (*state)->case_().clocks()) add(clock);
      for (const v1::CaseClock& clock : (*state)->case_().ended_clocks()) add(clock);
      for (const Clock& clock : model.clocks) {
        expected.push_back(absl::StrCat(
            MetricName(clock.metric), " ", clock.instance, " from ", clock.start,
            clock.end >= 0 ? absl::StrCat(clock.met ? " met " : " stopped ", clock.end,
                                          clock.late ? " late" : "")
                           : absl::StrCat(" due ", Text(reference_.Due(id, clock, now_)))));
      }
      std::sort(kept.begin(), kept.end());
      std::sort(expected.begin(), expected.end());
      for (std::size_t i = 0; i < std::max(kept.size(), expected.size()); ++i) {
        const std::string has = i < kept.size() ? kept[i] : "nothing";
        const std::string wants = i < expected.size() ? expected[i] : "nothing";
        if (has != wants) return absl::StrCat(id, ": ", has, ", but the reference has ", wants);
      }
    }
    return "";
  }

 public:
  // The clocks that follow from the log alone are those that are kept.
  std::string CompareComputed() {
    for (const auto& [id, model] : reference_.models) {
      v1::EntityRef entity;
      entity.set_kind(v1::ENTITY_KIND_CASE);
      entity.set_id(id);
      const auto state = desk_->Get(entity, {"ended_clocks"});
      const absl::StatusOr<v1::Case> computed = desk_->ComputeClocks(id);
      if (!state.ok() || !computed.ok()) return computed.status().ToString();
      v1::Case kept, again;
      for (const auto& [from, to] :
           {std::make_pair(&(*state)->case_(), &kept), std::make_pair(&*computed, &again)}) {
        *to->mutable_clocks() = from->clocks();
        *to->mutable_ended_clocks() = from->ended_clocks();
        *to->mutable_clock_totals() = from->clock_totals();
        to->set_service_level_id(from->service_level_id());
      }
      if (kept.SerializeAsString() != again.SerializeAsString()) {
        return absl::StrCat(id, " has ", kept.ShortDebugString(), "\nbut computed is ",
                            again.ShortDebugString());
      }
    }
    return "";
  }

 private:
  Chance chance_;
  Reference reference_;
  std::vector<Pack> packs_;
  std::size_t active_ = 0;
  std::unique_ptr<Desk> desk_;
  int now_ = 100;
  int parts_ = 0;
};

TEST(ClocksRandomTest, EqualAReferenceThatCountsByMinutes) {
  const std::uint64_t seed = testing::SeedOfRun();
  const std::vector<bool> open = OpenMinutes();
  const auto runs = static_cast<int>(testing::NumberFromEnvironment("FRONTDESK_CLOCK_RUNS", 60));
  for (int run = 0; run < runs; ++run) {
    ClocksRun one(seed + static_cast<std::uint64_t>(run), open);
    ASSERT_EQ(one.Run(50), "") << "FRONTDESK_RANDOM_SEED="
                               << seed + static_cast<std::uint64_t>(run);
    ASSERT_EQ(one.CompareComputed(), "")
        << "FRONTDESK_RANDOM_SEED=" << seed + static_cast<std::uint64_t>(run);
  }
}

}  // namespace
}  // namespace frontdesk
