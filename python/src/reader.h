// The reading side of a desk: frontdesk/desk/reader.h.
#ifndef FRONTDESK_PYTHON_SRC_READER_H_
#define FRONTDESK_PYTHON_SRC_READER_H_

#include <pybind11/stl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridge.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/desk/subscription.h"
#include "policy.h"
#include "stores.h"

namespace frontdesk::python {

// A subscription with the reader that outlives it. The object in Python keeps what the reader's object keeps.
class PythonSubscription {
 public:
  PythonSubscription(std::shared_ptr<Reader> reader, std::unique_ptr<Subscription> subscription);

  py::list Read(int page_size) const;
  int64_t position() const;
  int Descriptor() const;

 private:
  struct Both {
    std::shared_ptr<Reader> reader;
    std::unique_ptr<Subscription> subscription;
  };
  Unforked<Both> both_;
};

// Reader's functions with bytes in place of messages. All of them release the GIL before they take a lock.
class PythonReader {
 public:
  explicit PythonReader(std::shared_ptr<Reader> reader, py::object held = py::object())
      : reader_(std::move(reader)), held_(std::move(held)) {}

  // `owner` is kept as long as the reader: a store that is written in Python; or None.
  static PythonReader Open(const PythonStore& store, const py::object& owner,
                           const py::list& functions, const py::object& make_message,
                           const py::dict& policy_limits, const py::dict& find_limits,
                           std::optional<std::size_t> max_cached_state_bytes);

  py::object& held() { return held_; }
  const std::shared_ptr<Reader>& shared() const { return reader_.get(); }

  // ([row], the last one)
  py::tuple ReadImport(const std::string& import_id, int64_t after, int page_size) const;
  std::vector<std::string> ListImports(const std::string& after, int page_size) const;
  py::bytes Get(const py::bytes& entity, const std::vector<std::string>& lists) const;
  // ([event], version of the last one)
  py::tuple History(const py::bytes& entity, int64_t after, int page_size) const;
  // (state with the page, position of the next page or None)
  py::tuple ReadRows(const py::bytes& entity, const std::string& list,
                     const std::optional<std::pair<int64_t, int32_t>>& after, int page_size,
                     bool descending) const;
  py::bytes GetRecord(const std::string& record_id) const;
  // ([record], sequence of the last one)
  py::tuple Journal(int64_t after, int page_size) const;
  // ([change], position of the last one)
  py::tuple ReadLog(int64_t after, int page_size) const;
  PythonSubscription Subscribe(int64_t position) const;
  py::bytes Verify(const std::vector<std::pair<int64_t, py::bytes>>& known) const;
  py::bytes VerifyRows() const;
  py::bytes GetAsOf(const py::bytes& entity, const py::bytes& time) const;
  py::bytes GetTotal(const std::string& name, const std::string& subject_id, const py::bytes& now,
                     const std::string& reason) const;
  py::bytes Explain(const std::string& record_id) const;
  py::bytes ExplainClock(const std::string& case_id, int metric, int instance,
                         const std::string& milestone, const std::optional<py::bytes>& now,
                         const std::string& time_zone, std::size_t max_segments) const;
  py::bytes ComputeClocks(const std::string& case_id) const;
  py::bytes DecisionInputOf(const std::string& record_id, const PythonPolicy* totals_of) const;
  // [(sequence, effect, claim)]
  py::list PendingEffects(int64_t after, int page_size) const;
  py::list DeadLetters(int64_t after, int page_size) const;
  // ([(frame, rows, [(column, type, numbers, texts, labels)])], next). Numbers are 64 bits each, in the order of the machine.
  py::tuple ReadFrames(int64_t after, int most_entries) const;
  // (frame, (import, row) of the last row)
  py::tuple ReadImportFrame(const std::string& import_id, int64_t row, int most_rows) const;
  std::int64_t Count(const py::bytes& request) const;
  py::bytes Find(const py::bytes& request) const;
  // ([state], token of the next page)
  py::tuple FindStates(const py::bytes& request) const;
  // ([entry], token of the next page)
  py::tuple Timeline(const py::bytes& request) const;
  py::list FindDuplicates(const std::string& customer_id) const;
  py::bytes OpenFile(const std::string& customer_id, const py::bytes& now,
                     const std::string& interaction_id, const py::dict& limits) const;
  py::bytes CustomerView(const py::bytes& entity) const;

 protected:
  // Not for a child of the process.
  Reader& reader() const { return *reader_.get(); }

 private:
  Unforked<Reader> reader_;
  py::object held_;
};

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_READER_H_
