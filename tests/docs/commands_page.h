// Makes docs/commands.md: what each command does, what can refuse it, what comes of it.
#ifndef FRONTDESK_TESTS_DOCS_COMMANDS_PAGE_H_
#define FRONTDESK_TESTS_DOCS_COMMANDS_PAGE_H_

#include <string>

#include "absl/types/span.h"
#include "frontdesk/domain/lifecycle.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {

// The lifecycle of one kind of entity, with the title of its sections: "Orders".
struct TitledLifecycle {
  std::string title;
  const domain::Lifecycle& lifecycle;
};

// The whole page. `comments` holds the messages of frontdesk.v1 with their source code info.
std::string CommandsPage(absl::Span<const TitledLifecycle> lifecycles,
                         const google::protobuf::DescriptorPool& comments);

// "PLACED" for STATE_PLACED; "*(none)*" for 0, which means that there is no such entity.
std::string StateName(const google::protobuf::EnumDescriptor& states, int state);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DOCS_COMMANDS_PAGE_H_
