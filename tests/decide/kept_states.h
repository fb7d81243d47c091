// States, histories and journal records in maps, to run commands on without a store.
#ifndef FRONTDESK_TESTS_DECIDE_KEPT_STATES_H_
#define FRONTDESK_TESTS_DECIDE_KEPT_STATES_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "decide/command_run.h"
#include "decide/state_source.h"
#include "domain/recount_totals.h"
#include "domain/row_lists.h"
#include "frontdesk/base/error.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace testing {

using StatePtr = std::shared_ptr<const v1::EntityState>;

class KeptStates : public internal::StateSource {
 public:
  std::shared_ptr<const Policy> policy = MustCompile(kAllowAll);
  CommandLimits limits;
  internal::ClockLimits clocks;
  // The newest instant of the desk; nothing: it is empty.
  absl::optional<absl::Time> newest_time;
  std::vector<v1::PolicyRef> kept_policies;
  std::vector<v1::Effect> kept_effects;
  // The record of the last command that had one.
  v1::JournalRecord record;

  // Decides a command, and keeps what it changes. An outcome without a verdict is a Status, in status().
  v1::Outcome Do(const v1::Command& command, const v1::Facts& facts) {
    has_read_.clear();
    internal::CommandRun run(limits, clocks, rules::TraceLevel::kFull, command, facts);
    status_ = run.Run([this] { return absl::StatusOr<const Policy*>(policy.get()); }, this);
    if (!status_.ok()) return v1::Outcome();
    v1::Outcome outcome = run.outcome();
    if (run.is_remembered()) return outcome;
    if (run.requested() != nullptr) Hold(*run.requested(), run.record(), &outcome);
    for (const v1::Event& event : outcome.events()) {
      const EntityKey key = Key(event.entity().kind(), event.entity().id());
      histories_[key].push_back(event);
      causes_[{key, event.version()}] = std::make_shared<v1::JournalRecord>(run.record());
    }
    for (const auto& [key, changed] : run.new_states()) {
      states_[key] = changed.state;
      for (const RowChange& row : changed.rows) {
        rows_[{key, row.list, row.name, row.position}] = row;
      }
    }
    if (run.has_record()) {
      record = run.record();
      if (record.has_counted()) journal_.push_back(record);
    }
    if (run.is_to_remember()) {
      remembered_[command.idempotency_key()] = {std::make_shared<v1::Outcome>(outcome),
                                                run.body_hash()};
    }
    return outcome;
  }
  v1::Outcome Do(const v1::Command& command) { return Do(command, FactsFor(command)); }
  v1::Outcome Do(absl::string_view text) { return Do(AskInText(text, next_second_++)); }

  // A command that must be done.
  void Done(absl::string_view text) {
    const v1::Outcome outcome = Do(text);
    EXPECT_TRUE(status_.ok()) << text << status_;
    EXPECT_EQ(outcome.verdict(), v1::VERDICT_DONE) << text << outcome.ShortDebugString();
  }

  // The reasons of a command, or that of its error.
  std::vector<std::string> ReasonsOf(const v1::Command& command) {
    const v1::Outcome outcome = Do(command);
    if (!status_.ok()) return {GetReason(status_)};
    return Reasons(outcome);
  }
  std::vector<std::string> ReasonsOf(absl::string_view text) {
    return ReasonsOf(AskInText(text, next_second_++));
  }

  const absl::Status& status() const { return status_; }
  // With the elements of its lists that are rows.
  v1::EntityState State(v1::EntityKind kind, const std::string& id) const {
    const auto found = states_.find(Key(kind, id));
    if (found == states_.end()) return v1::EntityState();
    v1::EntityState state = *found->second;
    google::protobuf::Message* entity = domain::MutableEntity(&state);
    for (const domain::RowList& list : domain::RowListsOf(*entity->GetDescriptor())) {
      for (const StoredRow& row : RowsOf(found->first, list.field->number())) {
        EXPECT_TRUE(
            entity->GetReflection()->AddMessage(entity, list.field)->ParseFromString(row.element));
      }
    }
    return state;
  }
  // The state of an entity as a host would have imported it.
  void Put(const v1::EntityState& state) {
    states_[Key(state.entity().kind(), state.entity().id())] =
        std::make_shared<v1::EntityState>(state);
  }

  void OpenShop() {
    for (const v1::Command& command : OpeningCommands()) {
      EXPECT_EQ(Do(command).verdict(), v1::VERDICT_DONE) << status_;
    }
  }

  // ---- What a run asks for.

