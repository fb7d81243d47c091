// The options of commands that list in pages. Private.
#ifndef FRONTDESK_SRC_TOOL_PAGES_H_
#define FRONTDESK_SRC_TOOL_PAGES_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "frontdesk/desk/find.h"
#include "internal/status_macros.h"
#include "tool/options.h"
#include "tool/screen.h"

namespace frontdesk {
namespace tool {

inline constexpr OptionRow kLimit = {"limit", "N", "at most N of them (default 50)"};
inline constexpr OptionRow kPage = {"page", "TOKEN",
                                    "the page behind the last one, which ends with its token"};

// The page that --limit and --page ask for.
template <typename Request>
absl::Status FillPage(const Options& options, Request* request) {
  FRONTDESK_ASSIGN_OR_RETURN(const int limit,
                             options.GetNumber("limit", kDefaultPageSize, kMaxPageSize));
  request->set_page_size(limit);
  request->set_page_token(options.Get("page"));
  return absl::OkStatus();
}

inline void HintNextPage(const Screen& screen, absl::string_view token) {
  if (!token.empty()) screen.Hint(absl::StrCat("more: --page ", token));
}

}  // namespace tool
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_TOOL_PAGES_H_
