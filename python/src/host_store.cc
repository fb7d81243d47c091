#include "host_store.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cel_functions.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"

namespace frontdesk::python {
namespace {

// The places in `calls`.
enum Call : std::size_t { kRead, kCommit, kGet, kScan, kCodeOf };

// Of an exception: its text may have anything in it. Its class may run code when it is asked.
absl::string_view TypeName(const py::object& exception) {
  const absl::string_view name = Py_TYPE(exception.ptr())->tp_name;
  return name.substr(name.rfind('.') + 1);
}

py::object WriteValue(const store::Value& value) {
  if (value == nullptr) return py::none();
  return Bytes(*value);
}

store::Value ReadValue(const py::handle& value) {
  if (value.is_none()) return nullptr;
  return store::MakeValue(py::cast<std::string>(py::reinterpret_borrow<py::bytes>(value)));
}

std::string ReadBytes(const py::handle& bytes) {
  return std::string(py::reinterpret_borrow<py::bytes>(bytes));
}

py::object WriteEnd(const absl::optional<std::string>& end) {
  if (!end.has_value()) return py::none();
  return Bytes(*end);
}

// Calls of a store's object, whose exceptions become statuses.
class HostCalls {
 public:
  explicit HostCalls(const py::tuple& calls) : calls_(Share(calls)) {}

  // `ask` gets the function and gives the result. With the interpreter's lock.
  template <typename Result, typename Ask>
  absl::StatusOr<Result> Run(Call which, Ask ask) const {
    const GilHeld held;
    const auto& calls = static_cast<const py::tuple&>(*calls_);
    try {
      return ask(calls[which]);
    } catch (const py::error_already_set& error) {
      return Failed(error, calls[kCodeOf]);
    } catch (const py::builtin_exception& error) {
      error.set_error();
      return Failed(py::error_already_set(), calls[kCodeOf]);
    }
  }

 private:
  static absl::Status Failed(const py::error_already_set& error, const py::handle& code_of) {
    const py::object exception = error.value();
    if (error.trace()) PyException_SetTraceback(exception.ptr(), error.trace().ptr());
    const bool interrupts = PyErr_GivenExceptionMatches(exception.ptr(), PyExc_Exception) == 0;
    if (CallFrame* frame = CallFrame::current(); frame != nullptr && interrupts) {
      frame->Raised(exception);
    }
    KeepCause(exception);
    const std::string text = absl::StrCat("a store in Python raised ", TypeName(exception));
    try {
      const auto code = py::cast<int>(CallPython(code_of, py::make_tuple(exception)));
      if (code < 0) return MakeError(kReasonDeskReentered, text);
      return absl::Status(static_cast<absl::StatusCode>(code), text);
    } catch (const py::error_already_set&) {
      return absl::UnavailableError(text);
    }
  }

  std::shared_ptr<py::object> calls_;
};

class HostSnapshot : public store::Snapshot {
 public:
  HostSnapshot(HostCalls calls, py::object snapshot, std::int64_t position, std::string link)
      : calls_(std::move(calls)),
        snapshot_(Share(std::move(snapshot))),
        position_(position),
        link_(std::move(link)) {}

  std::int64_t position() const override { return position_; }
  std::string link() const override { return link_; }

  absl::StatusOr<store::Value> Get(const store::Key& key) const override {
    return calls_.Run<store::Value>(kGet, [&](const py::object& get) {
      return ReadValue(CallPython(get, py::make_tuple(*snapshot_, key.table, Bytes(key.bytes))));
    });
  }

  absl::StatusOr<std::vector<store::Row>> Scan(const store::Range& range, std::size_t most,
                                               bool descending) const override {
    using Rows = std::vector<store::Row>;
    // As it is a limit, a number that Python's stores can work with will do.
    const std::size_t limit = std::min<std::size_t>(most, std::size_t{1} << 62);
    return calls_.Run<Rows>(kScan, [&](const py::object& scan) {
      const py::object found =
          CallPython(scan, py::make_tuple(*snapshot_, range.table, Bytes(range.begin),
                                          WriteEnd(range.end), limit, descending));
      Rows rows;
      for (const py::handle& each : found) {
        const auto row = py::reinterpret_borrow<py::tuple>(each);
        rows.push_back({ReadBytes(row[0]), ReadValue(row[1])});
      }
      return rows;
    });
  }

