#include "store/check_batches.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace store {
namespace {

absl::Status CheckWrite(const Write& write, const Batch& batch) {
  const bool writes_link = write.position == Write::Position::kBehindKeyLinkBehindValue;
  const std::size_t behind_key = IsBehindKey(write.position) ? kPositionBytes : 0;
  const std::size_t behind_value = BytesBehindValue(write.position);
  if (write.key.bytes.size() + behind_key > kMaxKeyBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a key has more than ", kMaxKeyBytes, " bytes"));
  }
  if (behind_value > 0 && write.value == nullptr) {
    return absl::InvalidArgumentError(
        "a row that is removed has no value for a position or a link");
  }
  if (writes_link && batch.digest.empty() && batch.late_value == nullptr) {
    return absl::InvalidArgumentError("a batch without a digest has no link");
  }
  const bool is_late = writes_link && batch.late_value != nullptr;
  const std::size_t given = write.value == nullptr ? 0 : write.value->size();
  if (is_late && given > 0) {
    return absl::InvalidArgumentError("a row with a late value has no other");
  }
  const std::size_t bytes = is_late ? batch.late_value->size() : given;
  if (bytes + behind_value > kMaxValueBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a value has more than ", kMaxValueBytes, " bytes"));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsBehindKey(Write::Position where) {
  return where == Write::Position::kBehindKey ||
         where == Write::Position::kBehindKeyLinkBehindValue;
}

absl::string_view BehindValue(Write::Position where, absl::string_view position,
                              absl::string_view link) {
  if (where == Write::Position::kBehindValue) return position;
  return where == Write::Position::kBehindKeyLinkBehindValue ? link : absl::string_view();
}

std::size_t BytesBehindValue(Write::Position where) {
  if (where == Write::Position::kBehindValue) return kPositionBytes;
  return where == Write::Position::kBehindKeyLinkBehindValue ? kLinkBytes : 0;
}

bool HasPosition(const Batch& batch) {
  return std::any_of(batch.writes.begin(), batch.writes.end(), [](const Write& write) {
    return write.position != Write::Position::kNowhere;
  });
}

absl::Status CheckBatches(const std::vector<Batch>& batches, bool takes_late_values) {
  for (const Batch& batch : batches) {
    if (batch.late_value != nullptr && (!takes_late_values || !batch.digest.empty())) {
      return absl::InvalidArgumentError("a late value is beside a digest, or the store takes none");
    }
    if (!batch.digest.empty() && batch.digest.size() != kLinkBytes) {
      return absl::InvalidArgumentError(absl::StrCat("a digest has ", kLinkBytes, " bytes"));
    }
    for (const RangeExpectation& expected : batch.range_expectations) {
      if (expected.range.end.has_value() && *expected.range.end < expected.range.begin) {
        return absl::InvalidArgumentError("a range ends before it begins");
      }
    }
    for (const Write& write : batch.writes) {
      absl::Status checked = CheckWrite(write, batch);
      if (!checked.ok()) return checked;
    }
  }
  return absl::OkStatus();
}

}  // namespace store
}  // namespace frontdesk
