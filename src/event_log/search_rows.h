// The rows of full-text search: a row for each word of each text by which an entity is found (domain/searched_texts.h). Of parts, also those
// of the index. Private.
//
// The parts of a key are:
//   - the kind of the entity;
//   - whether the customer sees the text, so that a search for a customer reads no row of another text;
//   - the word, and NUL;
//   - the entity's place in the lists by time (IndexPosition), and NUL;
//   - the field and the position of the text, so that a text that changes removes its own rows and no others.
// The value is empty.
#ifndef FRONTDESK_SRC_EVENT_LOG_SEARCH_ROWS_H_
#define FRONTDESK_SRC_EVENT_LOG_SEARCH_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "domain/searched_texts.h"
#include "frontdesk/domain/row.h"
#include "frontdesk/event_log/page.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/interaction.pb.h"
#include "internal/text_words.h"

namespace frontdesk {
namespace event_log {

// All rows of the words that begin with `beginning` begin so.
std::string SearchBeginning(v1::EntityKind kind, bool is_seen_by_customer,
                            absl::string_view beginning);
// All rows of one word begin so.
std::string SearchPrefix(v1::EntityKind kind, bool is_seen_by_customer, absl::string_view word);
// Behind the rows of all entities whose places are before `place`, and not behind those of others. An id may have a NUL behind it, which
// no entity has: then the entity without it is before the place.
std::string SearchEnd(absl::string_view prefix, const IndexPosition& place);
// The place in the bytes behind the prefix; nothing when there is none.
absl::optional<IndexPosition> DecodeSearchPlace(absl::string_view rest);
// The word behind SearchBeginning(kind, is_seen_by_customer, ""); nothing when there is none.
absl::optional<absl::string_view> DecodeSearchWord(absl::string_view rest);

// Writes the rows of the texts of one entity. Thread-compatible; keeps its memory for the next one.
class SearchWriter {
 public:
  // `writes` outlives this.
  explicit SearchWriter(std::vector<store::Write>* writes) : writes_(*writes) {}

  // Removes the rows of texts that `before` has and `after` has not, and adds those of texts that are new. `before` may be null.
  void AddState(const v1::EntityState* before, const v1::EntityState& after);

  // The same for an element of a list of `entity` that changed. Also rows of the index. For each id of a part in another system there is one
  // whose value is the id of the part, for each reference of a gateway one without a value. STORE_CORRUPT.
  absl::Status AddRow(const v1::EntityState& entity, const RowChange& row);

 private:
  // A text that is there twice is the part of that position.
  void Write(const v1::EntityState& entity, const domain::SearchedText& text, RowPosition position,
             const store::Value& value);
  void WriteIds(const v1::EntityState& entity, const v1::InteractionPart& part, bool is_there);
  absl::Status AddReport(const v1::EntityState& entity, const RowChange& row);

  std::vector<store::Write>& writes_;
  internal::TextWords words_;
  // The bytes before and behind the word in the keys of one text.
  std::string head_;
  std::string tail_;
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_SEARCH_ROWS_H_
