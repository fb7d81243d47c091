// The draft of an account decision. Private.
#ifndef FRONTDESK_DOMAIN_ACCOUNT_ACCOUNT_DRAFT_H_
#define FRONTDESK_DOMAIN_ACCOUNT_ACCOUNT_DRAFT_H_

#include "domain/draft.h"
#include "frontdesk/v1/account_commands.pb.h"
#include "frontdesk/v1/account_input.pb.h"

namespace frontdesk {
namespace domain {

// One account command while it is decided.
using AccountDraft = Draft<v1::AccountDecisionInput>;

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ACCOUNT_ACCOUNT_DRAFT_H_
