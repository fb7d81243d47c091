// Every event that this build knows folds into every state of its entity: no table, policy or limit is asked.
#include <cctype>
#include <cstdint>
#include <iostream>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Sets every field, down to a depth, with ids out of a few and numbers out of the extremes.
class Filler {
 public:
  explicit Filler(std::uint64_t seed) : random_(seed) {}

  void Fill(Message* message, int depth = 0) {
    const Descriptor& type = *message->GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      const int times = field->is_repeated() ? Pick(3) : Pick(4) > 0 ? 1 : 0;
      for (int time = 0; time < times; ++time) Set(*field, message, depth);
    }
  }

  int Pick(int below) { return static_cast<int>(random_() % below); }

 private:
  void Set(const FieldDescriptor& field, Message* message, int depth) {
    const Reflection& access = *message->GetReflection();
    const bool many = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth > 3 || field.is_map()) return;
        return Fill(
            many ? access.AddMessage(message, &field) : access.MutableMessage(message, &field),
            depth + 1);
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string text(1, static_cast<char>('a' + Pick(3)));
        return many ? access.AddString(message, &field, text)
                    : access.SetString(message, &field, text);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const EnumValueDescriptor* value =
            field.enum_type()->value(Pick(field.enum_type()->value_count()));
        return many ? access.AddEnum(message, &field, value)
                    : access.SetEnum(message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        using Limits = std::numeric_limits<std::int64_t>;
        const std::int64_t numbers[] = {0, 1, 2, 100, -1, Limits::max(), Limits::min()};
        const std::int64_t number = numbers[Pick(7)];
        return many ? access.AddInt64(message, &field, number)
                    : access.SetInt64(message, &field, number);
      }
      case FieldDescriptor::CPPTYPE_INT32: {
        using Limits = std::numeric_limits<std::int32_t>;
        const std::int32_t numbers[] = {0, 1, 2, -1, Limits::max(), Limits::min()};
        const std::int32_t number = numbers[Pick(6)];
        return many ? access.AddInt32(message, &field, number)
                    : access.SetInt32(message, &field, number);
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        return many ? access.AddBool(message, &field, Pick(2) == 1)
                    : access.SetBool(message, &field, Pick(2) == 1);
      default:
        return;
    }
  }

  std::mt19937_64 random_;
};

// The entities "a" of every kind, in the state of that number.
struct Subject {
  v1::EntityKind kind;
  const FieldDescriptor* state;   // In EntityState.
  const FieldDescriptor* events;  // In Event.
};

std::vector<Subject> Subjects() {
  std::vector<Subject> subjects;
  for (int i = 1; i < v1::EntityKind_ARRAYSIZE; ++i) {
    const std::string noun = v1::EntityKind_Name(static_cast<v1::EntityKind>(i)).substr(12);
    std::string name;
    for (const char letter : noun) name += static_cast<char>(std::tolower(letter));
    const FieldDescriptor* state = v1::EntityState::descriptor()->FindFieldByName(name);
    const FieldDescriptor* events = v1::Event::descriptor()->FindFieldByName(name);
    if (state != nullptr && events != nullptr) {
      subjects.push_back({static_cast<v1::EntityKind>(i), state, events});
    }
  }
  return subjects;
}

// Null for the desk itself, which has no lifecycle.
const FieldDescriptor* StateField(const Descriptor& entity) {
  return entity.FindFieldByName("state");
}

// The numbers of the states in which an entity can be; 0 without a lifecycle.
std::vector<int> StatesOf(const Descriptor& entity) {
  const FieldDescriptor* field = StateField(entity);
  if (field == nullptr) return {0};
  std::vector<int> states;
  for (int i = 0; i < field->enum_type()->value_count(); ++i) {
    if (field->enum_type()->value(i)->number() != 0) {
      states.push_back(field->enum_type()->value(i)->number());
    }
  }
  return states;
}

