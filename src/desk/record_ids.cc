// The ids of a desk's journal records.
#include <algorithm>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

// The number of an id that a desk without a source gave; 0 for any other.
std::int64_t NumberOfOwnId(absl::string_view id) {
  std::int64_t number = 0;
  return absl::ConsumePrefix(&id, "r") && absl::SimpleAtoi(id, &number) ? number : 0;
}

}  // namespace

absl::StatusOr<std::string> Desk::NextRecordId(absl::Time now, const event_log::View& view) {
  if (id_source_ != nullptr) {
    {
      const std::lock_guard<std::mutex> lock(ids_mutex_);
      if (!returned_ids_.empty()) {
        std::string id = std::move(returned_ids_.back());
        returned_ids_.pop_back();
        return id;
      }
    }
    std::string id = id_source_->NextId(now);
    if (const auto fault = FindIdFault(id)) {
      return MakeError(*fault->reason, absl::StrCat("an id of the id source ", fault->text));
    }
    if (id.empty()) return MakeError(kReasonIdCharacter, "an id of the id source is empty");
    return id;
  }
  std::int64_t used = 0;
  if (!knows_newest_id_.exchange(true)) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto newest, view.NewestRecord());
    if (newest != nullptr) used = NumberOfOwnId(newest->record_id());
  }
  // Other desks on the same store count too: where their ids get in the way, this one goes on behind the newest record. The first
  // entry of a log has no record.
  used = std::max(used, view.sequence() - 1);
  const std::lock_guard<std::mutex> lock(ids_mutex_);
  last_id_ = std::max(last_id_, used) + 1;
  return absl::StrCat("r", absl::Dec(last_id_, absl::kZeroPad10));
}

void Desk::ReturnRecordId(std::string id) {
  if (id.empty()) return;
  const std::lock_guard<std::mutex> lock(ids_mutex_);
  if (id_source_ != nullptr) {
    returned_ids_.push_back(std::move(id));
  } else if (NumberOfOwnId(id) == last_id_) {
    --last_id_;
  }
}

}  // namespace frontdesk
