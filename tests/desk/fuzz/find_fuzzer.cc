// The bytes as a request to find from a stranger, put to a busy shop: in text format when they begin with `#`, else in
// binary form. A page token in it is tried as it is, and laid over (exclusive or) one that the shop gave. All pages are
// turned, and the customers found have their files opened and their duplicates looked for.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "desk/fuzz/fuzz_common.h"
#include "desk/shop.h"
#include "frontdesk/decide/parse.h"
#include "frontdesk/v1/find.pb.h"

namespace frontdesk {
namespace testing {
namespace {

bool ReadRequest(absl::string_view bytes, v1::FindRequest* request) {
  if (absl::StartsWith(bytes, "#")) return ReadText(bytes, request);
  const absl::Status read = ParseBytes(bytes, request);
  RequireKnown(read);
  return read.ok();
}

std::string LaidOver(absl::string_view bytes, std::string token) {
  for (std::size_t i = 0; i < std::min(bytes.size(), token.size()); ++i) {
    // Mostly stays within the characters of a token.
    token[i] = static_cast<char>(token[i] ^ (bytes[i] & 0x7f));
  }
  return token;
}

// The result of one request; empty when it was refused.
v1::FindResponse Ask(const Desk& desk, const v1::FindRequest& request) {
  const auto found = desk.Find(request);
  RequireKnown(found.status());
  if (!found.ok()) return {};
  const int limit = request.page_size() == 0 ? 50 : request.page_size();
  Require((*found)->found_size() <= limit, "more than a page",
          absl::StrCat((*found)->found_size()));
  return **found;
}

void LookAt(const Desk& desk, const v1::EntityState& state) {
  if (!state.has_customer()) return;
  const std::string& id = state.entity().id();
  FileOptions options;
  options.now.set_seconds(1'714'600'000);
  RequireKnown(desk.OpenFile(id, options).status());
  const auto duplicates = desk.FindDuplicates(id);
  RequireKnown(duplicates.status());
  if (!duplicates.ok()) return;
  for (const v1::DuplicateCandidate& candidate : *duplicates) {
    Require(candidate.customer_id() != id, "a duplicate of itself", id);
  }
}

void FuzzFind(const uint8_t* data, size_t size) {
  v1::FindRequest request;
  if (!ReadRequest(absl::string_view(reinterpret_cast<const char*>(data), size), &request)) return;
  const Desk& desk = BusyDesk().desk();
  const std::string strange = request.page_token();
  Ask(desk, request);
  request.clear_page_token();
  std::set<std::string> told;
  for (int page = 0; page < 64; ++page) {
    const v1::FindResponse found = Ask(desk, request);
    for (const v1::EntityState& state : found.found()) {
      Require(told.insert(state.entity().id()).second, "told twice", state.entity().id());
      if (told.size() <= 3) LookAt(desk, state);
    }
    if (found.next_page_token().empty()) return;
    request.set_page_token(LaidOver(strange, found.next_page_token()));
    if (request.page_token() != found.next_page_token()) {
      Require(!desk.Find(request).ok(), "a page token that nobody gave was taken",
              request.page_token());
      request.set_page_token(found.next_page_token());
    }
  }
}

}  // namespace
}  // namespace testing
}  // namespace frontdesk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  frontdesk::testing::FuzzFind(data, size);
  return 0;
}