// The state of an entity that exists: the event with which it begins is not for it.
v1::EntityState Existing(const Subject& subject, int state, Filler* filler) {
  v1::EntityState made;
  Message* entity = made.GetReflection()->MutableMessage(&made, subject.state);
  filler->Fill(entity);
  const Descriptor& type = *entity->GetDescriptor();
  const FieldDescriptor* id = type.field(0);
  EXPECT_EQ(id->cpp_type(), FieldDescriptor::CPPTYPE_STRING) << type.full_name();
  entity->GetReflection()->SetString(entity, id, "a");
  if (state != 0) entity->GetReflection()->SetEnumValue(entity, StateField(type), state);
  made.mutable_entity()->set_kind(subject.kind);
  made.mutable_entity()->set_id("a");
  made.set_version(7);
  return made;
}

// Whether an event of that name begins an entity.
bool Begins(const std::string& name) {
  for (const char* end :
       {"_opened", "_imported", "_started", "_placed", "_created", "_requested"}) {
    const std::string word = end;
    if (name.size() < word.size() || name.substr(name.size() - word.size()) != word) continue;
    return name != "return_requested" && name != "exchange_requested";
  }
  return false;
}

// Copies of the whole entity in an event have its id and a state.
void NameTheEntity(Message* message, const Descriptor& entity) {
  const Reflection& access = *message->GetReflection();
  if (message->GetDescriptor() == &entity) {
    access.SetString(message, entity.field(0), "a");
    const FieldDescriptor* state = StateField(entity);
    if (state != nullptr && access.GetEnumValue(*message, state) == 0)
      access.SetEnumValue(message, state, 1);
    return;
  }
  std::vector<const FieldDescriptor*> fields;
  access.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    NameTheEntity(access.MutableMessage(message, field), entity);
  }
}

// Some events have the entity whole.
void AddWholes(v1::Event* event) {
  if (!event->has_customer()) return;
  v1::CustomerEvent* fact = event->mutable_customer();
  if (fact->has_customer_restored()) fact->mutable_customer_restored()->mutable_customer();
  if (fact->has_customer_merged()) {
    fact->mutable_customer_merged()->mutable_merge()->mutable_survivor_after();
  }
  if (fact->has_customer_unmerged()) fact->mutable_customer_unmerged()->mutable_survivor_after();
}

TEST(EvolveTest, EveryEventFoldsIntoEveryState) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  Filler filler(seed);
  int folded = 0;
  const std::vector<Subject> subjects = Subjects();
  ASSERT_GE(subjects.size(), 7u);
  for (const Subject& subject : subjects) {
    const Descriptor& entity = *subject.state->message_type();
    const Descriptor& arms = *subject.events->message_type();
    for (int arm = 0; arm < arms.field_count(); ++arm) {
      if (Begins(arms.field(arm)->name())) continue;
      for (const int each : StatesOf(entity)) {
        for (int round = 0; round < 20; ++round) {
          v1::EntityState state = Existing(subject, each, &filler);
          v1::Event event;
          *event.mutable_entity() = state.entity();
          event.set_version(8);
          Message* arm_message = event.GetReflection()->MutableMessage(&event, subject.events);
          Message* fact =
              arm_message->GetReflection()->MutableMessage(arm_message, arms.field(arm));
          // The first is empty.
          if (round > 0) filler.Fill(fact);
          // A field that this build does not know is another matter: the event is of a newer one.
          if (const FieldDescriptor* changed =
                  fact->GetDescriptor()->FindFieldByName("changed_fields")) {
            fact->GetReflection()->ClearField(fact, changed);
          }
          AddWholes(&event);
          NameTheEntity(fact, entity);
          const absl::Status status = Evolve(event, &state);
          ASSERT_TRUE(status.ok()) << status << "\n" << event.DebugString();
          ASSERT_EQ(state.version(), 8);
          ++folded;
        }
      }
    }
  }
  EXPECT_GT(folded, 5'000);
}

}  // namespace
}  // namespace frontdesk