  absl::StatusOr<StatePtr> Get(v1::EntityKind kind, const std::string& id) override {
    const auto found = states_.find(Key(kind, id));
    if (found == states_.end()) return StatePtr();
    has_read_.insert(found->first);
    return found->second;
  }
  bool HasRead(v1::EntityKind kind, const std::string& id) const override {
    return has_read_.count(Key(kind, id)) > 0;
  }
  absl::StatusOr<StatePtr> GetAt(const v1::EntityRef& entity, std::int64_t version) override {
    auto state = std::make_shared<v1::EntityState>();
    for (const v1::Event& event : histories_[Key(entity.kind(), entity.id())]) {
      if (event.version() > version) break;
      const absl::Status folded = Evolve(event, state.get());
      if (!folded.ok()) return folded;
    }
    return version < 1 || state->version() != version ? StatePtr() : StatePtr(state);
  }
  absl::StatusOr<absl::optional<StoredRow>> FindRow(const v1::EntityRef& entity, int list,
                                                    absl::string_view name) override {
    for (const auto& [key, row] : rows_) {
      const bool is_it = std::get<0>(key) == Key(entity.kind(), entity.id()) &&
                         std::get<1>(key) == list && std::get<2>(key) == name;
      if (is_it && row.element.has_value()) {
        return absl::optional<StoredRow>({row.position, *row.element});
      }
    }
    return absl::optional<StoredRow>();
  }
  absl::StatusOr<std::vector<StoredRow>> Rows(const v1::EntityRef& entity, int list,
                                              absl::optional<RowPosition> after,
                                              int most) override {
    std::vector<StoredRow> rows = RowsOf(Key(entity.kind(), entity.id()), list);
    if (after.has_value()) {
      rows.erase(
          std::remove_if(rows.begin(), rows.end(),
                         [&after](const StoredRow& row) { return !(*after < row.position); }),
          rows.end());
    }
    if (rows.size() > static_cast<std::size_t>(most)) rows.resize(most);
    return rows;
  }
  absl::StatusOr<std::vector<std::string>> MergedCasesOf(const std::string& customer_id) override {
    std::vector<std::string> ids;
    for (const auto& [key, state] : states_) {
      if (state->case_().state() == v1::Case::STATE_MERGED &&
          state->case_().customer_id() == customer_id) {
        ids.push_back(key.second);
      }
    }
    return ids;
  }
  absl::StatusOr<std::vector<std::string>> EntitiesWith(
      v1::EntityKind kind, bool of_parts, const v1::ExternalId& external_id) override {
    std::vector<std::string> ids;
    for (const auto& [key, state] : states_) {
      if (key.first != kind || state->customer().state() == v1::Customer::STATE_MERGED) continue;
      const bool has_it =
          of_parts ? !PartOf(key, external_id).empty() : HasId(ExternalIdsOf(*state), external_id);
      if (has_it) ids.push_back(key.second);
    }
    return ids;
  }
  absl::StatusOr<std::string> PartWith(const v1::EntityRef& entity,
                                       const v1::ExternalId& external_id) override {
    return PartOf(Key(entity.kind(), entity.id()), external_id);
  }
  absl::StatusOr<std::vector<std::string>> OrdersWithReference(
      absl::string_view reference) override {
    std::vector<std::string> ids;
    for (const auto& [key, row] : rows_) {
      const EntityKey& order = std::get<0>(key);
      if (order.first == v1::ENTITY_KIND_ORDER &&
          std::get<1>(key) == v1::Order::kGatewayReportsFieldNumber &&
          std::get<2>(key) == reference && row.element.has_value()) {
        ids.push_back(order.second);
      }
    }
    return ids;
  }
  absl::StatusOr<v1::Total> SumTotal(const TotalKey& key, absl::Time from) override {
    return RecountTotal(journal_, key, from);
  }
  absl::StatusOr<std::vector<std::string>> WaitingApprovalsOf(
      const v1::EntityRef& entity) override {
    return WaitingApprovals([&entity](const v1::Approval& approval) {
      return approval.entity().kind() == entity.kind() && approval.entity().id() == entity.id();
    });
  }
  absl::StatusOr<std::vector<std::string>> WaitingRequests(absl::string_view hash) override {
    return WaitingApprovals(
        [&hash](const v1::Approval& approval) { return approval.request_hash() == hash; });
  }
  absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> CausingRecord(
      const v1::EntityRef& entity, std::int64_t version) override {
    const auto found = causes_.find({Key(entity.kind(), entity.id()), version});
    return found == causes_.end() ? nullptr : found->second;
  }
  absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> HeldRecord(
      const std::string& approval_id) override {
    const auto found = held_.find(approval_id);
    return found == held_.end() ? nullptr : found->second;
  }
  absl::StatusOr<absl::optional<v1::Effect>> FindEffect(absl::string_view effect_id) override {
    for (const v1::Effect& kept : kept_effects) {
      if (kept.effect_id() == effect_id) return absl::make_optional(kept);
    }
    return absl::optional<v1::Effect>();
  }
  absl::StatusOr<absl::optional<v1::PolicyRef>> FindPolicy(absl::string_view hash) override {
    for (const v1::PolicyRef& kept : kept_policies) {
      if (kept.hash() == hash) return absl::make_optional(kept);
    }
    return absl::optional<v1::PolicyRef>();
  }
  absl::StatusOr<absl::optional<absl::Time>> NewestTime() override { return newest_time; }
  absl::StatusOr<internal::RememberedVerdict> FindRemembered(const v1::Command& command) override {
    const auto found = remembered_.find(command.idempotency_key());
    return found == remembered_.end() ? internal::RememberedVerdict() : found->second;
  }

