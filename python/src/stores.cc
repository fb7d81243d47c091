// Stores, and moving logs between them: frontdesk/store, frontdesk/desk/log_transfer.h.
#include "stores.h"

#include <pybind11/stl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "bridge.h"
#include "frontdesk/desk/log_transfer.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/store/store.h"
#include "host_store.h"
#ifdef FRONTDESK_WITH_SQLITE
#include "frontdesk/store/sqlite.h"
#endif

namespace frontdesk::python {
namespace {

// Bytes that are written at a time.
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

LogFormat FormatOf(bool json) { return json ? LogFormat::kJsonLines : LogFormat::kBinary; }

// Writes everything; 0, or the error number.
int WriteAll(int file, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// Writes the log into the open file. 0, or the error number of the file.
int Export(const PythonStore& store, bool json, int file) {
  const std::shared_ptr<store::Store>& rows = store.get();
  return WithoutGil([&] {
    int error = 0;
    std::string piece;
    const absl::Status status =
        ExportLog(*rows, FormatOf(json), [&](absl::string_view bytes) -> absl::Status {
          piece.append(bytes.data(), bytes.size());
          if (piece.size() < kPieceBytes) return absl::OkStatus();
          error = WriteAll(file, piece);
          piece.clear();
          return error == 0 ? absl::OkStatus()
                            : absl::UnavailableError("the file cannot be written");
        });
    if (error != 0) return error;
    ThrowIfError(status);
    return WriteAll(file, piece);
  });
}

// A store with another name for its importer: thread-compatible, and not for a child of the process.
using PythonImporter = Unforked<LogImporter>;

PythonImporter MakeImporter(const PythonStore& store, bool json) {
  std::shared_ptr<store::Store> rows = store.get();
  return PythonImporter(WithoutGil([&] {
    return std::shared_ptr<LogImporter>(
        ValueOrThrow(LogImporter::Make(std::move(rows), FormatOf(json))));
  }));
}

using PythonSnapshot = Unforked<const store::Snapshot>;

// Arguments of the caller that a store does not accept have no reason of their own.
template <typename T>
T RowsOrThrow(absl::StatusOr<T> value) {
  if (value.ok() || value.status().code() == absl::StatusCode::kInvalidArgument) {
    return ValueOrThrow(std::move(value));
  }
  throw StatusError(event_log::StoreError(value.status()));
}

py::object GetRow(const PythonSnapshot& snapshot, std::uint8_t table, const py::bytes& key) {
  const std::shared_ptr<const store::Snapshot>& rows = snapshot.get();
  const store::Key wanted = {table, std::string(key)};
  const store::Value value = WithoutGil([&] { return RowsOrThrow(rows->Get(wanted)); });
  if (value == nullptr) return py::none();
  return Bytes(*value);
}

// [(key, value)]
py::list ScanRows(const PythonSnapshot& snapshot, std::uint8_t table, const py::bytes& begin,
                  const std::optional<py::bytes>& end, std::size_t limit, bool descending) {
  const std::shared_ptr<const store::Snapshot>& rows = snapshot.get();
  store::Range range = {table, std::string(begin), absl::nullopt};
  if (end.has_value()) range.end = std::string(*end);
  const std::vector<store::Row> found =
      WithoutGil([&] { return RowsOrThrow(rows->Scan(range, limit, descending)); });
  py::list result;
  for (const store::Row& row : found)
    result.append(py::make_tuple(Bytes(row.key), Bytes(*row.value)));
  return result;
}

py::list CommitRows(const PythonStore& store, const py::list& batches) {
  const std::shared_ptr<store::Store>& rows = store.get();
  std::vector<store::Batch> given;
  for (const py::handle& batch : batches) {
    given.push_back(ReadBatch(py::reinterpret_borrow<py::tuple>(batch)));
  }
  const std::vector<store::CommitResult> results =
      WithoutGil([&] { return RowsOrThrow(rows->Commit(std::move(given))); });
  py::list list;
  for (const store::CommitResult& result : results) list.append(WriteResult(result));
  return list;
}

template <typename T>
T StoreValueOrThrow(absl::StatusOr<T> value) {
  if (!value.ok()) ThrowIfError(event_log::StoreError(value.status()));
  return *std::move(value);
}

#ifdef FRONTDESK_WITH_SQLITE

using PythonSqliteStore = Unforked<store::SqliteStore>;

PythonSqliteStore OpenSqlite(const std::string& path, const std::string& desk, int durability,
                             int64_t busy_timeout, bool read_only, bool must_exist,
                             std::size_t cache_bytes, const std::string& clone_folder) {
  store::SqliteOptions options;
  options.desk = desk;
  options.durability = static_cast<store::SqliteDurability>(durability);
  options.busy_timeout = absl::Microseconds(busy_timeout);
  options.read_only = read_only;
  options.must_exist = must_exist;
  options.cache_bytes = cache_bytes;
  options.clone_folder = clone_folder;
  return PythonSqliteStore(
      WithoutGil([&] { return StoreValueOrThrow(store::SqliteStore::Open(path, options)); }));
}

void BindSqlite(py::module_& module) {
  py::class_<PythonSqliteStore>(module, "SqliteStore")
      .def("store", [](const PythonSqliteStore& self) { return PythonStore(self.get()); })
      .def(
          "backup",
          [](const PythonSqliteStore& self, const std::string& path) {
            const std::shared_ptr<store::SqliteStore>& rows = self.get();
            WithoutGil([&] { ThrowIfError(event_log::StoreError(rows->Backup(path))); });
          },
          py::arg("path"))
      .def("check_integrity", [](const PythonSqliteStore& self) {
        const std::shared_ptr<store::SqliteStore>& rows = self.get();
        WithoutGil([&] { ThrowIfError(event_log::StoreError(rows->CheckIntegrity())); });
      });
  module.def("open_sqlite", &OpenSqlite, py::arg("path"), py::arg("desk"), py::arg("durability"),
             py::arg("busy_timeout"), py::arg("read_only"), py::arg("must_exist"),
             py::arg("cache_bytes"), py::arg("clone_folder"));
}

#endif  // FRONTDESK_WITH_SQLITE

}  // namespace

StoreOpener OpenerIn(const py::object& capsule) {
  return *py::cast<py::capsule>(capsule).get_pointer<StoreOpener>();
}

RoleMaker RoleMakerIn(const py::object& capsule) {
  return *py::cast<py::capsule>(capsule).get_pointer<RoleMaker>();
}

void BindStores(py::module_& module) {
  py::class_<PythonSnapshot>(module, "Snapshot")
      .def_property_readonly("position",
                             [](const PythonSnapshot& self) { return self.get()->position(); })
      .def_property_readonly("link",
                             [](const PythonSnapshot& self) { return Bytes(self.get()->link()); })
      .def("get", &GetRow, py::arg("table"), py::arg("key"))
      .def("scan", &ScanRows, py::arg("table"), py::arg("begin"), py::arg("end"), py::arg("limit"),
           py::arg("descending"));
  py::class_<PythonStore>(module, "Store")
      .def("clone",
           [](const PythonStore& self) {
             return PythonStore(WithoutGil([&] { return ValueOrThrow(self.get()->Clone()); }));
           })
      .def("read",
           [](const PythonStore& self) {
             const std::shared_ptr<store::Store>& rows = self.get();
             return PythonSnapshot(WithoutGil([&] { return RowsOrThrow(rows->Read()); }));
           })
      .def("commit", &CommitRows, py::arg("batches"));
  module.def(
      "host_store",
      [](const py::object& store, const py::tuple& calls) {
        return PythonStore(MakeHostStore(store, calls));
      },
      py::arg("store"), py::arg("calls"));
  module.def("memory_store", [] { return PythonStore(store::MakeMemoryStore()); });
  module.def("export_log", &Export, py::arg("store"), py::arg("json"), py::arg("file"));
  py::class_<PythonImporter>(module, "LogImporter")
      .def(
          "read",
          [](const PythonImporter& self, const py::bytes& bytes) {
            LogImporter& importer = *self.get();
            const absl::string_view piece = View(bytes);
            WithoutGil([&] { ThrowIfError(importer.Read(piece)); });
          },
          py::arg("bytes"))
      .def("finish", [](const PythonImporter& self) {
        LogImporter& importer = *self.get();
        return WithoutGilBytes([&] { return Serialize(ValueOrThrow(importer.Finish())); });
      });
  module.def("import_log", &MakeImporter, py::arg("store"), py::arg("json"));
  module.def(
      "open_store",
      [](const py::object& opener) {
        const StoreOpener open = OpenerIn(opener);
        return PythonStore(WithoutGil([&] { return StoreValueOrThrow(open()); }));
      },
      py::arg("opener"));
  module.def(
      "make_role",
      [](const py::object& maker) {
        const RoleMaker make = RoleMakerIn(maker);
        return WithoutGil([&] { return StoreValueOrThrow(make()); });
      },
      py::arg("maker"));
#ifdef FRONTDESK_WITH_SQLITE
  BindSqlite(module);
#endif
}

}  // namespace frontdesk::python
