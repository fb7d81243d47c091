// A protoc plug-in that writes typed getters for the messages of proto files, as tables for
// frontdesk::cel::AccessorTable. It uses only what protoc's C++ generator promises to its users: class names, field
// getters, has_ functions. CMake projects call it through frontdesk_generate_accessors().
//
//   protoc --plugin=protoc-gen-frontdesk-accessors --frontdesk-accessors_out=OUT
//          --frontdesk-accessors_opt=header=shop/accessors.h,function=shop::Accessors -I protos protos/shop/*.proto
//
// makes OUT/shop/accessors.h and .cc with the function, and one .accessors.cc a proto file. Map fields, and strings of
// another C++ type than std::string, get no accessor: they are read by reflection.
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "google/protobuf/compiler/code_generator.h"
#include "google/protobuf/compiler/cpp/names.h"
#include "google/protobuf/compiler/plugin.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/io/printer.h"
#include "google/protobuf/io/zero_copy_stream.h"

namespace frontdesk {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::compiler::GeneratorContext;
using google::protobuf::io::Printer;
using Variables = std::map<std::string, std::string>;

constexpr char kPreamble[] =
    "// Made by protoc-gen-frontdesk-accessors from $source$. Changes here are lost.\n";

// The options of the caller.
struct Request {
  std::string header;       // "shop/accessors.h"
  std::string function;     // "Accessors"
  std::string scope;        // "shop"
  std::string inner_scope;  // "shop::accessors_of_Accessors", where the parts live
  std::vector<const FileDescriptor*> files;
};

// How one field is read.
struct Getter {
  std::string factory;  // FieldAccessor's factory function
  std::string result;   // the C++ type that the getter returns
  bool by_address = false;
  bool time = false;
};

bool IsMessage(const FieldDescriptor& field, absl::string_view full_name) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->full_name() == full_name;
}

// The getter of a field; without a factory when the field is to be read by reflection.
Getter GetterOf(const FieldDescriptor& field) {
  if (field.is_map() || field.options().weak()) return {};
  const bool single = !field.is_repeated();
  if (single && IsMessage(field, "google.protobuf.Timestamp")) {
    return {"Timestamp", "::frontdesk::cel::TimeParts", false, true};
  }
  if (single && IsMessage(field, "google.protobuf.Duration")) {
    return {"Duration", "::frontdesk::cel::TimeParts", false, true};
  }
  const std::string prefix = single ? "" : "Repeated";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return {prefix + "Bool", "bool"};
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_ENUM:
      return {prefix + "Int", "int64_t"};
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return {prefix + "Uint", "uint64_t"};
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return {prefix + "Double", "double"};
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.options().ctype() != google::protobuf::FieldOptions::STRING) return {};
      return {prefix + "String", "::absl::string_view"};
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return {prefix + "Message", "const ::google::protobuf::Message*", true};
  }
  return {};
}

void PrintField(const FieldDescriptor& field, const Getter& getter, Printer& printer) {
  const std::string name = google::protobuf::compiler::cpp::FieldName(&field);
  Variables variables = {{"factory", getter.factory},
                         {"number", absl::StrCat(field.number())},
                         {"result", getter.result},
                         {"name", name}};
  if (field.is_repeated()) {
    variables["address"] = getter.by_address ? "&" : "";
    printer.Print(variables,
                  "FieldAccessor::$factory$($number$,\n"
                  "    [](Ref m, int i) -> $result$ { return $address$As(m).$name$(i); },\n"
                  "    [](Ref m) -> int { return As(m).$name$_size(); }),\n");
    return;
  }
  variables["has"] = field.has_presence()
                         ? absl::StrCat("[](Ref m) -> bool { return As(m).has_", name, "(); }")
                         : std::string("nullptr");
  variables["value"] = absl::StrCat(getter.by_address ? "&" : "", "As(m).", name, "()");
  if (getter.time) {
    printer.Print(
        variables,
        "FieldAccessor::$factory$($number$,\n"
        "    [](Ref m) -> $result$ { const auto& t = $value$; return {t.seconds(), t.nanos()}; },\n"
        "    $has$),\n");
    return;
  }
  printer.Print(variables,
                "FieldAccessor::$factory$($number$,\n"
                "    [](Ref m) -> $result$ { return $value$; },\n"
                "    $has$),\n");
}

