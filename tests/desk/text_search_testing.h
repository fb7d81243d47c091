// Cases and interactions with texts of few words, made at random by commands, and a search by a plain loop over them.
#ifndef FRONTDESK_TESTS_DESK_TEXT_SEARCH_TESTING_H_
#define FRONTDESK_TESTS_DESK_TEXT_SEARCH_TESTING_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "desk/chance.h"
#include "desk/shop.h"
#include "desk/whole_state.h"
#include "frontdesk/desk/desk.h"
#include "gtest/gtest.h"
#include "internal/escape_text.h"
#include "internal/text_words.h"

namespace frontdesk {
namespace testing {

inline v1::EntityRef RefOf(v1::EntityKind kind, const std::string& id) {
  v1::EntityRef entity;
  entity.set_kind(kind);
  entity.set_id(id);
  return entity;
}

// The ids that a search finds, in order, page after page.
inline std::vector<std::string> FindAll(const Desk& desk, v1::FindRequest request) {
  std::vector<std::string> ids;
  do {
    const auto page = desk.Find(request);
    EXPECT_TRUE(page.ok()) << page.status() << request.ShortDebugString();
    if (!page.ok()) return ids;
    for (const v1::EntityState& found : (*page)->found()) ids.push_back(found.entity().id());
    request.set_page_token((*page)->next_page_token());
  } while (!request.page_token().empty());
  return ids;
}

// Thread-compatible.
class RandomTexts {
 public:
  // Both must live as long.
  RandomTexts(Chance* chance, Desk* desk) : chance_(*chance), desk_(desk) {
    for (int i = 0; i < kCustomers; ++i) {
      MustDo(*desk_, AskInText(absl::StrCat("create_customer { customer_id: 'c", i,
                                            "' given_name: 'Ann' }")));
    }
  }

  // The same contents at another desk.
  void SetDesk(Desk* desk) { desk_ = desk; }

  // A command that makes sense mostly; whether it was done.
  bool Next() {
    const auto outcome = desk_->Execute(AskInText(AnyCommand(), ++seconds_));
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome.ok() && outcome->verdict() == v1::VERDICT_DONE;
  }

  v1::FindRequest AnyRequest() {
    v1::FindRequest request;
    v1::TextQuery& query = *request.mutable_texts();
    for (int i = chance_.Below(3); i >= 0; --i) {
      std::string word = Word();
      if (chance_.OneIn(4)) {
        const absl::string_view begin =
            internal::CutBetweenCharacters(word, 1 + static_cast<std::size_t>(chance_.Below(3)));
        word = absl::StrCat(begin.empty() ? absl::string_view(word) : begin, "*");
      }
      query.set_words(absl::StrCat(query.words(), word, ", "));
    }
    query.set_entity_kind(chance_.OneIn(3) ? v1::ENTITY_KIND_INTERACTION : v1::ENTITY_KIND_CASE);
    if (!chance_.OneIn(3)) query.set_customer_id(AnyCustomer());
    query.set_customer_view(!query.customer_id().empty() && chance_.OneIn(2));
    request.set_page_size(1 + chance_.Below(6));
    return request;
  }

  // The ids that the request should find, by reading every text of everything.
  std::vector<std::string> Scan(const v1::FindRequest& request) const {
    const v1::TextQuery& query = request.texts();
    std::vector<std::pair<std::int64_t, std::string>> found;
    const bool is_case = query.entity_kind() == v1::ENTITY_KIND_CASE;
    const std::string root = RootOf(query.customer_id());
    for (int i = 0; i < kEntities; ++i) {
      const std::string id = absl::StrCat(is_case ? "k" : "i", i);
      const auto whole = GetWhole(*desk_, RefOf(query.entity_kind(), id));
      if (!whole.ok()) continue;
      const std::string& customer_id =
          is_case ? whole->case_().customer_id() : whole->interaction().customer_id();
      if (!query.customer_id().empty() && RootOf(customer_id) != root) continue;
      const std::set<std::string> words =
          query.customer_view() ? SeenWords(whole->entity()) : AllWords(*whole);
      if (!HasAll(words, query.words())) continue;
      found.emplace_back(is_case ? whole->case_().open_time().seconds()
                                 : whole->interaction().start_time().seconds(),
                         id);
    }
    std::sort(found.rbegin(), found.rend());
    std::vector<std::string> ids;
    for (auto& [seconds, id] : found) ids.push_back(std::move(id));
    return ids;
  }