 private:
  const HostCalls calls_;
  const std::shared_ptr<py::object> snapshot_;
  const std::int64_t position_;
  const std::string link_;
};

class HostStore : public store::Store {
 public:
  HostStore(const py::object& store, const py::tuple& calls)
      : calls_(calls), store_(Share(py::weakref(store))) {}

  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    using Shared = std::shared_ptr<const store::Snapshot>;
    return calls_.Run<Shared>(kRead, [&](const py::object& read) -> absl::StatusOr<Shared> {
      const py::object store = (*store_)();
      if (store.is_none()) return Gone();
      const py::tuple found = CallPython(read, py::make_tuple(store));
      return std::make_shared<const HostSnapshot>(
          calls_, found[0], py::cast<std::int64_t>(found[1]), ReadBytes(found[2]));
    });
  }

  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    using Results = std::vector<store::CommitResult>;
    return calls_.Run<Results>(kCommit, [&](const py::object& commit) -> absl::StatusOr<Results> {
      const py::object store = (*store_)();
      if (store.is_none()) return Gone();
      py::list given;
      for (const store::Batch& batch : batches) given.append(WriteBatch(batch));
      Results results;
      for (const py::handle& each : CallPython(commit, py::make_tuple(store, given))) {
        results.push_back(ReadResult(py::reinterpret_borrow<py::tuple>(each)));
      }
      return results;
    });
  }

 private:
  // The collector of cycles has found that nobody uses the desk.
  static absl::Status Gone() { return absl::UnavailableError("the store in Python is gone"); }

  const HostCalls calls_;
  const std::shared_ptr<py::object> store_;
};

}  // namespace

py::tuple WriteBatch(const store::Batch& batch) {
  py::list expectations, ranges, writes;
  for (const store::Expectation& each : batch.expectations) {
    expectations.append(
        py::make_tuple(each.key.table, Bytes(each.key.bytes), WriteValue(each.value)));
  }
  for (const store::RangeExpectation& each : batch.range_expectations) {
    py::list keys;
    for (const std::string& key : each.keys) keys.append(Bytes(key));
    ranges.append(
        py::make_tuple(each.range.table, Bytes(each.range.begin), WriteEnd(each.range.end), keys));
  }
  for (const store::Write& each : batch.writes) {
    writes.append(py::make_tuple(each.key.table, Bytes(each.key.bytes), WriteValue(each.value),
                                 static_cast<int>(each.position)));
  }
  return py::make_tuple(expectations, ranges, writes, Bytes(batch.digest));
}

store::Batch ReadBatch(const py::tuple& batch) {
  store::Batch read;
  for (const py::handle& each : batch[0]) {
    const auto expected = py::reinterpret_borrow<py::tuple>(each);
    read.expectations.push_back(
        {{py::cast<std::uint8_t>(expected[0]), ReadBytes(expected[1])}, ReadValue(expected[2])});
  }
  for (const py::handle& each : batch[1]) {
    const auto expected = py::reinterpret_borrow<py::tuple>(each);
    store::RangeExpectation range;
    range.range.table = py::cast<std::uint8_t>(expected[0]);
    range.range.begin = ReadBytes(expected[1]);
    if (!expected[2].is_none()) range.range.end = ReadBytes(expected[2]);
    for (const py::handle& key : expected[3]) range.keys.push_back(ReadBytes(key));
    read.range_expectations.push_back(std::move(range));
  }
  for (const py::handle& each : batch[2]) {
    const auto write = py::reinterpret_borrow<py::tuple>(each);
    read.writes.push_back({{py::cast<std::uint8_t>(write[0]), ReadBytes(write[1])},
                           ReadValue(write[2]),
                           static_cast<store::Write::Position>(py::cast<int>(write[3]))});
  }
  read.digest = ReadBytes(batch[3]);
  return read;
}

py::tuple WriteResult(const store::CommitResult& result) {
  return py::make_tuple(result.is_committed, result.position, result.failed);
}

store::CommitResult ReadResult(const py::tuple& result) {
  store::CommitResult read;
  read.is_committed = py::cast<bool>(result[0]);
  read.position = py::cast<std::int64_t>(result[1]);
  read.failed = py::cast<std::size_t>(result[2]);
  return read;
}

std::shared_ptr<store::Store> MakeHostStore(const py::object& store, const py::tuple& calls) {
  return std::make_shared<HostStore>(store, calls);
}

}  // namespace frontdesk::python
