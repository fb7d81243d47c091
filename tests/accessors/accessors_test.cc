// The typed getters say what reflection says, for every field of our own decision inputs and for odd messages.
#include "frontdesk/v1/accessors.h"

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/cel/accessor_table.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "odd/accessors.h"
#include "odd/elder.pb.h"
#include "odd/odd.pb.h"

namespace frontdesk {
namespace {

using cel::FieldAccessor;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Random = std::mt19937_64;

constexpr uint64_t kSeed = 20240607;
constexpr int kMaxDepth = 5;

// Fills a message at random: each field set in two cases of three, lists of up to three elements.
class Filler {
 public:
  explicit Filler(Random& random) : random_(random) {}

  void Fill(Message& message, int depth) {
    const Descriptor& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      if (field.is_map() || random_() % 3 == 0) continue;
      const int count = field.is_repeated() ? static_cast<int>(random_() % 4) : 1;
      for (int k = 0; k < count; ++k) FillField(message, field, depth);
    }
  }

 private:
  void FillField(Message& message, const FieldDescriptor& field, int depth) {
    const Reflection& reflection = *message.GetReflection();
    const bool repeated = field.is_repeated();
    switch (field.cpp_type()) {
#define FRONTDESK_FILL(CASE, Kind, value)            \
  case FieldDescriptor::CPPTYPE_##CASE:              \
    if (repeated) {                                  \
      reflection.Add##Kind(&message, &field, value); \
    } else {                                         \
      reflection.Set##Kind(&message, &field, value); \
    }                                                \
    break;
      FRONTDESK_FILL(BOOL, Bool, random_() % 2 == 0)
      FRONTDESK_FILL(INT32, Int32, static_cast<int32_t>(random_()))
      FRONTDESK_FILL(INT64, Int64, static_cast<int64_t>(random_()))
      FRONTDESK_FILL(UINT32, UInt32, static_cast<uint32_t>(random_()))
      FRONTDESK_FILL(UINT64, UInt64, random_())
      FRONTDESK_FILL(FLOAT, Float, static_cast<float>(random_() % 1000) / 8)
      FRONTDESK_FILL(DOUBLE, Double, static_cast<double>(random_() % 100000) / 64)
      FRONTDESK_FILL(STRING, String, absl::StrCat("text ", random_() % 1000))
      FRONTDESK_FILL(ENUM, EnumValue, static_cast<int>(random_() % 20) - 2)
#undef FRONTDESK_FILL
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        if (depth == 0) break;
        Fill(repeated ? *reflection.AddMessage(&message, &field)
                      : *reflection.MutableMessage(&message, &field),
             depth - 1);
        break;
      }
    }
  }

  Random& random_;
};

// Compares the answers of a table and of reflection, message by message.
class Comparer {
 public:
  explicit Comparer(const cel::AccessorTable& table) : table_(table) {}

  void Compare(const Message& message) {
    const Descriptor& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      const FieldAccessor* const accessor = table_.Find(&field);
      if (accessor == nullptr) {
        missing_.insert(field.full_name());
        continue;
      }
      SCOPED_TRACE(field.full_name());
      ++compared_;
      if (field.is_repeated()) {
        CompareRepeated(message, field, *accessor);
      } else {
        CompareSingular(message, field, *accessor);
      }
    }
  }

  const std::set<std::string>& missing() const { return missing_; }
  int compared() const { return compared_; }

 private:
  void CompareSingular(const Message& message, const FieldDescriptor& field,
                       const FieldAccessor& accessor) {
    const Reflection& reflection = *message.GetReflection();
    if (field.has_presence()) {
      ASSERT_NE(accessor.has, nullptr);
      EXPECT_EQ(accessor.has(message), reflection.HasField(message, &field));
    } else {
      EXPECT_EQ(accessor.has, nullptr);
    }
    const FieldAccessor::Getter& getter = accessor.getter;
    switch (accessor.shape) {
      case FieldAccessor::Shape::kBool:
        EXPECT_EQ(getter.get_bool(message), reflection.GetBool(message, &field));
        break;
      case FieldAccessor::Shape::kInt:
        EXPECT_EQ(getter.get_int(message), Int(message, field));
        break;
      case FieldAccessor::Shape::kUint:
        EXPECT_EQ(getter.get_uint(message), field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32
                                                ? reflection.GetUInt32(message, &field)
                                                : reflection.GetUInt64(message, &field));
        break;
      case FieldAccessor::Shape::kDouble:
        EXPECT_EQ(getter.get_double(message), field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT
                                                  ? reflection.GetFloat(message, &field)
                                                  : reflection.GetDouble(message, &field));
        break;
      case FieldAccessor::Shape::kString:
        EXPECT_EQ(getter.get_string(message), reflection.GetString(message, &field));
        break;
      case FieldAccessor::Shape::kMessage: {
        const Message& inner = reflection.GetMessage(message, &field);
        ASSERT_EQ(getter.get_message(message), &inner);
        if (reflection.HasField(message, &field)) Compare(inner);
        break;
      }
      case FieldAccessor::Shape::kTimestamp:
      case FieldAccessor::Shape::kDuration: {
        const Message& time = reflection.GetMessage(message, &field);
        const cel::TimeParts parts = getter.get_time(message);
        EXPECT_EQ(parts.seconds,
                  time.GetReflection()->GetInt64(time, time.GetDescriptor()->FindFieldByNumber(1)));
        EXPECT_EQ(parts.nanos,
                  time.GetReflection()->GetInt32(time, time.GetDescriptor()->FindFieldByNumber(2)));
        break;
      }
      default:
        ADD_FAILURE() << "a repeated shape for a singular field";
    }
  }

  void CompareRepeated(const Message& message, const FieldDescriptor& field,
                       const FieldAccessor& accessor) {
    const Reflection& reflection = *message.GetReflection();
    ASSERT_NE(accessor.size, nullptr);
    ASSERT_EQ(accessor.size(message), reflection.FieldSize(message, &field));
    const FieldAccessor::Getter& getter = accessor.getter;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      switch (accessor.shape) {
        case FieldAccessor::Shape::kRepeatedBool:
          EXPECT_EQ(getter.at_bool(message, i), reflection.GetRepeatedBool(message, &field, i));
          break;
        case FieldAccessor::Shape::kRepeatedInt:
          EXPECT_EQ(getter.at_int(message, i),
                    field.cpp_type() == FieldDescriptor::CPPTYPE_INT32
                        ? reflection.GetRepeatedInt32(message, &field, i)
                    : field.cpp_type() == FieldDescriptor::CPPTYPE_INT64
                        ? reflection.GetRepeatedInt64(message, &field, i)
                        : reflection.GetRepeatedEnumValue(message, &field, i));
          break;
        case FieldAccessor::Shape::kRepeatedUint:
          EXPECT_EQ(getter.at_uint(message, i), reflection.GetRepeatedUInt64(message, &field, i));
          break;
        case FieldAccessor::Shape::kRepeatedDouble:
          EXPECT_EQ(getter.at_double(message, i),
                    field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT
                        ? reflection.GetRepeatedFloat(message, &field, i)
                        : reflection.GetRepeatedDouble(message, &field, i));
          break;
        case FieldAccessor::Shape::kRepeatedString:
          EXPECT_EQ(getter.at_string(message, i), reflection.GetRepeatedString(message, &field, i));
          break;
        case FieldAccessor::Shape::kRepeatedMessage: {
          const Message& inner = reflection.GetRepeatedMessage(message, &field, i);
          ASSERT_EQ(getter.at_message(message, i), &inner);
          Compare(inner);
          break;
        }
        default:
          ADD_FAILURE() << "a singular shape for a repeated field";
      }
    }
  }

  static int64_t Int(const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection.GetInt32(message, &field);
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection.GetInt64(message, &field);
      default:
        return reflection.GetEnumValue(message, &field);
    }
  }

  const cel::AccessorTable& table_;
  std::set<std::string> missing_;
  int compared_ = 0;
};

