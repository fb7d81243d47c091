// How a search for cases is answered from the index. Private.
#ifndef FRONTDESK_SRC_DESK_CASE_QUERY_H_
#define FRONTDESK_SRC_DESK_CASE_QUERY_H_

#include <string>
#include <vector>

#include "desk/find_query.h"
#include "frontdesk/v1/find.pb.h"

namespace frontdesk {
namespace internal {

// The plan of a checked search. One field finds, likely the one with the fewest cases; the others are looked up in each case.
// `customer_ids` are those of the query's customer and of all that were merged into it; none when it names no customer. With
// ORDER_DUE_FIRST the cases of an outside id are left for the caller to add, as places in the list by due time.
FindPlan PlanCaseQuery(const v1::CaseQuery& query, std::vector<std::string> customer_ids);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_CASE_QUERY_H_
