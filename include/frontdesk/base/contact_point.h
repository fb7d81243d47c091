// The canonical form of contact points. It is stored in the event once, and later comparisons use it.
//
//   absl::StatusOr<frontdesk::NormalizedContactPoint> phone = frontdesk::NormalizeContactPoint(
//       frontdesk::v1::ContactPoint::KIND_PHONE, "(650) 253-0000", "US");
//   phone->canonical;   // "+16502530000"
//
//   absl::StatusOr<frontdesk::NormalizedContactPoint> mail = frontdesk::NormalizeContactPoint(
//       frontdesk::v1::ContactPoint::KIND_EMAIL, " Ann.Lee+news@Example.COM ");
//   mail->canonical;    // "Ann.Lee+news@example.com"
//   mail->match_key;    // "ann.lee+news@example.com"
#ifndef FRONTDESK_BASE_CONTACT_POINT_H_
#define FRONTDESK_BASE_CONTACT_POINT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/v1/common.pb.h"

namespace frontdesk {

// A plain value.
struct NormalizedContactPoint {
  std::string canonical;  // To show and to send to.
  std::string match_key;  // To compare: equal for two texts that reach the same mailbox or
                          // line as far as can be known.
};

// Reads what a person typed. White space around it is ignored.
//
// E-mail: local part, @, domain. The canonical form has the domain in lower case and the local part
// as typed. The match key is all lower case: ASCII letters only, other letters are kept. A domain is
// not converted to or from its xn-- form. Dots and plus tags in the local part stay. Quoted local
// parts and address literals ([192.0.2.1]) are not accepted. At most 254 bytes, 64 before the @.
//
// Phone: E.164, at most 15 digits, typed as digits with spaces, dots, hyphens, slashes and
// parentheses between them. No letters, no extension (E.164 has none), no second number. At most 64
// bytes. Match key: the canonical form.
// - With libphonenumber, a number typed without + is read in `region_code` (ISO 3166-1 alpha-2,
//   upper case). A number typed with + ignores it. A number has to be possible in its country by its
//   length.
// - Without libphonenumber only numbers typed with + are accepted, of 7 digits or more, the first
//   not 0. A number with a "(0)" is refused, since that is not part of the number.
//
// Handle: any valid UTF-8 without control characters, at most 254 bytes; the match key is the
// canonical form.
//
//   CONTACT_POINT_KIND               `kind` is not set or not known
//   CONTACT_POINT_EMPTY              nothing but white space
//   CONTACT_POINT_TOO_LONG           more bytes than said above
//   CONTACT_POINT_REGION_REQUIRED    a phone number without + and without a region
//   CONTACT_POINT_NO_PHONE_LIBRARY   a phone number without + while libphonenumber is not built in
//   CONTACT_POINT_REGION_UNKNOWN     a phone number without + and a region that has no numbers
//   CONTACT_POINT_SYNTAX             not an address, number or handle of its kind
// The texts of errors hold nothing of `as_typed`. Linear in `as_typed`; thread-safe.
absl::StatusOr<NormalizedContactPoint> NormalizeContactPoint(v1::ContactPoint::Kind kind,
                                                             absl::string_view as_typed,
                                                             absl::string_view region_code = "");

// Whether this build reads national phone numbers.
bool HasPhoneLibrary();

// Loads what libphonenumber knows about the countries, which takes some milliseconds. Otherwise the first phone number that a process
// reads waits for it, such as the one in an AddContactPoint. A process that never reads one never loads it. Later calls do nothing,
// and so does every call without libphonenumber. Thread-safe.
void LoadPhoneMetadata();

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_CONTACT_POINT_H_
