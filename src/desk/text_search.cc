#include "desk/text_search.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "desk/customer_views.h"
#include "desk/find_query.h"
#include "desk/relations.h"
#include "event_log/index_keys.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"
#include "internal/status_macros.h"
#include "internal/text_words.h"

namespace frontdesk {
namespace internal {
namespace {

// How many places of a list are read at a time: few after a leap, and more while one follows the other.
constexpr int kMinPiece = 8;
constexpr int kMaxPiece = 256;

using Place = absl::optional<IndexPosition>;
// The places of a list behind one, the latest first; fewer than asked for only at the end.
using ReadPlaces = std::function<absl::StatusOr<std::vector<IndexPosition>>(const Place&, int)>;

// Just before the place, in a list of the latest first: what comes after that begins with the place. No id has a NUL.
IndexPosition JustBefore(IndexPosition place) {
  place.id.push_back('\0');
  return place;
}

bool IsBehind(const IndexPosition& place, const Place& after) {
  return !after.has_value() || place < *after;
}

// A list of places, read forwards.
class PlaceList {
 public:
  explicit PlaceList(ReadPlaces read) : read_(std::move(read)) {}

  // The first place behind `after`; nothing at the end. `after` is never before that of an earlier call.
  absl::StatusOr<Place> FirstBehind(const Place& after) {
    const std::size_t before = at_;
    while (at_ < piece_.size() && !IsBehind(piece_[at_], after)) ++at_;
    if (at_ != before) ++steps_;
    if (at_ == piece_.size() && !is_over_) {
      const bool is_used = 2 * steps_ >= piece_.size();
      size_ = is_used ? std::min(2 * size_, kMaxPiece) : kMinPiece;
      FRONTDESK_ASSIGN_OR_RETURN(piece_, read_(after, size_));
      at_ = 0;
      steps_ = 0;
      is_over_ = piece_.size() < static_cast<std::size_t>(size_);
    }
    if (at_ == piece_.size()) return Place();
    return Place(piece_[at_]);
  }

 private:
  ReadPlaces read_;
  std::vector<IndexPosition> piece_;
  std::size_t at_ = 0;
  // How often a place of the piece was left for another one.
  std::size_t steps_ = 0;
  int size_ = kMinPiece / 2;
  bool is_over_ = false;
};

// The places that are in any of some lists.
class PlaceUnion {
 public:
  void Add(ReadPlaces read) { lists_.emplace_back(std::move(read)); }

  absl::StatusOr<Place> FirstBehind(const Place& after) {
    Place first;
    for (PlaceList& list : lists_) {
      FRONTDESK_ASSIGN_OR_RETURN(Place place, list.FirstBehind(after));
      if (place.has_value() && (!first.has_value() || *first < *place)) first = std::move(place);
    }
    return first;
  }

 private:
  std::vector<PlaceList> lists_;
};

// Whether the words are in the texts of a view.
class ViewMatcher {
 public:
  explicit ViewMatcher(const std::vector<SearchTerm>& terms)
      : terms_(terms), is_met_(terms.size(), false) {}

  void Read(absl::string_view text) {
    words_.Read(text);
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::size_t term = 0; term < terms_.size(); ++term) {
        const std::string& word = terms_[term].word;
        if (terms_[term].is_beginning ? absl::StartsWith(words_[i], word) : words_[i] == word) {
          is_met_[term] = true;
        }
      }
    }
  }

  bool AreAllMet() const { return std::count(is_met_.begin(), is_met_.end(), false) == 0; }

 private:
  const std::vector<SearchTerm>& terms_;
  std::vector<bool> is_met_;
  TextWords words_;
};

// One search.
class TextSearch {
 public:
  TextSearch(const event_log::View& view, const v1::TextQuery& query, const FindLimits& limits)
      : view_(view), query_(query), limits_(limits), terms_(ReadSearchTerms(query.words())) {}

  absl::Status Begin() {
    if (!query_.customer_id().empty()) FRONTDESK_RETURN_IF_ERROR(AddCustomer());
    for (const SearchTerm& term : terms_) FRONTDESK_RETURN_IF_ERROR(AddTerm(term));
    return absl::OkStatus();
  }

  absl::StatusOr<FoundPage> Read(Place after, int page_size) {
    FoundPage page;
    for (int scanned = 0;; ++scanned) {
      if (scanned == limits_.max_scanned) {
        page.has_more = true;
        page.next = std::move(after);
        return page;
      }
      FRONTDESK_ASSIGN_OR_RETURN(Place next, unions_.front().FirstBehind(after));
      bool is_in_all = true;
      for (std::size_t i = 1; i < unions_.size() && is_in_all && next.has_value(); ++i) {
        FRONTDESK_ASSIGN_OR_RETURN(Place other, unions_[i].FirstBehind(JustBefore(*next)));
        is_in_all = other.has_value() && *other == *next;
        if (!is_in_all) next = std::move(other);
      }
      if (!next.has_value()) return page;
      if (!is_in_all) {
        after = JustBefore(*std::move(next));
        continue;
      }
      FRONTDESK_ASSIGN_OR_RETURN(auto state, GetState(view_, query_.entity_kind(), next->id));
      if (state == nullptr) {
        return MakeError(kReasonStoreCorrupt, "a word is in an entity that does not exist");
      }
      FRONTDESK_ASSIGN_OR_RETURN(const bool is_meant, IsMeant(*state));
      if (is_meant) {
        if (page.states.size() == static_cast<std::size_t>(page_size)) {
          page.has_more = true;
          page.next = std::move(after);
          return page;
        }
        page.states.push_back(std::move(state));
      }
      after = std::move(next);
    }
  }

