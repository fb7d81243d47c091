// The results of a run, for people: counts, reasons, money, an explanation of each kind, and the digest of all
// outcomes and of all records.
#ifndef FRONTDESK_TESTS_ACCEPTANCE_RETAIL_SUMMARY_H_
#define FRONTDESK_TESTS_ACCEPTANCE_RETAIL_SUMMARY_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/optional.h"
#include "digest.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/log.pb.h"
#include "held.h"
#include "requests.h"
#include "run.h"

namespace retail_desk {

// Collects results as they come. Thread-compatible.
class Summary {
 public:
  void Add(const Task& task, const TaskResult& result);

  // Changes of a log that are of no task: the imports.
  void AddLog(const std::vector<frontdesk::v1::LogChange>& log);

  // Whether an outcome is worth an explanation: the first request of an operation that is done, and the first that is refused for a
  // reason. The most readable explanation of each kind is kept.
  bool WantsExplanation(const Request& request, const frontdesk::v1::Outcome& outcome) const;

  // A refund that was held and approved. It is in no count and in no digest.
  void SetHeldRefund(HeldRefund refund) { held_refund_ = std::move(refund); }

  // Several lines, without the digests.
  std::string ToText() const;

  // The same on one screen: the requests, and why one was refused and one was held.
  std::string ToShortText() const;

  // The digest of all outcomes. To be called once, at the end.
  std::string FinishDigest() { return digest_.Finish(); }

  // The number of the changes of all logs, and their digest. As FinishDigest.
  std::int64_t record_count() const { return record_count_; }
  std::string FinishRecordDigest() { return record_digest_.Finish(); }

 private:
  struct Counts {
    std::int64_t done = 0;
    std::int64_t refused = 0;
    std::int64_t held = 0;
  };
  struct Reason {
    std::int64_t count = 0;
    std::string text;
  };
  struct Sum {
    std::int64_t count = 0;
    frontdesk::v1::Money amount;
  };

  std::string RequestsText() const;
  void AddEvent(const frontdesk::v1::Event& event);
  void AddAmount(const std::string& name, const frontdesk::v1::Money& amount);

  MessageDigest digest_;
  MessageDigest record_digest_;
  std::int64_t record_count_ = 0;
  std::map<std::string, Counts> by_operation_;
  std::map<std::string, Reason> refused_by_;
  std::map<std::string, Reason> held_by_;
  std::map<std::string, Sum> money_;
  absl::optional<frontdesk::v1::Explanation> done_explanation_;
  absl::optional<frontdesk::v1::Explanation> refused_explanation_;
  absl::optional<HeldRefund> held_refund_;
};

}  // namespace retail_desk

#endif  // FRONTDESK_TESTS_ACCEPTANCE_RETAIL_SUMMARY_H_
