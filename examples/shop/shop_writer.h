// The desk's state in the form of the shop's files.
//
//   retail_desk::Json order = retail_desk::OrderForm(state.order());   // an entry of orders.json
//
// Everything comes from the state; the files are not looked at again.
#ifndef FRONTDESK_EXAMPLES_SHOP_SHOP_WRITER_H_
#define FRONTDESK_EXAMPLES_SHOP_SHOP_WRITER_H_

#include <string>
#include <unordered_map>

#include "frontdesk/v1/account.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "json.h"

namespace retail_desk {

// An entry of orders.json.
Json OrderForm(const frontdesk::v1::Order& order);

// An entry of users.json. `accounts` holds the accounts behind the customer's gift cards, by id.
Json UserForm(const frontdesk::v1::Customer& customer,
              const std::unordered_map<std::string, frontdesk::v1::Account>& accounts);

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_SHOP_WRITER_H_
