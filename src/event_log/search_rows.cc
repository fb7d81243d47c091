#include "event_log/search_rows.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "event_log/index_keys.h"
#include "event_log/rows.h"
#include "frontdesk/v1/order.pb.h"

namespace frontdesk {
namespace event_log {
namespace {

constexpr char kNul = '\0';
constexpr std::size_t kSortBytes = 8;
// Whether the customer sees the text.
constexpr char kUnseen = 1;
constexpr char kSeen = 2;

std::pair<int, std::int32_t> PlaceOf(const domain::SearchedText& text) {
  return {text.field, text.place};
}

bool IsListOfReports(v1::EntityKind kind, int list) {
  return kind == v1::ENTITY_KIND_ORDER && list == v1::Order::kGatewayReportsFieldNumber;
}

}  // namespace

std::string SearchBeginning(v1::EntityKind kind, bool is_seen_by_customer,
                            absl::string_view beginning) {
  std::string key;
  key.reserve(2 + beginning.size() + 1);
  key.push_back(static_cast<char>(kind));
  key.push_back(is_seen_by_customer ? kSeen : kUnseen);
  key.append(beginning.data(), beginning.size());
  return key;
}

std::string SearchPrefix(v1::EntityKind kind, bool is_seen_by_customer, absl::string_view word) {
  std::string prefix = SearchBeginning(kind, is_seen_by_customer, word);
  prefix.push_back(kNul);
  return prefix;
}

std::string SearchEnd(absl::string_view prefix, const IndexPosition& place) {
  absl::string_view id = place.id;
  // Behind the rows of an entity, and before those of all ids that are longer.
  const bool is_behind = !id.empty() && id.back() == kNul;
  if (is_behind) id.remove_suffix(1);
  return absl::StrCat(prefix, EncodeSort(place.sort), id,
                      is_behind ? absl::string_view("\1", 1) : absl::string_view(&kNul, 1));
}

absl::optional<IndexPosition> DecodeSearchPlace(absl::string_view rest) {
  if (rest.size() <= kSortBytes) return absl::nullopt;
  const std::size_t end = rest.find(kNul, kSortBytes);
  if (end == absl::string_view::npos) return absl::nullopt;
  return DecodeIndexPosition(rest.substr(0, end));
}

absl::optional<absl::string_view> DecodeSearchWord(absl::string_view rest) {
  const std::size_t end = rest.find(kNul);
  if (end == absl::string_view::npos || end == 0) return absl::nullopt;
  return rest.substr(0, end);
}

void SearchWriter::AddState(const v1::EntityState* before, const v1::EntityState& after) {
  const std::vector<domain::SearchedText> texts = domain::SearchedTexts(after);
  std::vector<domain::SearchedText> old;
  if (before != nullptr) old = domain::SearchedTexts(*before);
  // Both are in order.
  auto gone = old.begin();
  auto added = texts.begin();
  while (gone != old.end() || added != texts.end()) {
    const bool is_gone =
        added == texts.end() || (gone != old.end() && PlaceOf(*gone) < PlaceOf(*added));
    const bool is_added = gone == old.end() || (!is_gone && PlaceOf(*added) < PlaceOf(*gone));
    const bool is_other =
        !is_gone && !is_added &&
        (gone->is_seen_by_customer != added->is_seen_by_customer || gone->text != added->text);
    if (is_gone || is_other) Write(*before, *gone, {0, gone->place}, nullptr);
    if (is_added || is_other) Write(after, *added, {0, added->place}, EmptyValue());
    if (!is_added) ++gone;
    if (!is_gone) ++added;
  }
}

absl::Status SearchWriter::AddRow(const v1::EntityState& entity, const RowChange& row) {
  if (IsListOfReports(entity.entity().kind(), row.list)) return AddReport(entity, row);
  if (!domain::IsListOfParts(entity.entity().kind(), row.list)) return absl::OkStatus();
  const auto write = [&](const absl::optional<std::string>& element, const store::Value& value) {
    if (!element.has_value()) return absl::OkStatus();
    v1::InteractionPart part;
    absl::Status parsed = ParseRow(*element, &part);
    if (!parsed.ok()) return parsed;
    Write(entity, domain::TextOfPart(part, row.list), row.position, value);
    if (!part.external_ids().empty()) WriteIds(entity, part, /*is_there=*/value != nullptr);
    return parsed;
  };
  absl::Status removed = write(row.before, nullptr);
  if (!removed.ok()) return removed;
  return write(row.element, EmptyValue());
}

// A reference stays with its order for ever.
absl::Status SearchWriter::AddReport(const v1::EntityState& entity, const RowChange& row) {
  if (!row.element.has_value() || row.before.has_value()) return absl::OkStatus();
  v1::GatewayReport report;
  absl::Status parsed = ParseRow(*row.element, &report);
  if (!parsed.ok()) return parsed;
  store::Write& write = writes_.emplace_back();
  write.key.table = kIndex;
  write.key.bytes = IndexKey(entity.entity().kind(), internal::ReferenceKey(report.reference()),
                             internal::PositionOf(entity));
  write.value = EmptyValue();
  return parsed;
}

void SearchWriter::WriteIds(const v1::EntityState& entity, const v1::InteractionPart& part,
                            bool is_there) {
  const IndexPosition place = internal::PositionOf(entity);
  for (const v1::ExternalId& external_id : part.external_ids()) {
    if (external_id.is_invalid()) continue;
    store::Write& write = writes_.emplace_back();
    write.key.table = kIndex;
    write.key.bytes =
        IndexKey(entity.entity().kind(), internal::PartExternalIdKey(external_id), place);
    if (is_there) write.value = store::MakeValue(part.part_id());
  }
}

void SearchWriter::Write(const v1::EntityState& entity, const domain::SearchedText& text,
                         RowPosition position, const store::Value& value) {
  words_.Read(text.text);
  if (words_.size() == 0) return;
  head_ = SearchBeginning(entity.entity().kind(), text.is_seen_by_customer, "");
  const IndexPosition place = internal::PositionOf(entity);
  tail_.assign(1, kNul);
  absl::StrAppend(&tail_, EncodeSort(place.sort), place.id);
  tail_.push_back(kNul);
  AppendVarint(static_cast<std::uint64_t>(static_cast<std::int64_t>(text.field)), &tail_);
  AppendVarint(static_cast<std::uint64_t>(static_cast<std::int64_t>(position.version)), &tail_);
  AppendVarint(static_cast<std::uint64_t>(static_cast<std::int64_t>(position.place)), &tail_);
  const std::size_t needed = writes_.size() + words_.size();
  if (needed > writes_.capacity()) writes_.reserve(std::max(needed, 2 * writes_.capacity()));
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const absl::string_view word = words_[i];
    store::Write& write = writes_.emplace_back();
    write.key.table = kSearch;
    std::string& key = write.key.bytes;
    key.reserve(head_.size() + word.size() + tail_.size());
    key.append(head_);
    key.append(word.data(), word.size());
    key.append(tail_);
    write.value = value;
  }
}

}  // namespace event_log
}  // namespace frontdesk
