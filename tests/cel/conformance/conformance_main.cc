// Runs the cases of the CEL specification and prints a table by file.
//
//   frontdesk_cel_conformance         [--skip FILE] DIR
//   frontdesk_cel_conformance_dynamic --descriptors FILE [--skip FILE] DIR
//
// The first takes the messages of the cases from generated classes; the second, which has none, from descriptors read at
// run time (a FileDescriptorSet). A skip file has one entry a line: file/section or file/section/test, then the reason.
// Exit code 0 when no case failed.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cel/expr/conformance/test/simple.pb.h"
#include "convert.h"
#include "frontdesk/cel/cel.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"

namespace frontdesk::cel::conformance {
namespace {

using ::cel::expr::conformance::test::SimpleTest;
using ::cel::expr::conformance::test::SimpleTestFile;

struct Counts {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
};

struct Arguments {
  std::string descriptors_file;
  std::string skip_file;
  std::string directory;
};

// Collects errors instead of printing them.
class Errors : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    absl::StrAppend(&text, line + 1, ":", column + 1, ": ", message, "\n");
  }
  std::string text;
};

absl::Status DeclareAll(const SimpleTest& test, const Messages& messages,
                        EnvironmentBuilder* builder) {
  for (const ::cel::expr::Decl& decl : test.type_env()) {
    if (decl.has_ident()) {
      auto type = ToType(decl.ident().type(), messages);
      if (!type.ok()) return type.status();
      builder->AddVariable(decl.name(), *type);
      continue;
    }
    for (const auto& declared : decl.function().overloads()) {
      FunctionOverload overload;
      overload.id = declared.overload_id();
      overload.member = declared.is_instance_function();
      for (const auto& parameter : declared.params()) {
        auto type = ToType(parameter, messages);
        if (!type.ok()) return type.status();
        overload.parameters.push_back(*type);
      }
      auto result = ToType(declared.result_type(), messages);
      if (!result.ok()) return result.status();
      overload.result = *result;
      builder->AddFunction(decl.name(), overload);
    }
  }
  return absl::OkStatus();
}

// "" when the outcome is what the case wants.
std::string CompareOutcome(const SimpleTest& test, const EvalResult& result,
                           const Messages& messages) {
  const bool wants_error = test.result_matcher_case() == SimpleTest::kEvalError ||
                           test.result_matcher_case() == SimpleTest::kAnyEvalErrors;
  if (wants_error) {
    return result.ok() ? absl::StrCat("expected an error, got ", ToText(result.value())) : "";
  }
  if (!result.ok()) return FormatIssue(result.issue());
  switch (test.result_matcher_case()) {
    case SimpleTest::kValue:
      return Difference(test.value(), result.value(), messages);
    case SimpleTest::kTypedResult:
      return Difference(test.typed_result().result(), result.value(), messages);
    case SimpleTest::RESULT_MATCHER_NOT_SET: {
      ::cel::expr::Value yes;
      yes.set_bool_value(true);
      return Difference(yes, result.value(), messages);
    }
    default:
      return "a matcher that this runner does not know";
  }
}

// "" when the case passes.
std::string RunTest(const SimpleTest& test, const Messages& messages) {
  EnvironmentBuilder builder;
  builder.SetDescriptorPool(messages.pool, messages.factory);
  builder.SetContainer(test.container());
  builder.SetExtensions(kDefaultExtensions | kBlockExtension);
  builder.SetTimeZones(SystemTimeZones());
  if (absl::Status status = DeclareAll(test, messages, &builder); !status.ok()) {
    return std::string(status.message());
  }
  auto environment = builder.Build();
  if (!environment.ok()) return std::string(environment.status().message());
  CompileOptions options;
  options.check = !test.disable_check();
  options.macros = !test.disable_macros();
  const CompileResult compiled = (*environment)->Compile(test.expr(), options);
  const bool wants_error = test.result_matcher_case() == SimpleTest::kEvalError ||
                           test.result_matcher_case() == SimpleTest::kAnyEvalErrors;
  if (!compiled.ok()) return wants_error ? "" : FormatIssues(compiled.issues);
  if (test.has_typed_result() && test.typed_result().has_deduced_type()) {
    auto wanted = ToType(test.typed_result().deduced_type(), messages);
    if (!wanted.ok()) return std::string(wanted.status().message());
    if (wanted->ToString() != compiled.program->result_type().ToString()) {
      return absl::StrCat("expected type ", wanted->ToString(), ", deduced ",
                          compiled.program->result_type().ToString());
    }
  }
  if (test.check_only()) return "";
  Activation activation(*environment);
  google::protobuf::Arena owner;
  for (const auto& [name, binding] : test.bindings()) {
    if (!binding.has_value()) return "a binding that this runner does not know";
    auto value = ToValue(binding.value(), messages, activation.arena(), owner);
    if (!value.ok()) return std::string(value.status().message());
    const absl::Status set = activation.Set(name, *value);
    // A binding that nothing declares is not looked at.
    if (!set.ok() && !absl::IsNotFound(set)) return std::string(set.message());
  }
  Scratch scratch;
  return CompareOutcome(test, compiled.program->Evaluate(activation, scratch), messages);
}

