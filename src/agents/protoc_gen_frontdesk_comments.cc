// A protoc plug-in that writes the comments of messages and fields as a table: generated code has none, and tools for AI agents show
// them. A comment is one line. It is made for src/agents/, and writes one file.
//
//   protoc --plugin=protoc-gen-frontdesk-comments --frontdesk-comments_out=OUT -I protos protos/frontdesk/v1/order.proto …
//
// makes OUT/frontdesk_comments.inc with one line a message or field: {"frontdesk.v1.CancelOrder.order_id", "The order. Required."},
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/compiler/code_generator.h"
#include "google/protobuf/compiler/plugin.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/zero_copy_stream.h"

namespace frontdesk {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::compiler::GeneratorContext;
using Comments = std::map<std::string, std::string>;

// A comment as one line; a paragraph that follows an empty line is left out.
std::string FirstParagraph(absl::string_view comment) {
  std::string line;
  for (const absl::string_view each : absl::StrSplit(comment, '\n')) {
    const absl::string_view text = absl::StripAsciiWhitespace(each);
    if (text.empty() && !line.empty()) break;
    if (!text.empty()) absl::StrAppend(&line, line.empty() ? "" : " ", text);
  }
  return line;
}

template <typename Named>
void AddComment(const Named& named, Comments* comments) {
  google::protobuf::SourceLocation location;
  if (!named.GetSourceLocation(&location)) return;
  (*comments)[named.full_name()] = FirstParagraph(location.leading_comments);
}

void AddMessage(const Descriptor& message, Comments* comments) {
  AddComment(message, comments);
  for (int i = 0; i < message.field_count(); ++i) AddComment(*message.field(i), comments);
  for (int i = 0; i < message.nested_type_count(); ++i) {
    AddMessage(*message.nested_type(i), comments);
  }
}

class CommentGenerator : public google::protobuf::compiler::CodeGenerator {
 public:
  bool Generate(const FileDescriptor* file, const std::string& parameter, GeneratorContext* context,
                std::string* error) const override {
    return GenerateAll({file}, parameter, context, error);
  }

  bool GenerateAll(const std::vector<const FileDescriptor*>& files, const std::string&,
                   GeneratorContext* context, std::string*) const override {
    Comments comments;
    for (const FileDescriptor* file : files) {
      for (int i = 0; i < file->message_type_count(); ++i) {
        AddMessage(*file->message_type(i), &comments);
      }
    }
    std::string table = "// Made by protoc-gen-frontdesk-comments. Changes here are lost.\n";
    for (const auto& [name, comment] : comments) {
      absl::StrAppend(&table, "{\"", name, "\", \"", absl::CEscape(comment), "\"},\n");
    }
    const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> out(
        context->Open("frontdesk_comments.inc"));
    return WriteAll(table, out.get());
  }

  uint64_t GetSupportedFeatures() const override { return FEATURE_PROTO3_OPTIONAL; }

 private:
  static bool WriteAll(absl::string_view text, google::protobuf::io::ZeroCopyOutputStream* out) {
    void* buffer = nullptr;
    int size = 0;
    while (!text.empty()) {
      if (!out->Next(&buffer, &size)) return false;
      const std::size_t count = std::min<std::size_t>(text.size(), static_cast<std::size_t>(size));
      text.copy(static_cast<char*>(buffer), count);
      text.remove_prefix(count);
      if (text.empty()) out->BackUp(size - static_cast<int>(count));
    }
    return true;
  }
};

}  // namespace
}  // namespace frontdesk

int main(int argc, char* argv[]) {
  const frontdesk::CommentGenerator generator;
  return google::protobuf::compiler::PluginMain(argc, argv, &generator);
}
