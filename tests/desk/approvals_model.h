// A plain model of approvals: the answer to each request, worked out by hand. Shared by the random tests of approvals.
//
// An order is canceled when its refund is small, or approved. The amount held for it changes with its items.
#ifndef FRONTDESK_TESTS_DESK_APPROVALS_MODEL_H_
#define FRONTDESK_TESTS_DESK_APPROVALS_MODEL_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "desk/shop.h"

namespace frontdesk {
namespace approvals_model {

constexpr std::int64_t kLasts = 60;
constexpr int kMaxRounds = 5;

// ---- The company ----

// The limits of a policy, in cents: above the first a supervisor approves, above the second a director too, above the third nobody may.
struct Limits {
  const char* name;
  const char* first_rule;
  std::int64_t first;
  std::int64_t second;
  std::int64_t never;
};

constexpr std::array<Limits, 4> kLimits = {{{"usual", "some", 1500, 3000, 9900},
                                            {"strict", "some", 300, 2000, 9900},
                                            {"renamed", "other", 1500, 3000, 9900},
                                            {"careful", "some", 1500, 3000, 5000}}};

inline std::string PolicyText(const Limits& limits) {
  const auto rule = [](int order, absl::string_view id, absl::string_view outcome,
                       std::int64_t above) {
    return absl::StrFormat(
        "rules { id: '%s' order: %d outcome: POLICY_OUTCOME_%s condition: "
        "\"assessment.refund_amount > money('%d.%02d USD')\" ",
        id, order, outcome, above / 100, above % 100);
  };
  return absl::StrCat(
      "name: '", limits.name,
      "' rule_sets { id: 'cancel' decision_points: 'CancelOrder' default_outcome: "
      "POLICY_OUTCOME_ALLOW ",
      rule(1, "never", "REFUSE", limits.never), "reason: 'NEVER' } ",
      rule(2, limits.first_rule, "HOLD", limits.first), "reason: 'SOME' authority: 'supervisor' } ",
      rule(3, "much", "HOLD", limits.second),
      "reason: 'MUCH' authority: 'director' } } rule_sets { id: 'rest' decision_points: '*' "
      "default_outcome: POLICY_OUTCOME_ALLOW } approvals { expire_after { seconds: ",
      kLasts, " } }");
}

// A rule that holds the cancellation, by its id and authority.
using Finding = std::pair<std::string, std::string>;

inline std::vector<Finding> FindingsOf(const Limits& limits, std::int64_t amount) {
  std::vector<Finding> findings;
  if (amount > limits.first) findings.emplace_back(limits.first_rule, "supervisor");
  if (amount > limits.second) findings.emplace_back("much", "director");
  return findings;
}

struct Person {
  const char* id;
  std::vector<std::string> authorities;
  bool has(const std::string& authority) const {
    return std::find(authorities.begin(), authorities.end(), authority) != authorities.end();
  }
};

inline const std::vector<Person>& People() {
  static const auto* const people = new std::vector<Person>{{"anna", {"supervisor"}},
                                                            {"bea", {}},
                                                            {"ben", {"supervisor"}},
                                                            {"cleo", {"director"}},
                                                            {"dora", {"supervisor", "director"}}};
  return *people;
}

// The amount held for an order of two pieces of a variant, and of one "b".
inline std::int64_t AmountOf(char variant) {
  return (variant == 'a' ? 2000 : variant == 'b' ? 800 : 5100) + 400;
}

inline v1::Command ByPerson(const Person& person, const std::string& text, std::int64_t seconds) {
  v1::Command command = testing::AskInText(text, seconds);
  command.mutable_actor()->set_actor_id(person.id);
  for (const std::string& each : person.authorities) {
    command.mutable_actor()->add_authorities(each);
  }
  return command;
}

inline std::string CancelText(const std::string& order_id) {
  return absl::StrCat("cancel_order { order_id: '", order_id, "' reason: 'no longer needed' }");
}

inline std::string ChangeText(const std::string& order_id, char variant) {
  return absl::StrCat("change_items { order_id: '", order_id,
                      "' payment_method_id: 'card' settlement: SETTLEMENT_DONE changes { item { "
                      "line_id: '1' quantity: 2 } new_variant_id: '",
                      std::string(1, variant), "' } }");
}

inline std::string ResolveText(absl::string_view verb, const std::string& id, int round = 0) {
  return absl::StrCat(verb, " { approval_id: '", id, "'",
                      round == 0 ? "" : absl::StrCat(" round: ", round), " }");
}

// ---- The model ----

// One approval as people would keep it by hand.
struct Note {
  struct Round {
    std::vector<Finding> findings;
    std::int64_t amount = 0;
    bool shows(const Finding& finding) const {
      return std::find(findings.begin(), findings.end(), finding) != findings.end();
    }
  };
  struct Grant {
    Finding finding;
    int round = 0;
  };
  std::string order_id;
  std::string requester;
  std::string state = "PENDING";
  std::vector<Round> rounds;
  std::vector<Grant> grants;
  std::string next;
  std::int64_t expires = 0;

  bool covers(const std::vector<Grant>& given, const Finding& finding, std::int64_t amount) const {
    return std::any_of(given.begin(), given.end(), [&](const Grant& grant) {
      const Round& seen = rounds[static_cast<std::size_t>(grant.round - 1)];
      return grant.finding == finding && seen.shows(finding) && amount <= seen.amount;
    });
  }
};

class Model {
 public:
  const Limits* limits = kLimits.data();
  std::map<std::string, char> orders;  // The variant; 0: canceled.
  std::map<std::string, Note> notes;