std::map<std::string, std::string> ReadSkips(const std::string& path) {
  std::map<std::string, std::string> skips;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (text.empty() || text[0] == '#') continue;
    const std::pair<std::string, std::string> entry =
        absl::StrSplit(text, absl::MaxSplits(absl::ByAnyChar(" \t"), 1));
    skips[entry.first] = std::string(absl::StripAsciiWhitespace(entry.second));
  }
  return skips;
}

Counts RunFile(const SimpleTestFile& file, const Messages& messages,
               const std::map<std::string, std::string>& skips, std::set<std::string>* used) {
  Counts counts;
  for (const auto& section : file.section()) {
    for (const SimpleTest& test : section.test()) {
      const std::string whole = file.name();
      const std::string part = absl::StrCat(whole, "/", section.name());
      const std::string name = absl::StrCat(part, "/", test.name());
      bool skipped = false;
      for (const std::string& entry : {whole, part, name}) {
        if (!skips.count(entry)) continue;
        used->insert(entry);
        skipped = true;
      }
      if (skipped) {
        ++counts.skipped;
        continue;
      }
      const std::string difference = RunTest(test, messages);
      if (difference.empty()) {
        ++counts.passed;
      } else {
        ++counts.failed;
        std::cout << "FAILED " << name << ": " << test.expr() << "\n  " << difference << "\n";
      }
    }
  }
  return counts;
}

// The messages of a FileDescriptorSet, in which a file follows those it imports.
bool ReadDescriptors(const std::string& path, google::protobuf::DescriptorPool* pool) {
  std::ifstream in(path, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromIstream(&in)) return false;
  return std::all_of(set.file().begin(), set.file().end(),
                     [&](const auto& file) { return pool->BuildFile(file) != nullptr; });
}

// Lets the text of a case hold messages of a pool in an Any.
class AnyFinder : public google::protobuf::TextFormat::Finder {
 public:
  explicit AnyFinder(const google::protobuf::DescriptorPool* pool) : pool_(pool) {}
  const google::protobuf::Descriptor* FindAnyType(const google::protobuf::Message& /*message*/,
                                                  const std::string& /*prefix*/,
                                                  const std::string& name) const override {
    return pool_->FindMessageTypeByName(name);
  }

 private:
  const google::protobuf::DescriptorPool* pool_;
};

int Run(const Arguments& arguments) {
  google::protobuf::DescriptorPool pool;
  google::protobuf::DynamicMessageFactory factory;
  Messages messages = {google::protobuf::DescriptorPool::generated_pool(),
                       google::protobuf::MessageFactory::generated_factory()};
  if (!arguments.descriptors_file.empty()) {
    if (!ReadDescriptors(arguments.descriptors_file, &pool)) {
      std::cout << arguments.descriptors_file << ": no descriptors\n";
      return 2;
    }
    messages = {&pool, &factory};
  }
  AnyFinder finder(messages.pool);
  const auto skips = ReadSkips(arguments.skip_file);
  std::set<std::string> used;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(arguments.directory)) {
    if (entry.path().extension() == ".textproto") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::pair<std::string, Counts>> table;
  Counts total;
  for (const std::filesystem::path& path : paths) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    Errors errors;
    google::protobuf::TextFormat::Parser parser;
    parser.RecordErrorsTo(&errors);
    parser.SetFinder(&finder);
    SimpleTestFile file;
    if (!parser.ParseFromString(text.str(), &file)) {
      std::cout << path.string() << ":" << errors.text;
      return 2;
    }
    file.set_name(path.stem().string());
    const Counts counts = RunFile(file, messages, skips, &used);
    table.emplace_back(path.stem().string(), counts);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  std::cout << absl::StrFormat("%-20s %7s %7s %8s\n", "file", "passed", "failed", "skipped");
  for (const auto& [name, counts] : table) {
    std::cout << absl::StrFormat("%-20s %7d %7d %8d\n", name, counts.passed, counts.failed,
                                 counts.skipped);
  }
  std::cout << absl::StrFormat("passed %d, failed %d, skipped %d\n", total.passed, total.failed,
                               total.skipped);
  // An entry of a file that is there has to be of use.
  for (const auto& [entry, reason] : skips) {
    const std::string file = entry.substr(0, entry.find('/'));
    const bool read =
        std::any_of(table.begin(), table.end(), [&](const auto& row) { return row.first == file; });
    if (read && used.count(entry) == 0) {
      std::cout << "skip list: no case '" << entry << "'\n";
      return 2;
    }
  }
  return total.failed == 0 && total.passed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace frontdesk::cel::conformance

int main(int argc, char** argv) {
  frontdesk::cel::conformance::Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--descriptors" && i + 1 < argc) {
      arguments.descriptors_file = argv[++i];
    } else if (argument == "--skip" && i + 1 < argc) {
      arguments.skip_file = argv[++i];
    } else {
      arguments.directory = argument;
    }
  }
  if (arguments.directory.empty()) {
    std::cerr
        << "usage: frontdesk_cel_conformance[_dynamic] [--descriptors FILE] [--skip FILE] DIR\n";
    return 2;
  }
  return frontdesk::cel::conformance::Run(arguments);
}
