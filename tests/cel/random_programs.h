// Random programs over the test shop and random messages for them, from a seed.
#ifndef FRONTDESK_TESTS_CEL_RANDOM_PROGRAMS_H_
#define FRONTDESK_TESTS_CEL_RANDOM_PROGRAMS_H_

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cel/fuzz/generator.h"
#include "cel/shop.h"

namespace frontdesk::cel::testing {

struct RandomProgram {
  std::string text;
  Input input;
};

// The same seed gives the same program and message.
inline RandomProgram MakeRandomProgram(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint8_t> bytes(600);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  Choices choices(bytes.data(), bytes.size());
  RandomProgram made;
  FillMessage(&choices, &made.input, 2);
  // As it comes from outside: each key of a map once.
  made.input.ParseFromString(made.input.SerializeAsString());
  ProgramGenerator generator(&choices);
  made.text = generator.Make(generator.AnyKind(2), 6);
  return made;
}

// The sizes of everything in a message, by the paths that hints have; `other` is the largest of them.
class SizesOf {
 public:
  explicit SizesOf(const google::protobuf::Message& message) { Walk(message, ""); }
  const SizeHints& hints() const { return hints_; }

 private:
  void Note(const std::string& path, size_t size) {
    int64_t& known = hints_.sizes[path];
    known = std::max(known, static_cast<int64_t>(size));
    if (hints_.other == kUnboundedCost) hints_.other = 0;
    hints_.other = std::max(hints_.other, static_cast<int64_t>(size));
  }

  void Walk(const google::protobuf::Message& message, const std::string& prefix) {
    const google::protobuf::Descriptor* descriptor = message.GetDescriptor();
    Note(prefix, message.ByteSizeLong());
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const google::protobuf::FieldDescriptor* field = descriptor->field(i);
      const std::string path =
          prefix.empty() ? field->name() : absl::StrCat(prefix, ".", field->name());
      const google::protobuf::Reflection* r = message.GetReflection();
      using Field = google::protobuf::FieldDescriptor;
      if (field->is_map()) {
        Note(path, r->FieldSize(message, field));
        for (int k = 0; k < r->FieldSize(message, field); ++k) {
          const auto& entry = r->GetRepeatedMessage(message, field, k);
          const auto part = [&](const Field* f, const std::string& at) {
            if (f->cpp_type() == Field::CPPTYPE_STRING) {
              Note(at, entry.GetReflection()->GetString(entry, f).size());
            } else if (f->cpp_type() == Field::CPPTYPE_MESSAGE) {
              Walk(entry.GetReflection()->GetMessage(entry, f), at);
            }
          };
          part(field->message_type()->map_key(), path + "{}");
          part(field->message_type()->map_value(), path + "[]");
        }
      } else if (field->is_repeated()) {
        Note(path, r->FieldSize(message, field));
        for (int k = 0; k < r->FieldSize(message, field); ++k) {
          if (field->cpp_type() == Field::CPPTYPE_STRING) {
            Note(path + "[]", r->GetRepeatedString(message, field, k).size());
          } else if (field->cpp_type() == Field::CPPTYPE_MESSAGE) {
            Walk(r->GetRepeatedMessage(message, field, k), path + "[]");
          }
        }
      } else if (field->cpp_type() == Field::CPPTYPE_STRING) {
        Note(path, r->GetString(message, field).size());
      } else if (field->cpp_type() == Field::CPPTYPE_MESSAGE && r->HasField(message, field)) {
        Walk(r->GetMessage(message, field), path);
      } else {
        Note(path, 0);
      }
    }
  }

  SizeHints hints_;
};

}  // namespace frontdesk::cel::testing

#endif  // FRONTDESK_TESTS_CEL_RANDOM_PROGRAMS_H_