// Prints the table of a message and of the messages in it; the classes printed are appended to `classes`.
void PrintMessage(const Descriptor& message, Printer& printer, std::vector<std::string>& classes) {
  if (message.options().map_entry()) return;
  bool any = false;
  for (int i = 0; i < message.field_count(); ++i)
    any = any || !GetterOf(*message.field(i)).factory.empty();
  if (any) {
    const std::string class_name = google::protobuf::compiler::cpp::QualifiedClassName(&message);
    printer.Print("struct Table$index$ {\n", "index", absl::StrCat(classes.size()));
    printer.Indent();
    printer.Print(
        "static const $class$& As(Ref m) { return static_cast<const $class$&>(m); }\n"
        "static constexpr FieldAccessor kFields[] = {\n",
        "class", class_name);
    printer.Indent();
    for (int i = 0; i < message.field_count(); ++i) {
      const Getter getter = GetterOf(*message.field(i));
      if (!getter.factory.empty()) PrintField(*message.field(i), getter, printer);
    }
    printer.Outdent();
    printer.Print("};\n");
    printer.Outdent();
    printer.Print("};\n\n");
    classes.push_back(class_name);
  }
  for (int i = 0; i < message.nested_type_count(); ++i)
    PrintMessage(*message.nested_type(i), printer, classes);
}

// The function that adds one file's tables. "AddShopOrder" + "Proto" would collide, so every other character is encoded.
std::string AddFunction(const FileDescriptor& file) {
  std::string name = "Add_";
  for (const char c : absl::StripSuffix(file.name(), ".proto")) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    absl::StrAppend(&name, plain ? std::string(1, c) : absl::StrCat("_", static_cast<int>(c), "_"));
  }
  return name;
}

void GenerateFile(const Request& request, const FileDescriptor& file, GeneratorContext& context) {
  const std::string base(absl::StripSuffix(file.name(), ".proto"));
  const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> stream(
      context.Open(base + ".accessors.cc"));
  Printer printer(stream.get(), '$');
  const Variables variables = {{"source", file.name()},
                               {"base", base},
                               {"scope", request.inner_scope},
                               {"add", AddFunction(file)}};
  printer.Print(variables, kPreamble);
  printer.Print(variables,
                "#include <cstdint>\n\n"
                "#include \"$base$.pb.h\"\n"
                "#include \"absl/strings/string_view.h\"\n"
                "#include \"frontdesk/cel/accessor_table.h\"\n"
                "#include \"google/protobuf/message.h\"\n\n"
                "#pragma GCC diagnostic ignored \"-Wdeprecated-declarations\"\n\n"
                "namespace $scope$ {\n"
                "namespace {\n\n"
                "using ::frontdesk::cel::FieldAccessor;\n"
                "using Ref [[maybe_unused]] = const ::google::protobuf::Message&;\n\n");
  std::vector<std::string> classes;
  for (int i = 0; i < file.message_type_count(); ++i)
    PrintMessage(*file.message_type(i), printer, classes);
  printer.Print(variables,
                "}  // namespace\n\n"
                "void $add$([[maybe_unused]] ::frontdesk::cel::AccessorTable& table) {\n");
  for (size_t i = 0; i < classes.size(); ++i) {
    printer.Print("  table.Add($class$::descriptor(), Table$index$::kFields).IgnoreError();\n",
                  "class", classes[i], "index", absl::StrCat(i));
  }
  printer.Print(variables, "}\n\n}  // namespace $scope$\n");
}

