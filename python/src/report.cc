// Reports: frontdesk/report.
#include <pybind11/stl.h>

#include <cstdint>
#include <memory>
#include <string>

#include "bridge.h"
#include "cel_functions.h"
#include "frontdesk/report/backtest.h"
#include "frontdesk/report/policy_diff.h"
#include "frontdesk/report/policy_tests.h"
#include "frontdesk/v1/backtest.pb.h"
#include "frontdesk/v1/policy_test.pb.h"
#include "policy.h"
#include "raised.h"
#include "reader.h"

namespace frontdesk::python {
namespace {

// (file, [issue])
py::tuple ReadPolicyTests(const py::bytes& source, const std::string& file) {
  const absl::string_view text = View(source);
  const report::PolicyTestsResult result = WithoutGil(
      [&] { return report::ReadPolicyTests(text, file, report::PolicyTestFormatOf(file)); });
  return py::make_tuple(py::bytes(Serialize(result.file)), BytesList(SerializeAll(result.issues)));
}

py::bytes RunPolicyTests(const PythonPolicy& policy, const py::bytes& tests) {
  const absl::string_view bytes = View(tests);
  const std::shared_ptr<const Policy>& core = policy.get();
  return py::bytes(RunExpressions([&] {
    return Serialize(ValueOrThrow(report::RunPolicyTests(core, Parse<v1::PolicyTestFile>(bytes))));
  }));
}

py::bytes Backtest(const PythonReader& reader, const PythonPolicy& after,
                   const PythonPolicy* before, std::int64_t after_sequence,
                   std::int64_t last_sequence, int max_examples, int group_size,
                   const py::object& progress) {
  Raised raised;
  report::BacktestOptions options;
  if (before != nullptr) options.before = before->get();
  options.after_sequence = after_sequence;
  options.last_sequence = last_sequence;
  options.max_examples = max_examples;
  options.group_size = group_size;
  options.progress = ProgressOf(progress, &raised);
  const std::shared_ptr<Reader>& core = reader.shared();
  const std::shared_ptr<const Policy>& policy = after.get();
  const std::string report = RunExpressions(
      [&] { return Serialize(ValueOrThrow(report::Backtest(*core, policy, options))); });
  raised.Rethrow();
  return py::bytes(report);
}

// Formats a report that is given as bytes.
template <class Report>
py::str Format(const py::bytes& report, std::string (*format)(const Report&)) {
  const absl::string_view bytes = View(report);
  return Str(WithoutGil([&] { return format(Parse<Report>(bytes)); }));
}

}  // namespace

void BindReport(py::module_& module) {
  module.def("report_read_policy_tests", &ReadPolicyTests, py::arg("source"), py::arg("file"));
  module.def("report_run_policy_tests", &RunPolicyTests, py::arg("policy"), py::arg("tests"));
  module.def(
      "report_format_policy_tests",
      [](const py::bytes& report, bool coverage) {
        report::PolicyTestFormatOptions options;
        options.coverage = coverage;
        const absl::string_view bytes = View(report);
        return Str(WithoutGil([&] {
          return report::FormatPolicyTestReport(Parse<v1::PolicyTestReport>(bytes), options);
        }));
      },
      py::arg("report"), py::arg("coverage"));
  module.def("report_backtest", &Backtest, py::arg("reader"), py::arg("after"), py::arg("before"),
             py::arg("after_sequence"), py::arg("last_sequence"), py::arg("max_examples"),
             py::arg("group_size"), py::arg("progress"));
  module.def(
      "report_format_backtest",
      [](const py::bytes& report, bool html) {
        return Format<v1::BacktestReport>(
            report, html ? &report::FormatBacktestHtml : &report::FormatBacktest);
      },
      py::arg("report"), py::arg("html"));
  module.def(
      "report_compare_packs",
      [](const py::bytes& before, const py::bytes& after) {
        const absl::string_view old_bytes = View(before);
        const absl::string_view new_bytes = View(after);
        return BytesList(SerializeAll(WithoutGil([&] {
          return report::ComparePacks(Parse<v1::PolicyPack>(old_bytes),
                                      Parse<v1::PolicyPack>(new_bytes));
        })));
      },
      py::arg("before"), py::arg("after"));
  module.def(
      "report_format_difference",
      [](const py::bytes& difference) {
        return Format<v1::PolicyDifference>(difference, &report::FormatDifference);
      },
      py::arg("difference"));
}

}  // namespace frontdesk::python
