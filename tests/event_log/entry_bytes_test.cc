#include "event_log/entry_bytes.h"

#include <cstdint>
#include <iostream>
#include <random>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/v1/log.pb.h"
#include "gtest/gtest.h"
#include "internal/canonical.h"
#include "internal/sha256.h"

namespace frontdesk {
namespace event_log {
namespace {

// The bytes against those of a message, for entries of all shapes.
TEST(EntryBytesTest, AreThoseOfAMessage) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  const auto below = [&random](int n) { return static_cast<int>(random() % n); };
  const auto some_text = [&] { return std::string(below(below(2) == 0 ? 4 : 300), 'x'); };
  for (int round = 0; round < 500; ++round) {
    v1::LogEntry message;
    EntryBytes entry;
    for (int i = below(4); i > 0; --i) {
      v1::EntityRef entity;
      entity.set_kind(static_cast<v1::EntityKind>(below(400)));
      entity.set_id(some_text());
      // An entity of a later version of the schema.
      if (below(8) == 0) entity.GetReflection()->MutableUnknownFields(&entity)->AddVarint(99, 7);
      const std::int64_t version = std::int64_t{below(3)} << below(62);
      const std::string event = absl::StrCat("event ", below(1'000));
      v1::LoggedEvent& logged = *message.add_events();
      *logged.mutable_event()->mutable_entity() = entity;
      logged.mutable_event()->set_version(version);
      logged.set_sha256(internal::Sha256(event));
      entry.AddEvent(entity, version, store::MakeValue(event));
    }
    if (below(3) > 0) {
      const std::string id = some_text();
      const std::string record = absl::StrCat("record ", below(1'000));
      message.set_record_id(id);
      message.set_record_sha256(internal::Sha256(record));
      entry.SetRecord(id, store::MakeValue(record));
    }
    if (below(3) == 0) {
      const std::string hash = some_text();
      const std::string policy = absl::StrCat("policy ", below(1'000));
      message.set_policy_hash(hash);
      message.set_policy_sha256(internal::Sha256(policy));
      entry.SetPolicy(hash, store::MakeValue(policy));
    }
    const std::string made = entry.Make();
    ASSERT_EQ(absl::BytesToHexString(made),
              absl::BytesToHexString(internal::CanonicalBytes(message)));
    EXPECT_EQ(entry.size(), made.size());
    EXPECT_EQ(entry.Make(), made);
  }
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
