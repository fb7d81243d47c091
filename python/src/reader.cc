// The reading side of a desk: frontdesk/desk/reader.h.
#include "reader.h"

#include "cel_functions.h"
#include "frontdesk/desk/import.h"
#include "frontdesk/report/frames.h"
#include "host_store.h"
#include "limit_table.h"

namespace frontdesk::python {
namespace {

py::list PendingList(const std::vector<PendingEffect>& effects) {
  py::list result;
  for (const PendingEffect& pending : effects) {
    result.append(py::make_tuple(pending.sequence, py::bytes(Serialize(pending.effect)),
                                 py::bytes(Serialize(pending.claim))));
  }
  return result;
}

py::list TextList(const std::vector<std::string>& values) {
  py::list list(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) list[i] = Str(values[i]);
  return list;
}

// (frame, rows, [(column, type, numbers, texts, labels)])
py::tuple FrameTuple(const report::Frame& frame) {
  py::list columns;
  for (const report::FrameColumn& column : frame.columns) {
    const char* const numbers = reinterpret_cast<const char*>(column.values.data());
    columns.append(py::make_tuple(column.name, static_cast<int>(column.type),
                                  py::bytes(numbers, column.values.size() * sizeof(std::int64_t)),
                                  TextList(column.texts), TextList(column.labels)));
  }
  return py::make_tuple(frame.name, frame.row_count, columns);
}

// The instant of a serialized Timestamp.
absl::Time ParseTime(absl::string_view bytes) {
  const auto instant = Parse<google::protobuf::Timestamp>(bytes);
  return ToTime({instant.seconds(), instant.nanos()});
}

}  // namespace

PythonSubscription::PythonSubscription(std::shared_ptr<Reader> reader,
                                       std::unique_ptr<Subscription> subscription)
    : both_(std::make_shared<Both>(Both{std::move(reader), std::move(subscription)})) {}

py::list PythonSubscription::Read(int page_size) const {
  Subscription& subscription = *both_.get()->subscription;
  return BytesList(
      WithoutGil([&] { return SerializeAll(ValueOrThrow(subscription.Read(page_size))); }));
}

int64_t PythonSubscription::position() const { return both_.get()->subscription->position(); }

int PythonSubscription::Descriptor() const {
  Subscription& subscription = *both_.get()->subscription;
  return WithoutGil([&] { return ValueOrThrow(subscription.descriptor()); });
}

PythonReader PythonReader::Open(const PythonStore& store, const py::object& owner,
                                const py::list& functions, const py::object& make_message,
                                const py::dict& policy_limits, const py::dict& find_limits,
                                std::optional<std::size_t> max_cached_state_bytes) {
  ReaderOptions options;
  options.store = store.get();
  ReadLimits<LimitGroup::kPolicyLimits>(policy_limits, options.policy_options);
  options.policy_options.functions =
      ReadFunctions(functions, Descriptors::Generated(), Share(make_message));
  ReadLimits<LimitGroup::kFindLimits>(find_limits, options.find_limits);
  if (max_cached_state_bytes.has_value()) {
    options.max_cached_state_bytes = *max_cached_state_bytes;
  }
  return PythonReader(WithoutGil([&] { return ValueOrThrow(Reader::Open(std::move(options))); }),
                      owner);
}

py::tuple PythonReader::ReadImport(const std::string& import_id, int64_t after,
                                   int page_size) const {
  const auto [rows, last] = WithoutGil([&] {
    const std::vector<v1::ImportRow> page =
        ValueOrThrow(frontdesk::ReadImport(reader(), import_id, LogPage{after, page_size}));
    return std::make_pair(SerializeAll(page), page.empty() ? after : page.back().row());
  });
  return py::make_tuple(BytesList(rows), last);
}

std::vector<std::string> PythonReader::ListImports(const std::string& after, int page_size) const {
  return WithoutGil([&] {
    return ValueOrThrow(frontdesk::ListImports(reader(), ImportPage{after, page_size}));
  });
}

py::bytes PythonReader::Get(const py::bytes& entity, const std::vector<std::string>& lists) const {
  const absl::string_view bytes = View(entity);
  const std::vector<absl::string_view> names(lists.begin(), lists.end());
  return WithoutGilBytes(
      [&] { return Serialize(*ValueOrThrow(reader().Get(Parse<v1::EntityRef>(bytes), names))); });
}

py::tuple PythonReader::History(const py::bytes& entity, int64_t after, int page_size) const {
  const absl::string_view bytes = View(entity);
  const auto [events, last] = WithoutGil([&] {
    const std::vector<v1::Event> page =
        ValueOrThrow(reader().History(Parse<v1::EntityRef>(bytes), LogPage{after, page_size}));
    return std::make_pair(SerializeAll(page), page.empty() ? after : page.back().version());
  });
  return py::make_tuple(BytesList(events), last);
}

py::tuple PythonReader::ReadRows(const py::bytes& entity, const std::string& list,
                                 const std::optional<std::pair<int64_t, int32_t>>& after,
                                 int page_size, bool descending) const {
  const absl::string_view bytes = View(entity);
  RowPage page;
  if (after.has_value()) page.after = RowPosition{after->first, after->second};
  page.page_size = page_size;
  page.descending = descending;
  const auto [state, next] = WithoutGil([&] {
    const Rows rows = ValueOrThrow(reader().ReadRows(Parse<v1::EntityRef>(bytes), list, page));
    return std::make_pair(Serialize(rows.state), rows.next);
  });
  if (!next.has_value()) return py::make_tuple(py::bytes(state), py::none());
  return py::make_tuple(py::bytes(state), py::make_tuple(next->version, next->place));
}

py::bytes PythonReader::GetRecord(const std::string& record_id) const {
  return WithoutGilBytes([&] { return Serialize(ValueOrThrow(reader().GetRecord(record_id))); });
}

py::tuple PythonReader::Journal(int64_t after, int page_size) const {
  const auto [records, last] = WithoutGil([&] {
    const std::vector<v1::JournalRecord> page =
        ValueOrThrow(reader().Journal(LogPage{after, page_size}));
    return std::make_pair(SerializeAll(page), page.empty() ? after : page.back().sequence());
  });
  return py::make_tuple(BytesList(records), last);
}

py::tuple PythonReader::ReadLog(int64_t after, int page_size) const {
  const auto [changes, last] = WithoutGil([&] {
    const std::vector<v1::LogChange> page =
        ValueOrThrow(reader().ReadLog(LogPage{after, page_size}));
    return std::make_pair(SerializeAll(page),
                          page.empty() ? after : page.back().entry().position());
  });
  return py::make_tuple(BytesList(changes), last);
}

PythonSubscription PythonReader::Subscribe(int64_t position) const {
  return WithoutGil([&] {
    return PythonSubscription(reader_.get(), ValueOrThrow(reader().Subscribe(position)));
  });
}

py::bytes PythonReader::Verify(const std::vector<std::pair<int64_t, py::bytes>>& known) const {
  std::vector<KnownLink> links;
  for (const auto& [position, link] : known) links.push_back({position, std::string(link)});
  return WithoutGilBytes([&] { return Serialize(ValueOrThrow(reader().Verify(links))); });
}

py::bytes PythonReader::VerifyRows() const {
  return WithoutGilBytes([&] { return Serialize(ValueOrThrow(reader().VerifyRows())); });
}

py::bytes PythonReader::GetAsOf(const py::bytes& entity, const py::bytes& time) const {
  const absl::string_view bytes = View(entity), time_bytes = View(time);
  return WithoutGilBytes([&] {
    return Serialize(
        *ValueOrThrow(reader().GetAsOf(Parse<v1::EntityRef>(bytes), ParseTime(time_bytes))));
  });
}

py::bytes PythonReader::GetTotal(const std::string& name, const std::string& subject_id,
                                 const py::bytes& now, const std::string& reason) const {
  const absl::string_view time_bytes = View(now);
  return WithoutGilBytes([&] {
    return Serialize(
        ValueOrThrow(reader().GetTotal(name, subject_id, ParseTime(time_bytes), reason)));
  });
}

py::bytes PythonReader::Explain(const std::string& record_id) const {
  return py::bytes(
      RunExpressions([&] { return Serialize(ValueOrThrow(reader().Explain(record_id))); }));
}

py::bytes PythonReader::ComputeClocks(const std::string& case_id) const {
  return py::bytes(
      RunExpressions([&] { return Serialize(ValueOrThrow(reader().ComputeClocks(case_id))); }));
}

py::bytes PythonReader::ExplainClock(const std::string& case_id, int metric, int instance,
                                     const std::string& milestone,
                                     const std::optional<py::bytes>& now,
                                     const std::string& time_zone, std::size_t max_segments) const {
  ExplainClockOptions options;
  if (now.has_value()) options.now = ParseTime(View(*now));
  options.time_zone = time_zone;
  options.max_segments = max_segments;
  return py::bytes(RunExpressions([&] {
    return Serialize(ValueOrThrow(reader().ExplainClock(
        case_id, static_cast<v1::ServiceMetric>(metric), instance, milestone, options)));
  }));
}

py::bytes PythonReader::DecisionInputOf(const std::string& record_id,
                                        const PythonPolicy* totals_of) const {
  const std::shared_ptr<const Policy> policy = totals_of == nullptr ? nullptr : totals_of->get();
  return py::bytes(RunExpressions(
      [&] { return Serialize(ValueOrThrow(reader().DecisionInputOf(record_id, policy.get()))); }));
}

py::list PythonReader::PendingEffects(int64_t after, int page_size) const {
  return PendingList(WithoutGil([&] {
    return ValueOrThrow(reader().PendingEffects(LogPage{after, page_size}));
  }));
}

py::list PythonReader::DeadLetters(int64_t after, int page_size) const {
  return PendingList(WithoutGil([&] {
    return ValueOrThrow(reader().DeadLetters(LogPage{after, page_size}));
  }));
}

py::tuple PythonReader::ReadFrames(int64_t after, int most_entries) const {
  const report::FramePage page =
      WithoutGil([&] { return ValueOrThrow(report::ReadFrames(reader(), after, most_entries)); });
  py::list frames;
  for (const report::Frame& frame : page.frames) frames.append(FrameTuple(frame));
  return py::make_tuple(frames, page.next);
}

py::tuple PythonReader::ReadImportFrame(const std::string& import_id, int64_t row,
                                        int most_rows) const {
  const report::ImportFramePage page = WithoutGil([&] {
    return ValueOrThrow(report::ReadImportFrame(reader(), {import_id, row}, most_rows));
  });
  return py::make_tuple(FrameTuple(page.frame), py::make_tuple(page.next.import_id, page.next.row));
}

py::bytes PythonReader::Find(const py::bytes& request) const {
  const absl::string_view bytes = View(request);
  // A policy that another desk has activated is compiled here, which may call functions in Python.
  return py::bytes(RunExpressions(
      [&] { return Serialize(*ValueOrThrow(reader().Find(Parse<v1::FindRequest>(bytes)))); }));
}

std::int64_t PythonReader::Count(const py::bytes& request) const {
  const absl::string_view bytes = View(request);
  return RunExpressions(
      [&] { return ValueOrThrow(reader().Count(Parse<v1::FindRequest>(bytes))); });
}

py::tuple PythonReader::FindStates(const py::bytes& request) const {
  const absl::string_view bytes = View(request);
  const auto [states, token] = RunExpressions([&] {
    const auto page = ValueOrThrow(reader().Find(Parse<v1::FindRequest>(bytes)));
    return std::make_pair(SerializeAll(page->found()), page->next_page_token());
  });
  return py::make_tuple(BytesList(states), Str(token));
}

py::tuple PythonReader::Timeline(const py::bytes& request) const {
  const absl::string_view bytes = View(request);
  const auto [entries, token] = WithoutGil([&] {
    const v1::Timeline page = ValueOrThrow(reader().Timeline(Parse<v1::TimelineRequest>(bytes)));
    return std::make_pair(SerializeAll(page.entries()), page.next_page_token());
  });
  return py::make_tuple(BytesList(entries), Str(token));
}

py::list PythonReader::FindDuplicates(const std::string& customer_id) const {
  return BytesList(
      WithoutGil([&] { return SerializeAll(ValueOrThrow(reader().FindDuplicates(customer_id))); }));
}

py::bytes PythonReader::OpenFile(const std::string& customer_id, const py::bytes& now,
                                 const std::string& interaction_id, const py::dict& limits) const {
  const absl::string_view now_bytes = View(now);
  FileOptions options;
  options.interaction_id = interaction_id;
  ReadLimits<LimitGroup::kFileLimits>(limits, options);
  return WithoutGilBytes([&] {
    options.now = Parse<google::protobuf::Timestamp>(now_bytes);
    return Serialize(*ValueOrThrow(reader().OpenFile(customer_id, options)));
  });
}

py::bytes PythonReader::CustomerView(const py::bytes& entity) const {
  const absl::string_view bytes = View(entity);
  return WithoutGilBytes(
      [&] { return Serialize(ValueOrThrow(reader().CustomerView(Parse<v1::EntityRef>(bytes)))); });
}

void BindReader(py::module_& module) {
  py::class_<PythonSubscription>(module, "Subscription")
      .def("read", &PythonSubscription::Read, py::arg("page_size"))
      .def_property_readonly("position", &PythonSubscription::position)
      .def("fileno", &PythonSubscription::Descriptor);
  py::class_<PythonReader>(module, "Reader", CollectedType<PythonReader>())
      .def_static("open", &PythonReader::Open, py::arg("store"), py::arg("owner"),
                  py::arg("functions"), py::arg("make_message"), py::arg("policy_limits"),
                  py::arg("find_limits"), py::arg("max_cached_state_bytes"))
      .def("read_import", &PythonReader::ReadImport, py::arg("import_id"), py::arg("after"),
           py::arg("page_size"))
      .def("list_imports", &PythonReader::ListImports, py::arg("after"), py::arg("page_size"))
      .def("get", &PythonReader::Get, py::arg("entity"), py::arg("lists"))
      .def("history", &PythonReader::History, py::arg("entity"), py::arg("after"),
           py::arg("page_size"))
      .def("read_rows", &PythonReader::ReadRows, py::arg("entity"), py::arg("list"),
           py::arg("after"), py::arg("page_size"), py::arg("descending"))
      .def("get_record", &PythonReader::GetRecord, py::arg("record_id"))
      .def("journal", &PythonReader::Journal, py::arg("after"), py::arg("page_size"))
      .def("read_log", &PythonReader::ReadLog, py::arg("after"), py::arg("page_size"))
      .def("subscribe", &PythonReader::Subscribe, py::arg("position"))
      .def("verify", &PythonReader::Verify, py::arg("known"))
      .def("verify_rows", &PythonReader::VerifyRows)
      .def("get_as_of", &PythonReader::GetAsOf, py::arg("entity"), py::arg("time"))
      .def("get_total", &PythonReader::GetTotal, py::arg("name"), py::arg("subject_id"),
           py::arg("now"), py::arg("reason"))
      .def("explain", &PythonReader::Explain, py::arg("record_id"))
      .def("explain_clock", &PythonReader::ExplainClock, py::arg("case_id"), py::arg("metric"),
           py::arg("instance"), py::arg("milestone"), py::arg("now"), py::arg("time_zone"),
           py::arg("max_segments"))
      .def("compute_clocks", &PythonReader::ComputeClocks, py::arg("case_id"))
      .def("decision_input_of", &PythonReader::DecisionInputOf, py::arg("record_id"),
           py::arg("totals_of"))
      .def("pending_effects", &PythonReader::PendingEffects, py::arg("after"), py::arg("page_size"))
      .def("find", &PythonReader::Find, py::arg("request"))
      .def("count", &PythonReader::Count, py::arg("request"))
      .def("find_states", &PythonReader::FindStates, py::arg("request"))
      .def("read_frames", &PythonReader::ReadFrames, py::arg("after"), py::arg("most_entries"))
      .def("read_import_frame", &PythonReader::ReadImportFrame, py::arg("import_id"),
           py::arg("row"), py::arg("most_rows"))
      .def("timeline", &PythonReader::Timeline, py::arg("request"))
      .def("find_duplicates", &PythonReader::FindDuplicates, py::arg("customer_id"))
      .def("open_file", &PythonReader::OpenFile, py::arg("customer_id"), py::arg("now"),
           py::arg("interaction_id"), py::arg("limits"))
      .def("customer_view", &PythonReader::CustomerView, py::arg("entity"))
      .def("dead_letters", &PythonReader::DeadLetters, py::arg("after"), py::arg("page_size"));
}

}  // namespace frontdesk::python
