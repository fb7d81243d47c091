// Ids from a source that the caller gives: no clock and no randomness of our own.
//
//   std::mt19937_64 random(std::random_device{}());
//   frontdesk::TimeOrderedIdSource ids([&random] { return random(); });
//   std::string id = ids.NextId(absl::Now());     // "01HZ8K4Q3V6M9X2B7C5D8E1F0G"
//
//   frontdesk::SequenceIdSource replay("order-");
//   replay.NextId(absl::Now());                    // "order-0000000001"
#ifndef FRONTDESK_BASE_ID_H_
#define FRONTDESK_BASE_ID_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace frontdesk {

// Where new ids come from. Implementations are thread-safe and never give one id twice.
class IdSource {
 public:
  virtual ~IdSource() = default;

  // A new id for something that happens at `now`.
  virtual std::string NextId(absl::Time now) = 0;
};

// Ids that sort (byte by byte) in the order of their time and, from one source, in the order in
// which they were made. An id has 26 characters of Crockford's base 32 in upper case (the layout of
// ULID). The first 10 are 48 bits of milliseconds since 1970-01-01 UTC. The other 16 are 80 bits
// that are random for each new millisecond and count up by one within it.
//
// An earlier `now` than before keeps the latest millisecond seen, so a clock set back breaks no
// order; an overflow of the count moves on to the next millisecond. Times before 1970 count as
// 1970, times beyond the year 10889 as its end. Unique across sources as far as `random` is good.
// Thread-safe.
class TimeOrderedIdSource : public IdSource {
 public:
  // `random` gives 64 independent uniform bits a call. It is called twice for each new millisecond,
  // under a lock of this source. So it need not be thread-safe itself unless it is shared.
  explicit TimeOrderedIdSource(std::function<uint64_t()> random);

  std::string NextId(absl::Time now) override;

 private:
  std::mutex mutex_;
  std::function<uint64_t()> random_;
  bool started_ = false;
  uint64_t milliseconds_ = 0;  // 48 bits used.
  uint64_t high_ = 0;          // 16 bits used.
  uint64_t low_ = 0;
};

// `prefix` and a count from `first`, padded with zeros to ten digits so that ids sort in the order
// they were made. The same calls give the same ids: for tests and replay. Ignores `now`.
// Thread-safe.
class SequenceIdSource : public IdSource {
 public:
  explicit SequenceIdSource(absl::string_view prefix, uint64_t first = 1);

  std::string NextId(absl::Time now) override;

 private:
  std::mutex mutex_;
  std::string prefix_;
  uint64_t next_;
};

// The millisecond at which TimeOrderedIdSource made an id. It is absl::InfinitePast() when `id` is
// not such an id: 26 characters of Crockford's base 32 in upper case, the first at most "7".
absl::Time TimeOfId(absl::string_view id);

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_ID_H_