 private:
  static constexpr int kCustomers = 4;
  static constexpr int kEntities = 24;
  static constexpr int kParts = 6;

  static void AddWords(const std::string& text, std::set<std::string>* words) {
    internal::VisitWords(text, [words](absl::string_view word, bool) {
      words->emplace(word);
      return true;
    });
  }

  static bool HasAll(const std::set<std::string>& words, const std::string& asked) {
    bool has_all = true;
    internal::VisitWords(asked, [&](absl::string_view word, bool is_beginning) {
      has_all = has_all && std::any_of(words.begin(), words.end(), [&](const std::string& each) {
                  return is_beginning ? absl::StartsWith(each, word) : each == word;
                });
      return true;
    });
    return has_all;
  }

  static std::set<std::string> AllWords(const v1::EntityState& whole) {
    std::set<std::string> words;
    AddWords(whole.case_().subject(), &words);
    for (const v1::Resolution& resolution : whole.case_().resolutions()) {
      AddWords(resolution.note(), &words);
    }
    AddWords(whole.interaction().wrap_up().note(), &words);
    for (const v1::InteractionPart& part : whole.case_().parts()) AddWords(part.text(), &words);
    for (const v1::InteractionPart& part : whole.interaction().parts()) {
      AddWords(part.text(), &words);
    }
    return words;
  }

  std::set<std::string> SeenWords(const v1::EntityRef& entity) const {
    const auto view = desk_->CustomerView(entity);
    EXPECT_TRUE(view.ok()) << view.status();
    std::set<std::string> words;
    if (!view.ok()) return words;
    AddWords(view->case_().subject(), &words);
    for (const v1::CustomerViewPart& part : view->case_().parts()) AddWords(part.text(), &words);
    for (const v1::CustomerViewPart& part : view->interaction().parts()) {
      AddWords(part.text(), &words);
    }
    return words;
  }

  // The survivor of a customer.
  std::string RootOf(std::string id) const {
    while (!id.empty()) {
      const auto state = desk_->Get(CustomerRef(id));
      if (!state.ok() || (*state)->customer().survivor_customer_id().empty()) break;
      id = (*state)->customer().survivor_customer_id();
    }
    return id;
  }

  std::string AnyCustomer() { return absl::StrCat("c", chance_.Below(kCustomers)); }
  std::string AnyCase() { return absl::StrCat("k", chance_.Below(kEntities)); }
  std::string AnyInteraction() { return absl::StrCat("i", chance_.Below(kEntities)); }
  std::string AnyPart() { return absl::StrCat("p", chance_.Below(kParts)); }

  std::string Word() {
    static constexpr const char* kWords[] = {"lamp",
                                             "Lamps",
                                             "LAMP",
                                             "light",
                                             "dark",
                                             "STRASSE",
                                             "straße",
                                             "\xC3\xA9t\xC3\xA9",
                                             "e\xCC\x81t\xC3\xA9",
                                             "refund",
                                             "re-fund",
                                             "3.14",
                                             "東京",
                                             "off",
                                             "of"};
    return kWords[chance_.Below(15)];
  }

  std::string Text() {
    std::string text = Word();
    for (int i = chance_.Below(3); i > 0; --i) absl::StrAppend(&text, " ", Word());
    return text;
  }

  // The fields of a part.
  std::string Part() {
    std::string part = absl::StrCat("part_id: '", AnyPart(), "' text: '", Text(), "' ");
    switch (chance_.Below(4)) {
      case 0:
        absl::StrAppend(&part, "kind: KIND_NOTE");
        break;
      case 1:
        absl::StrAppend(&part, "kind: KIND_MESSAGE visibility: VISIBILITY_INTERNAL");
        break;
      default:
        absl::StrAppend(&part, "kind: KIND_MESSAGE visibility: VISIBILITY_PUBLIC");
    }
    if (chance_.OneIn(3)) absl::StrAppend(&part, " corrects_part_id: '", AnyPart(), "'");
    return part;
  }

