// The tables that the CRM has already, and their rows as messages of the desk.
#ifndef FRONTDESK_EXAMPLES_CRM_CRM_ROWS_H_
#define FRONTDESK_EXAMPLES_CRM_CRM_ROWS_H_

#include "frontdesk/v1/account_commands.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/customer_commands.pb.h"
#include "frontdesk/v1/order_commands.pb.h"

namespace crm {

// A row of the table of people. The id is the CRM's own.
struct Person {
  int id;
  const char* given_name;
  const char* family_name;
  const char* email;
  const char* gift_card;  // Its number.
};
inline constexpr Person kPeople[] = {{17, "Ada", "Berg", "ada@example.com", "GIFT-0042"},
                                     {23, "Ben", "Okoro", "ben@example.com", "GIFT-0057"}};

// A row of the table of sales. Amounts are in cents.
struct Sale {
  const char* order_id;
  int person_id;
  const char* item_id;
  const char* item_name;
  int paid_by_card;
  int paid_by_gift_card;
};
inline constexpr Sale kSale = {"1001", 17, "lamp-7", "Floor lamp", 6000, 3000};

// The id of a row of kPeople, as the desk keeps it beside the customer.
frontdesk::v1::ExternalId RowId(int person_id);

// A customer with a card and a gift card.
frontdesk::v1::ImportCustomer ToCustomer(const Person& person);

// The account behind the gift card. From now on the desk keeps its balance.
frontdesk::v1::ImportAccount ToAccount(const Person& person);

// An order that was delivered, with two payments.
frontdesk::v1::ImportOrder ToOrder(const Sale& sale, const frontdesk::v1::Customer& customer);

}  // namespace crm

#endif  // FRONTDESK_EXAMPLES_CRM_CRM_ROWS_H_
