// Everything of frontdesk's expression language in one header; see environment.h for where to begin.
#ifndef FRONTDESK_CEL_CEL_H_
#define FRONTDESK_CEL_CEL_H_

#include "frontdesk/cel/accessor_table.h"
#include "frontdesk/cel/activation.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/budget.h"
#include "frontdesk/cel/cost.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/cel/function.h"
#include "frontdesk/cel/issue.h"
#include "frontdesk/cel/limits.h"
#include "frontdesk/cel/program.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/cel/time_zone.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/cel/value.h"
#include "frontdesk/cel/variable_source.h"

#endif  // FRONTDESK_CEL_CEL_H_
