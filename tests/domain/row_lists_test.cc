// Lists whose elements are rows: their declarations, and how the changes of elements are found.
#include "domain/row_lists.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/row_lists.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::FieldDescriptor;
using testing::IsEmpty;

TEST(RowListsTest, EveryDeclarationFits) {
  int lists = 0;
  const auto* arms = v1::EntityState::descriptor()->oneof_decl(0);
  for (int i = 0; i < arms->field_count(); ++i) {
    for (const RowList& list : RowListsOf(*arms->field(i)->message_type())) {
      SCOPED_TRACE(list.field->full_name());
      ++lists;
      EXPECT_TRUE(list.field->is_repeated());
      const v1::RowListOptions& options = list.field->options().GetExtension(v1::row_list);
      EXPECT_FALSE(options.instead().empty());
      ASSERT_EQ(list.key.size(), static_cast<std::size_t>(options.key_size()));
      for (std::size_t k = 0; k < list.key.size(); ++k) {
        ASSERT_NE(list.key[k], nullptr);
        const bool is_text = list.key[k]->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
        EXPECT_EQ(is_text, k + 1 == list.key.size());
        EXPECT_TRUE(is_text || list.key[k]->cpp_type() == FieldDescriptor::CPPTYPE_ENUM);
      }
    }
  }
  EXPECT_EQ(lists, 17);
}

TEST(RowListsTest, EveryRowThatACommandNamesIsFound) {
  int named = 0;
  for (const CommandInfo& info : Commands()) {
    SCOPED_TRACE(info.name);
    ASSERT_EQ(info.rows.size(), static_cast<std::size_t>(info.options->rows_size()));
    for (std::size_t i = 0; i < info.rows.size(); ++i) {
      ++named;
      const NamedRowInfo& row = info.rows[i];
      const v1::NamedRow& options = info.options->rows(static_cast<int>(i));
      EXPECT_EQ(row.entity->message_type(), row.list->field->containing_type());
      EXPECT_EQ(row.input_field != nullptr, !options.input_field().empty());
      if (row.input_field != nullptr) {
        EXPECT_EQ(row.input_field->message_type(), row.list->field->message_type());
      }
      for (std::size_t k = 0; k + 1 < row.path.size(); ++k) {
        EXPECT_FALSE(row.path[k]->is_repeated());
      }
      // A message has every field of the name.
      if (const auto* message = row.path.back()->message_type()) {
        for (const FieldDescriptor* key : row.list->key) {
          EXPECT_NE(message->FindFieldByName(key->name()), nullptr);
        }
      } else {
        EXPECT_EQ(row.list->key.size(), 1u);
      }
    }
  }
  EXPECT_GE(named, 10);
}

TEST(RowListsTest, ANameHasEveryFieldOfTheKey) {
  v1::CaseLink link;
  link.set_kind(v1::CaseLink::KIND_CAUSE_OF);
  link.set_case_id("a/b");
  EXPECT_EQ(RowName(*FindRowList(v1::ENTITY_KIND_CASE, "further_case_links"), link), "8/a/b");
  v1::FollowUpTask task;
  task.set_task_id("t1");
  EXPECT_EQ(RowName(*FindRowList(v1::ENTITY_KIND_CASE, "tasks"), task), "t1");
  EXPECT_EQ(FindRowList(v1::ENTITY_KIND_CASE, "tags"), nullptr);
  EXPECT_EQ(FindRowList(v1::ENTITY_KIND_APPROVAL, "tasks"), nullptr);
}

// Rows that are kept as changes say, and the list that they came from, at random.
TEST(RowTrackerTest, ChangesMakeTheListAgain) {
  const RowList& list = *FindRowList(v1::ENTITY_KIND_CASE, "tasks");
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&random](int limit) {
      return std::uniform_int_distribution<int>(0, limit - 1)(random);
    };
    std::map<RowPosition, std::string> kept;  // The rows, in their order.
    std::vector<v1::FollowUpTask> whole;      // The same, the slow way.
    for (std::int64_t version = 1; version <= 40; ++version) {
      // Some of the rows are loaded.
      v1::Case one;
      RowTracker tracker;
      for (const auto& [position, element] : kept) {
        if (below(2) == 0) continue;
        ASSERT_TRUE(tracker.Load(list, position, element, &one).ok());
      }
      // The event adds, changes and removes some of those.
      for (int i = one.tasks_size(); i-- > 0;) {
        const std::string id = one.tasks(i).task_id();
        const auto place = std::find_if(whole.begin(), whole.end(),
                                        [&id](const auto& task) { return task.task_id() == id; });
        if (below(5) == 0) {
          one.mutable_tasks()->DeleteSubrange(i, 1);
          whole.erase(place);
        } else if (below(4) == 0) {
          const std::string title = absl::StrCat("v", version);
          one.mutable_tasks(i)->set_title(title);
          place->set_title(title);
        }
      }
      for (int i = below(3); i > 0; --i) {
        v1::FollowUpTask task;
        task.set_task_id(absl::StrCat("t", version, "-", i));
        *one.add_tasks() = task;
        whole.push_back(task);
      }
      std::vector<RowChange> changes;
      tracker.Note(version, one, &changes);
      for (const RowChange& change : changes) {
        EXPECT_EQ(change.list, list.field->number());
        EXPECT_EQ(change.version, version);
        if (change.element.has_value()) {
          kept[change.position] = *change.element;
        } else {
          EXPECT_EQ(kept.erase(change.position), 1u);
        }
      }
      // Nothing happened since.
      changes.clear();
      tracker.Note(version + 1, one, &changes);
      EXPECT_THAT(changes, IsEmpty());
    }
    ASSERT_EQ(kept.size(), whole.size());
    std::size_t i = 0;
    for (const auto& [position, element] : kept) {
      EXPECT_EQ(element, whole[i++].SerializeAsString());
    }
  }
}

TEST(RowTrackerTest, BytesThatAreNoElementAreNotLoaded) {
  v1::Case one;
  RowTracker tracker;
  EXPECT_FALSE(
      tracker.Load(*FindRowList(v1::ENTITY_KIND_CASE, "tasks"), {1, 0}, "\xff", &one).ok());
  EXPECT_EQ(one.tasks_size(), 0);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