  // The answers: "DONE", "HELD 1", "REFUSED REASON".
  std::string Ask(const Person& by, const std::string& order_id, std::int64_t now,
                  const std::string& new_id) {
    char& variant = orders[order_id];
    if (variant == 0) return "REFUSED ORDER_CANCEL_STATE";
    const std::int64_t amount = AmountOf(variant);
    if (amount > limits->never) return "REFUSED NEVER";
    const Note::Round round = {FindingsOf(*limits, amount), amount};
    if (round.findings.empty()) {
      Cancel(order_id, "");
      return "DONE";
    }
    for (auto& [id, note] : notes) {
      if (note.state != "PENDING" || note.requester != by.id || note.order_id != order_id ||
          now >= note.expires) {
        continue;
      }
      const Note::Round& seen = note.rounds.back();
      const bool is_seen =
          amount <= seen.amount &&
          std::all_of(round.findings.begin(), round.findings.end(),
                      [&seen](const Finding& finding) { return seen.shows(finding); });
      if (is_seen) return Held(note);
      if (note.rounds.size() >= kMaxRounds) {
        note.state = "CLOSED";
        break;
      }
      AskAgain(round, {}, now, &note);
      return Held(note);
    }
    Note& note = notes[new_id];
    note.order_id = order_id;
    note.requester = by.id;
    AskAgain(round, {}, now, &note);
    return Held(note);
  }

  std::string Approve(const Person& by, const std::string& id, int named, std::int64_t now) {
    Note& note = notes[id];
    const int last = static_cast<int>(note.rounds.size());
    if (note.state != "PENDING") return "REFUSED APPROVAL_STATE";
    if (now >= note.expires) return "REFUSED APPROVAL_EXPIRED";
    if (!by.has(note.next)) return "REFUSED APPROVAL_AUTHORITY_MISSING";
    if (note.requester == by.id) return "REFUSED APPROVAL_BY_REQUESTER";
    if (named != last) return "REFUSED APPROVAL_ROUND";
    const std::int64_t amount = AmountOf(orders[note.order_id]);
    if (amount > limits->never) return "REFUSED NEVER";
    std::vector<Note::Grant> given = note.grants;
    for (const Finding& finding : note.rounds.back().findings) {
      if (by.has(finding.second)) given.push_back({finding, last});
    }
    const Note::Round round = {FindingsOf(*limits, amount), amount};
    std::vector<Finding> open;
    for (const Finding& finding : round.findings) {
      if (!note.covers(given, finding, amount)) open.push_back(finding);
    }
    if (open.empty()) {
      note.state = "APPROVED";
      Cancel(note.order_id, id);
      return "DONE";
    }
    note.grants = given;
    const Note::Round& seen = note.rounds.back();
    const bool is_same_round = std::all_of(open.begin(), open.end(), [&](const Finding& finding) {
      return seen.shows(finding) && amount <= seen.amount;
    });
    if (is_same_round) {
      note.next = open[0].second;
      return Held(note);
    }
    if (last >= kMaxRounds) {
      note.state = "CLOSED";
      return "REFUSED APPROVAL_ROUNDS_EXCEEDED";
    }
    AskAgain(round, open, now, &note);
    return Held(note);
  }

  std::string Decline(const Person& by, const std::string& id) {
    Note& note = notes[id];
    if (note.state != "PENDING") return "REFUSED APPROVAL_STATE";
    if (!by.has(note.next) && note.requester != by.id) {
      return "REFUSED APPROVAL_AUTHORITY_MISSING";
    }
    note.state = "DECLINED";
    return "DONE";
  }

  std::string Withdraw(const Person& by, const std::string& id) {
    Note& note = notes[id];
    if (note.state != "PENDING") return "REFUSED APPROVAL_STATE";
    if (note.requester != by.id) return "REFUSED APPROVAL_NOT_REQUESTER";
    note.state = "WITHDRAWN";
    return "DONE";
  }

 private:
  static std::string Held(const Note& note) {
    return absl::StrCat("HELD ", note.rounds.size(), " ", note.next);
  }

  static void AskAgain(const Note::Round& round, const std::vector<Finding>& open, std::int64_t now,
                       Note* note) {
    note->rounds.push_back(round);
    note->next = (open.empty() ? round.findings : open)[0].second;
    note->expires = now + kLasts;
  }

  void Cancel(const std::string& order_id, const std::string& by_note) {
    orders[order_id] = 0;
    for (auto& [id, note] : notes) {
      if (note.order_id == order_id && id != by_note && note.state == "PENDING") {
        note.state = "CLOSED";
      }
    }
  }
};

inline std::string TextOf(const v1::Outcome& outcome) {
  if (outcome.verdict() == v1::VERDICT_DONE) return "DONE";
  if (outcome.verdict() == v1::VERDICT_HELD) {
    return absl::StrCat("HELD ", outcome.held().round(), " ", outcome.held().authority());
  }
  return absl::StrCat("REFUSED ", outcome.refusals(0).reason());
}

}  // namespace approvals_model
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_APPROVALS_MODEL_H_
