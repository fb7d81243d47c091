#include "desk/unique_ids_work.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"

namespace frontdesk {
namespace testing {

const char kUniqueIdsPolicy[] = R"pb(
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  unique_external_ids {
    entity_kind: ENTITY_KIND_CASE
    systems: "case-named"
    duplicate: DUPLICATE_EXISTING
  }
  unique_external_ids { entity_kind: ENTITY_KIND_CASE systems: "case-refused" }
  unique_external_ids {
    entity_kind: ENTITY_KIND_CASE
    of_parts: true
    systems: "case-part-named"
    duplicate: DUPLICATE_EXISTING
  }
  unique_external_ids { entity_kind: ENTITY_KIND_CASE of_parts: true systems: "case-part-refused" }
  unique_external_ids {
    entity_kind: ENTITY_KIND_INTERACTION
    systems: "call-named"
    duplicate: DUPLICATE_EXISTING
  }
  unique_external_ids { entity_kind: ENTITY_KIND_INTERACTION systems: "call-refused" }
  unique_external_ids {
    entity_kind: ENTITY_KIND_INTERACTION
    of_parts: true
    duplicate: DUPLICATE_EXISTING
  }
  unique_external_ids {
    entity_kind: ENTITY_KIND_ORDER
    systems: "order-named"
    duplicate: DUPLICATE_EXISTING
  }
  unique_external_ids { entity_kind: ENTITY_KIND_ORDER systems: "order-refused" }
)pb";

namespace {

// One way to give an id. In `command`, $ is the part of ids that no other thread or round has, and @ the external id.
struct Way {
  const char* system;
  v1::EntityKind kind;
  // The answer when another one has the id.
  const char* late;
  // The entity, or the part, that gets the id; $ as in the command.
  const char* holder;
  const char* command;
};

constexpr Way kWays[] = {
    {"case-named", v1::ENTITY_KIND_CASE, "existing", "opened-$",
     "open_case { case_id: 'opened-$' kind: KIND_TROUBLE subject: 'lamp' external_ids { @ } }"},
    {"case-named", v1::ENTITY_KIND_CASE, "refused", "base-$",
     "change_case_external_ids { case_id: 'base-$' add_external_ids { @ } }"},
    {"case-refused", v1::ENTITY_KIND_CASE, "refused", "second-$",
     "open_case { case_id: 'second-$' kind: KIND_TROUBLE subject: 'lamp' external_ids { @ } }"},
    {"case-refused", v1::ENTITY_KIND_CASE, "refused", "imported-$",
     "import_case { case { case_id: 'imported-$' state: STATE_NEW kind: KIND_TROUBLE subject: 'x' "
     "external_ids { @ } } source { system: 'old' } }"},
    {"case-part-named", v1::ENTITY_KIND_CASE, "existing", "base-$/mail",
     "add_case_part { case_id: 'base-$' part { part_id: 'mail' kind: KIND_NOTE text: 'x' "
     "external_ids { @ } } }"},
    {"case-part-refused", v1::ENTITY_KIND_CASE, "refused", "base-$/letter",
     "add_case_part { case_id: 'base-$' part { part_id: 'letter' kind: KIND_NOTE text: 'x' "
     "external_ids { @ } } }"},
    {"call-named", v1::ENTITY_KIND_INTERACTION, "existing", "call-$",
     "start_interaction { interaction_id: 'call-$' channel: CHANNEL_EMAIL direction: "
     "DIRECTION_INBOUND external_ids { @ } }"},
    {"call-refused", v1::ENTITY_KIND_INTERACTION, "refused", "chat-$",
     "start_interaction { interaction_id: 'chat-$' channel: CHANNEL_CHAT direction: "
     "DIRECTION_INBOUND external_ids { @ } }"},
    {"call-part-named", v1::ENTITY_KIND_INTERACTION, "existing", "base-$/line",
     "add_interaction_part { interaction_id: 'base-$' part { part_id: 'line' kind: KIND_MESSAGE "
     "text: 'x' external_ids { @ } } }"},
    {"order-named", v1::ENTITY_KIND_ORDER, "existing", "named-$",
     "import_order { order { order_id: 'named-$' customer_id: 'c1' currency_code: 'EUR' state: "
     "STATE_PLACED lines { line_id: '1' variant_id: 'v' unit_price { value: 5 currency_code: "
     "'EUR' } quantities { ordered: 1 } } external_ids { @ } } source { system: 'old' } }"},
    {"order-refused", v1::ENTITY_KIND_ORDER, "refused", "order-$",
     "import_order { order { order_id: 'order-$' customer_id: 'c1' currency_code: 'EUR' state: "
     "STATE_PLACED lines { line_id: '1' variant_id: 'v' unit_price { value: 5 currency_code: "
     "'EUR' } quantities { ordered: 1 } } external_ids { @ } } source { system: 'old' } }"},
    {"crm", v1::ENTITY_KIND_CUSTOMER, "refused", "customer-$",
     "create_customer { customer_id: 'customer-$' family_name: 'Lee' external_ids { @ } }"},
};
constexpr int kWayCount = static_cast<int>(sizeof(kWays) / sizeof(kWays[0]));

// A lost race is asked again.
absl::StatusOr<v1::Outcome> UntilCommitted(Desk* desk, const v1::Command& command) {
  while (true) {
    absl::StatusOr<v1::Outcome> outcome = desk->Execute(command);
    if (GetReason(outcome.status()) != kReasonCommitContended.word) return outcome;
  }
}

std::string Joined(const std::string& id, const std::string& part_id) {
  return part_id.empty() ? id : absl::StrCat(id, "/", part_id);
}

// The detail of that name; "" when there is none.
std::string Detail(const v1::Refusal& refusal, absl::string_view name) {
  for (const v1::DetailValue& detail : refusal.details()) {
    if (detail.name() == name) return detail.value();
  }
  return "";
}

// The result, and the holder of the id.
std::string Answer(const v1::Outcome& outcome, const std::string& holder) {
  if (outcome.has_existing_entity()) {
    if (outcome.verdict() != v1::VERDICT_DONE || outcome.events_size() > 0) return "existing too";
    return absl::StrCat("existing ",
                        Joined(outcome.existing_entity().id(), outcome.existing_part_id()));
  }
  if (outcome.verdict() == v1::VERDICT_DONE && outcome.events_size() > 0) {
    return absl::StrCat("won ", holder);
  }
  if (outcome.refusals_size() != 1 ||
      !absl::EndsWith(outcome.refusals(0).reason(), "_EXTERNAL_ID_TAKEN")) {
    return absl::StrCat("otherwise ", outcome.ShortDebugString());
  }
  const v1::Refusal& refusal = outcome.refusals(0);
  return absl::StrCat("refused ",
                      Joined(Detail(refusal, "existing_id"), Detail(refusal, "existing_part_id")));
}

void GiveInThread(Desk* desk, const std::string& own, int round, std::vector<std::string>* lines) {
  const auto execute = [&](absl::string_view text, std::int64_t seconds) {
    absl::StatusOr<v1::Outcome> outcome = UntilCommitted(desk, AskInText(text, seconds));
    if (!outcome.ok()) lines->push_back(absl::StrCat("error ", outcome.status().ToString()));
    return outcome;
  };
  for (const absl::string_view base :
       {"open_case { case_id: 'base-$' kind: KIND_TROUBLE subject: 'base' }",
        "start_interaction { interaction_id: 'base-$' channel: CHANNEL_CHAT direction: "
        "DIRECTION_INBOUND }"}) {
    if (!execute(absl::StrReplaceAll(base, {{"$", own}}), 1).ok()) return;
  }
  int order[kWayCount];
  for (int i = 0; i < kWayCount; ++i) order[i] = i;
  // The same order in each thread, so that they meet.
  std::shuffle(std::begin(order), std::end(order),
               std::mt19937_64(static_cast<std::uint64_t>(round)));
  for (const int number : order) {
    const Way& way = kWays[number];
    const auto outcome = execute(
        absl::StrReplaceAll(
            way.command,
            {{"$", own}, {"@", absl::StrCat("system: '", way.system, "' id: '", round, "'")}}),
        2);
    if (!outcome.ok()) return;
    lines->push_back(absl::StrCat(number, " ", round, " ",
                                  Answer(*outcome, absl::StrReplaceAll(way.holder, {{"$", own}}))));
  }
}

// The ids of the entities that have the external id.
std::string Found(const Desk& desk, const Way& way, int round) {
  v1::FindRequest request;
  v1::ExternalId* id = nullptr;
  switch (way.kind) {
    case v1::ENTITY_KIND_CASE:
      id = request.mutable_cases()->mutable_external_id();
      break;
    case v1::ENTITY_KIND_INTERACTION:
      id = request.mutable_interactions()->mutable_external_id();
      break;
    case v1::ENTITY_KIND_ORDER:
      id = request.mutable_orders()->mutable_external_id();
      break;
    default:
      id = request.mutable_customers()->mutable_external_id();
  }
  id->set_system(way.system);
  id->set_id(absl::StrCat(round));
  const auto page = desk.Find(request);
  if (!page.ok()) return page.status().ToString();
  std::vector<std::string> ids;
  for (const v1::EntityState& state : (*page)->found()) ids.push_back(state.entity().id());
  return absl::StrJoin(ids, " ");
}

}  // namespace

std::vector<std::string> GiveUniqueIds(Desk* desk, const std::string& process, int round) {
  std::vector<std::vector<std::string>> lines(kUniqueIdsThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kUniqueIdsThreads; ++i) {
    threads.emplace_back([&, i] {
      GiveInThread(desk, absl::StrCat(process, "-", i, "-", round), round, &lines[i]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<std::string> all;
  for (const std::vector<std::string>& each : lines)
    all.insert(all.end(), each.begin(), each.end());
  return all;
}

std::string CheckUniqueIds(const Desk& desk, const std::vector<std::string>& lines, int processes,
                           int rounds) {
  using Key = std::pair<std::string, int>;  // System and id.
  std::map<Key, std::string> holders;
  std::vector<std::vector<std::string>> all;
  std::map<int, int> given;  // Lines of each way.
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    int number = 0, round = 0;
    if (words.size() != 4 || !absl::SimpleAtoi(words[0], &number) ||
        !absl::SimpleAtoi(words[1], &round) || number < 0 || number >= kWayCount) {
      return line;
    }
    ++given[number];
    if (words[2] != "won") continue;
    if (!holders.emplace(Key(kWays[number].system, round), words[3]).second) {
      return absl::StrCat("given twice: ", line);
    }
  }
  for (int number = 0; number < kWayCount; ++number) {
    if (given[number] != processes * kUniqueIdsThreads * rounds) {
      return absl::StrCat("way ", number, " was gone ", given[number], " times");
    }
  }
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    int number = 0, round = 0;
    if (!absl::SimpleAtoi(words[0], &number) || !absl::SimpleAtoi(words[1], &round)) return line;
    const std::string& holder = holders[Key(kWays[number].system, round)];
    if (words[3] != holder) return absl::StrCat(line, ", and ", holder, " has the id");
    if (words[2] != "won" && words[2] != kWays[number].late)
      return absl::StrCat("otherwise: ", line);
  }
  for (const Way& way : kWays) {
    for (int round = 0; round < rounds; ++round) {
      const std::string holder = holders[Key(way.system, round)];
      const std::string found = Found(desk, way, round);
      if (holder.empty() || found != holder.substr(0, holder.find('/'))) {
        return absl::StrCat(way.system, " ", round, " finds '", found, "', and ", holder,
                            " has it");
      }
    }
  }
  const auto report = desk.VerifyRows();
  if (!report.ok()) return report.status().ToString();
  return report->has_fault() ? report->fault().ShortDebugString() : "";
}

}  // namespace testing
}  // namespace frontdesk