 private:
  ReadPlaces OfKey(std::string key) const {
    return [this, key = std::move(key)](const Place& after, int most) {
      IndexPage page;
      page.after = after;
      page.page_size = most;
      page.descending = true;
      return view_.Find(query_.entity_kind(), key, page);
    };
  }

  ReadPlaces OfWord(std::string word, bool is_seen) const {
    return [this, word = std::move(word), is_seen](const Place& after, int most) {
      return view_.FindWord(query_.entity_kind(), word, is_seen, after, most);
    };
  }

  absl::Status AddCustomer() {
    FRONTDESK_ASSIGN_OR_RETURN(
        customer_ids_, CustomerWithMerged(view_, query_.customer_id(), limits_.max_related));
    const FindPlan plan = query_.entity_kind() == v1::ENTITY_KIND_CASE
                              ? PlanAllCases(customer_ids_)
                              : PlanInteractions(customer_ids_);
    PlaceUnion& of_customer = unions_.emplace_back();
    for (const std::string& key : plan.query.keys) of_customer.Add(OfKey(key));
    return absl::OkStatus();
  }

  // Whether cases have to be read: the words of their views may be in other cases.
  bool ReadsViews() const {
    return query_.customer_view() && query_.entity_kind() == v1::ENTITY_KIND_CASE;
  }

  absl::Status AddTerm(const SearchTerm& term) {
    // For a customer, words that it does not see are not even read.
    std::set<std::string> seen = {term.word};
    std::set<std::string> unseen = seen;
    if (term.is_beginning) {
      FRONTDESK_ASSIGN_OR_RETURN(seen, WordsOf(term.word, true));
      if (!query_.customer_view()) {
        FRONTDESK_ASSIGN_OR_RETURN(unseen, WordsOf(term.word, false));
      }
      std::set<std::string> all = seen;
      if (!query_.customer_view()) all.insert(unseen.begin(), unseen.end());
      if (all.size() > static_cast<std::size_t>(limits_.max_prefix_words)) {
        return MakeError(kReasonFindRowsTooMany,
                         absl::StrCat("max_prefix_words is ", limits_.max_prefix_words));
      }
    }
    PlaceUnion& places = unions_.emplace_back();
    for (const std::string& word : seen) places.Add(OfWord(word, true));
    if (!query_.customer_view()) {
      for (const std::string& word : unseen) places.Add(OfWord(word, false));
    }
    if (ReadsViews()) {
      for (const std::string& id : customer_ids_) places.Add(OfKey(JoinedKey(id)));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::set<std::string>> WordsOf(const std::string& beginning, bool is_seen) const {
    FRONTDESK_ASSIGN_OR_RETURN(
        const std::vector<std::string> words,
        view_.WordsThatBegin(query_.entity_kind(), beginning, is_seen,
                             static_cast<std::size_t>(limits_.max_prefix_words) + 1));
    return std::set<std::string>(words.begin(), words.end());
  }

  // The lists of the words have the texts that are stored with a case. Its view may have others where cases were merged or split.
  absl::StatusOr<bool> IsMeant(const v1::EntityState& state) const {
    if (!ReadsViews() || !IsJoined(state.case_())) return true;
    FRONTDESK_ASSIGN_OR_RETURN(const v1::CustomerView shown,
                               ReadCustomerView(view_, state, limits_));
    ViewMatcher matcher(terms_);
    matcher.Read(shown.case_().subject());
    for (const v1::CustomerViewPart& part : shown.case_().parts()) matcher.Read(part.text());
    return matcher.AreAllMet();
  }

  const event_log::View& view_;
  const v1::TextQuery& query_;
  const FindLimits& limits_;
  const std::vector<SearchTerm> terms_;
  std::vector<std::string> customer_ids_;
  // One for the customer, if any, and one for each word. All have an entity that is found.
  std::vector<PlaceUnion> unions_;
};

}  // namespace

std::vector<SearchTerm> ReadSearchTerms(absl::string_view words) {
  std::vector<SearchTerm> terms;
  VisitWords(words, [&terms](absl::string_view word, bool is_starred) {
    const bool is_known = std::any_of(terms.begin(), terms.end(), [&](const SearchTerm& term) {
      return term.word == word && term.is_beginning == is_starred;
    });
    if (!is_known) terms.push_back({std::string(word), is_starred});
    return terms.size() <= static_cast<std::size_t>(kMaxSearchWords);
  });
  return terms;
}

absl::StatusOr<FoundPage> ReadTextPage(const event_log::View& view, const v1::TextQuery& query,
                                       const FindLimits& limits,
                                       absl::optional<IndexPosition> after, int page_size) {
  TextSearch search(view, query, limits);
  FRONTDESK_RETURN_IF_ERROR(search.Begin());
  return search.Read(std::move(after), page_size);
}

}  // namespace internal
}  // namespace frontdesk
