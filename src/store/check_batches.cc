#include "store/check_batches.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace store {
namespace {

constexpr std::size_t kPositionRoom = sizeof(std::int64_t);

absl::Status CheckWrite(const Write& write, bool has_digest) {
  using Position = Write::Position;
  const bool writes_link = write.position == Position::kBehindKeyLinkBehindValue;
  const bool behind_key = write.position == Position::kBehindKey || writes_link;
  const std::size_t behind_value = write.position == Position::kBehindValue ? kPositionRoom
                                   : writes_link                            ? kLinkBytes
                                                                            : 0;
  if (write.key.bytes.size() + (behind_key ? kPositionRoom : 0) > kMaxKeyBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a key has more than ", kMaxKeyBytes, " bytes"));
  }
  if (behind_value > 0 && write.value == nullptr) {
    return absl::InvalidArgumentError(
        "a row that is removed has no value for a position or a link");
  }
  if (writes_link && !has_digest) {
    return absl::InvalidArgumentError("a batch without a digest has no link");
  }
  const std::size_t bytes = write.value == nullptr ? 0 : write.value->size();
  if (bytes + behind_value > kMaxValueBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a value has more than ", kMaxValueBytes, " bytes"));
  }
  return absl::OkStatus();
}

}  // namespace

bool HasPosition(const Batch& batch) {
  return std::any_of(batch.writes.begin(), batch.writes.end(), [](const Write& write) {
    return write.position != Write::Position::kNowhere;
  });
}

absl::Status CheckBatches(const std::vector<Batch>& batches) {
  for (const Batch& batch : batches) {
    if (!batch.digest.empty() && batch.digest.size() != kLinkBytes) {
      return absl::InvalidArgumentError(absl::StrCat("a digest has ", kLinkBytes, " bytes"));
    }
    for (const RangeExpectation& expected : batch.range_expectations) {
      if (expected.range.end.has_value() && *expected.range.end < expected.range.begin) {
        return absl::InvalidArgumentError("a range ends before it begins");
      }
    }
    for (const Write& write : batch.writes) {
      absl::Status checked = CheckWrite(write, !batch.digest.empty());
      if (!checked.ok()) return checked;
    }
  }
  return absl::OkStatus();
}

}  // namespace store
}  // namespace frontdesk