 private:
  using ExternalIds = google::protobuf::RepeatedPtrField<v1::ExternalId>;
  static bool HasId(const ExternalIds& ids, const v1::ExternalId& asked) {
    return std::any_of(ids.begin(), ids.end(), [&asked](const v1::ExternalId& each) {
      return each.system() == asked.system() && each.id() == asked.id();
    });
  }
  static const ExternalIds& ExternalIdsOf(const v1::EntityState& state) {
    if (state.has_case_()) return state.case_().external_ids();
    if (state.has_interaction()) return state.interaction().external_ids();
    if (state.has_order()) return state.order().external_ids();
    return state.customer().external_ids();
  }
  using EntityKey = std::pair<int, std::string>;
  // The last part of an entity with that id.
  std::string PartOf(const EntityKey& key, const v1::ExternalId& asked) const {
    const domain::RowList* const list =
        domain::FindRowList(static_cast<v1::EntityKind>(key.first), "parts");
    std::string part_id;
    if (list == nullptr) return part_id;
    for (const StoredRow& row : RowsOf(key, list->field->number())) {
      v1::InteractionPart part;
      EXPECT_TRUE(part.ParseFromString(row.element));
      if (HasId(part.external_ids(), asked)) part_id = part.part_id();
    }
    return part_id;
  }

  static EntityKey Key(v1::EntityKind kind, const std::string& id) {
    return {static_cast<int>(kind), id};
  }

  // In their order.
  std::vector<StoredRow> RowsOf(const EntityKey& entity, int list) const {
    std::vector<StoredRow> rows;
    for (const auto& [key, row] : rows_) {
      if (std::get<0>(key) != entity || std::get<1>(key) != list) continue;
      if (row.element.has_value()) rows.push_back({row.position, *row.element});
    }
    std::sort(rows.begin(), rows.end(),
              [](const StoredRow& a, const StoredRow& b) { return a.position < b.position; });
    return rows;
  }

  // Keeps the approval for which a held command waits: "a1", "a2" and so on.
  void Hold(const v1::Approval& requested, const v1::JournalRecord& of_held, v1::Outcome* outcome) {
    const std::string id = absl::StrCat("a", held_.size() + 1);
    held_[id] = std::make_shared<v1::JournalRecord>(of_held);
    outcome->mutable_held()->set_approval_id(id);
    v1::Event& event = *outcome->add_events();
    event.mutable_entity()->set_kind(v1::ENTITY_KIND_APPROVAL);
    event.mutable_entity()->set_id(id);
    event.set_version(1);
    *event.mutable_time() = of_held.time();
    v1::Approval& approval =
        *event.mutable_approval()->mutable_approval_requested()->mutable_approval();
    approval = requested;
    approval.set_approval_id(id);
    auto state = std::make_shared<v1::EntityState>();
    EXPECT_TRUE(Evolve(event, state.get()).ok());
    states_[Key(v1::ENTITY_KIND_APPROVAL, id)] = std::move(state);
  }

  template <typename IsIt>
  std::vector<std::string> WaitingApprovals(IsIt is_it) const {
    std::vector<std::string> ids;
    for (const auto& [key, state] : states_) {
      const v1::Approval& approval = state->approval();
      if (approval.state() == v1::Approval::STATE_PENDING && is_it(approval)) {
        ids.push_back(key.second);
      }
    }
    return ids;
  }

  absl::Status status_;
  std::int64_t next_second_ = 200;
  std::map<EntityKey, StatePtr> states_;
  std::map<EntityKey, std::vector<v1::Event>> histories_;
  std::map<std::pair<EntityKey, std::int64_t>, std::shared_ptr<const v1::JournalRecord>> causes_;
  // By entity, list, name and position.
  std::map<std::tuple<EntityKey, int, std::string, RowPosition>, RowChange> rows_;
  // Those that totals count.
  std::vector<v1::JournalRecord> journal_;
  std::map<std::string, std::shared_ptr<const v1::JournalRecord>> held_;
  std::map<std::string, internal::RememberedVerdict> remembered_;
  std::set<EntityKey> has_read_;
};

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DECIDE_KEPT_STATES_H_