void GenerateHeader(const Request& request, GeneratorContext& context) {
  const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> stream(
      context.Open(request.header));
  Printer printer(stream.get(), '$');
  std::vector<std::string> names;
  for (const FileDescriptor* file : request.files) names.push_back(file->name());
  std::string guard = absl::StrReplaceAll(request.header, {{"/", "_"}, {".", "_"}, {"-", "_"}});
  for (char& c : guard) c = (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  const Variables variables = {
      {"source", names.size() == 1 ? names[0] : absl::StrCat(names.size(), " proto files")},
      {"guard", guard + "_"},
      {"scope", request.scope},
      {"function", request.function},
      {"files", absl::StrJoin(names, "\n//   ")}};
  printer.Print(variables, kPreamble);
  printer.Print(
      variables,
      "//\n"
      "// Typed getters, so that rules and expressions read messages without reflection:\n"
      "//\n"
      "//   frontdesk::cel::EnvironmentBuilder builder;\n"
      "//   builder.AddAccessors($scope$::$function$());\n"
      "#ifndef $guard$\n"
      "#define $guard$\n\n"
      "#include \"frontdesk/cel/accessor_table.h\"\n\n"
      "namespace $scope$ {\n\n"
      "// The getters of every message in these files. Immutable; made on the first call, lives as "
      "long as the\n"
      "// program; thread-safe.\n"
      "//\n"
      "//   $files$\n"
      "const ::frontdesk::cel::AccessorTable& $function$();\n\n"
      "}  // namespace $scope$\n\n"
      "#endif  // $guard$\n");
}

void GenerateSource(const Request& request, GeneratorContext& context) {
  const std::string path = absl::StrCat(absl::StripSuffix(request.header, ".h"), ".cc");
  const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> stream(context.Open(path));
  Printer printer(stream.get(), '$');
  const Variables variables = {{"source", absl::StrCat(request.files.size(), " proto files")},
                               {"header", request.header},
                               {"inner_scope", request.inner_scope},
                               {"scope", request.scope},
                               {"function", request.function}};
  printer.Print(variables, kPreamble);
  printer.Print(variables, "#include \"$header$\"\n\nnamespace $inner_scope$ {\n");
  for (const FileDescriptor* file : request.files) {
    printer.Print("void $add$(::frontdesk::cel::AccessorTable& table);\n", "add",
                  AddFunction(*file));
  }
  printer.Print(variables,
                "}  // namespace $inner_scope$\n\n"
                "namespace $scope$ {\n\n"
                "const ::frontdesk::cel::AccessorTable& $function$() {\n"
                "  static const ::frontdesk::cel::AccessorTable* const table = [] {\n"
                "    auto* made = new ::frontdesk::cel::AccessorTable;\n");
  for (const FileDescriptor* file : request.files) {
    printer.Print("    ::$inner_scope$::$add$(*made);\n", "inner_scope", request.inner_scope, "add",
                  AddFunction(*file));
  }
  printer.Print(variables,
                "    return made;\n"
                "  }();\n"
                "  return *table;\n"
                "}\n\n"
                "}  // namespace $scope$\n");
}

// Reads "header=…,function=…".
bool ParseParameter(const std::string& parameter, Request& request, std::string* error) {
  std::string function;
  for (const absl::string_view part : absl::StrSplit(parameter, ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> option =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    if (option.first == "header") {
      request.header = std::string(option.second);
    } else if (option.first == "function") {
      function = std::string(option.second);
    } else {
      *error = absl::StrCat("unknown option ", option.first, "; known are header and function");
      return false;
    }
  }
  const size_t colons = function.rfind("::");
  if (!absl::EndsWith(request.header, ".h") || colons == std::string::npos || colons == 0) {
    *error = "needs header=some/header.h,function=some::Function";
    return false;
  }
  request.function = function.substr(colons + 2);
  request.scope = function.substr(0, colons);
  request.inner_scope = absl::StrCat(request.scope, "::accessors_of_", request.function);
  return true;
}

class AccessorGenerator : public google::protobuf::compiler::CodeGenerator {
 public:
  bool Generate(const FileDescriptor* file, const std::string& parameter, GeneratorContext* context,
                std::string* error) const override {
    return GenerateAll({file}, parameter, context, error);
  }

  bool GenerateAll(const std::vector<const FileDescriptor*>& files, const std::string& parameter,
                   GeneratorContext* context, std::string* error) const override {
    Request request;
    if (!ParseParameter(parameter, request, error)) return false;
    request.files = files;
    for (const FileDescriptor* file : files) {
      if (file->options().optimize_for() == google::protobuf::FileOptions::LITE_RUNTIME) {
        *error = absl::StrCat(file->name(),
                              " is for the lite runtime, whose messages have no descriptors");
        return false;
      }
    }
    for (const FileDescriptor* file : files) GenerateFile(request, *file, *context);
    GenerateHeader(request, *context);
    GenerateSource(request, *context);
    return true;
  }

  uint64_t GetSupportedFeatures() const override { return FEATURE_PROTO3_OPTIONAL; }
};

}  // namespace
}  // namespace frontdesk

int main(int argc, char* argv[]) {
  const frontdesk::AccessorGenerator generator;
  return google::protobuf::compiler::PluginMain(argc, argv, &generator);
}