TEST(Accessors, OfOurOwnMessagesSayWhatReflectionSays) {
  Random random(kSeed);
  Filler filler(random);
  Comparer comparer(v1::Accessors());
  for (int i = 0; i < 300; ++i) {
    v1::DecisionInput input;
    filler.Fill(input, kMaxDepth);
    comparer.Compare(input);
  }
  EXPECT_GT(comparer.compared(), 10'000) << "seed " << kSeed;
  // Times and spans are read as such; those in a list are compared here too.
  EXPECT_EQ(comparer.missing(),
            (std::set<std::string>{
                "google.protobuf.Duration.nanos", "google.protobuf.Duration.seconds",
                "google.protobuf.Timestamp.nanos", "google.protobuf.Timestamp.seconds"}));
}

TEST(Accessors, HoldEveryMessageThatADecisionInputReaches) {
  std::vector<const Descriptor*> open = {v1::DecisionInput::descriptor()};
  std::set<const Descriptor*> seen(open.begin(), open.end());
  std::set<std::string> missing;
  while (!open.empty()) {
    const Descriptor& descriptor = *open.back();
    open.pop_back();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      if (v1::Accessors().Find(&field) == nullptr) missing.insert(field.full_name());
      const Descriptor* const inner = field.message_type();
      if (inner != nullptr && inner->file()->package() == "frontdesk.v1" &&
          seen.insert(inner).second) {
        open.push_back(inner);
      }
    }
  }
  EXPECT_GT(seen.size(), 50u);
  EXPECT_EQ(missing, std::set<std::string>());
}

TEST(Accessors, OfOddMessagesSayWhatReflectionSays) {
  Random random(kSeed);
  Filler filler(random);
  Comparer comparer(odd::Accessors());
  odd::Odd empty;
  comparer.Compare(empty);
  for (int i = 0; i < 200; ++i) {
    odd::Odd message;
    filler.Fill(message, 3);
    comparer.Compare(message);
  }
  // Maps have no accessor; well-known types are not in our tables, Timestamp and Duration are read directly.
  EXPECT_EQ(comparer.missing(),
            (std::set<std::string>{"odd.Odd.counts", "google.protobuf.Any.type_url",
                                   "google.protobuf.Any.value", "google.protobuf.Int64Value.value",
                                   "google.protobuf.Timestamp.nanos",
                                   "google.protobuf.Timestamp.seconds"}));
}

TEST(Accessors, OfProto2MessagesSayWhatReflectionSays) {
  Random random(kSeed);
  Filler filler(random);
  Comparer comparer(odd::Accessors());
  odd::elder::Elder empty;
  comparer.Compare(empty);
  EXPECT_TRUE(odd::Accessors()
                  .Find(odd::elder::Elder::descriptor()->FindFieldByName("flag"))
                  ->getter.get_bool(empty));
  for (int i = 0; i < 50; ++i) {
    odd::elder::Elder message;
    filler.Fill(message, 2);
    comparer.Compare(message);
  }
  EXPECT_EQ(comparer.missing(), std::set<std::string>{"odd.elder.Elder.cord"});
}

}  // namespace
}  // namespace frontdesk