  std::string AnyCommand() {
    const std::string one = AnyCase();
    const std::string interaction = AnyInteraction();
    const std::string customer =
        chance_.OneIn(5) ? "" : absl::StrCat(" customer_id: '", AnyCustomer(), "'");
    switch (chance_.Below(24)) {
      case 0:
      case 1:
      case 2:
        return absl::StrCat("open_case { case_id: '", one, "' kind: KIND_TROUBLE subject: '",
                            Text(), "'", customer, " }");
      case 3:
        return absl::StrCat("change_case_subject { case_id: '", one, "' subject: '", Text(), "' }");
      case 4:
        return absl::StrCat("merge_cases { case_id: '", one, "' merged_case_id: '", AnyCase(),
                            "' }");
      case 5:
        return absl::StrCat("unmerge_cases { case_id: '", one, "' merged_case_id: '", AnyCase(),
                            "' }");
      case 6:
      case 7:
        return absl::StrCat("split_case { case_id: '", one, "' new_case_id: '", AnyCase(),
                            "' subject: '", Text(), "' part_ids: '", AnyPart(), "' }");
      case 8:
        return absl::StrCat("unsplit_case { case_id: '", one, "' split_case_id: '", AnyCase(),
                            "' }");
      case 9:
        return absl::StrCat("set_case_customer { case_id: '", one, "' customer_id: '",
                            AnyCustomer(), "' }");
      case 10:
        return absl::StrCat("resolve_case { case_id: '", one, "' code: 'done' note: '", Text(),
                            "' }");
      case 11:
        return absl::StrCat("reopen_case { case_id: '", one, "' }");
      case 12:
        return absl::StrCat(
            "import_case { case { case_id: '", one,
            "' state: STATE_OPEN kind: KIND_TROUBLE subject: '", Text(), "'", customer,
            " parts { author { actor_id: 'x' kind: KIND_CUSTOMER } ", Part(),
            " } resolutions { code: 'x' note: '", Text(), "' } open_time { seconds: ", seconds_ / 2,
            " } state_spans { state: STATE_OPEN start_time { seconds: ", seconds_ / 2,
            " } } } source { system: 'old' as_of_time { seconds: ", seconds_, " } } }");
      case 13:
        if (!chance_.OneIn(4)) return "create_customer { customer_id: 'c0' given_name: 'Ann' }";
        return absl::StrCat("merge_customers { customer_id: '", AnyCustomer(),
                            "' merged_customer_id: '", AnyCustomer(), "' }");
      case 14:
        return absl::StrCat("unmerge_customers { customer_id: '", AnyCustomer(),
                            "' merged_customer_id: '", AnyCustomer(), "' }");
      case 15:
        return absl::StrCat("start_interaction { interaction_id: '", interaction,
                            "' channel: CHANNEL_CHAT direction: DIRECTION_INBOUND", customer, " }");
      case 16:
      case 17:
        return absl::StrCat("add_interaction_part { interaction_id: '", interaction, "' part { ",
                            Part(), " } }");
      case 18:
        return absl::StrCat("set_interaction_customer { interaction_id: '", interaction,
                            "' customer_id: '", AnyCustomer(), "' }");
      case 19:
        return chance_.OneIn(2)
                   ? absl::StrCat("end_interaction { interaction_id: '", interaction, "' }")
                   : absl::StrCat("wrap_up_interaction { interaction_id: '", interaction,
                                  "' disposition: 'solved' note: '", Text(), "' }");
      default:
        return absl::StrCat("add_case_part { case_id: '", one, "' part { ", Part(), " } }");
    }
  }

  Chance& chance_;
  Desk* desk_;
  std::int64_t seconds_ = 1'000;
};

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_TEXT_SEARCH_TESTING_H_
