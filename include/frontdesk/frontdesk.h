// Everything of frontdesk in one header, for those in a hurry; desk/desk.h says where to begin.
#ifndef FRONTDESK_FRONTDESK_H_
#define FRONTDESK_FRONTDESK_H_

#include "frontdesk/all_reasons.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/timestamp.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/explain.h"
#include "frontdesk/decide/parse.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/subscription.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "frontdesk/store/store.h"

#endif  // FRONTDESK_FRONTDESK_H_
