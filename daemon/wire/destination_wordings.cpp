// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/wordings.hpp"

#include <array>

namespace countersign::wire {
namespace {

constexpr auto kWordings = std::to_array<Wording>({
    {"language", 0, "language: must be a tag of BCP 47, such as en or fi-FI, 16 letters at most"},
    {"country", 0, "country: must be two letters of ISO 3166-1, such as FI"},
    {"country.email", 0, "country: is for phone numbers; leave it out with EMAIL"},
    {"destination.kind", 0, "kind or channel: must be SMS or EMAIL where there is a destination"},
    {"destination.missing", 0, "destination: is missing; give a phone number or an e-mail address"},
    {"destination.purpose", 0,
     "destination and country: are for purpose ADDRESS; a factor has a destination of its own"},
    {"destination.factor", 0, "factor_id: leave it out with purpose ADDRESS"},
    {"phone.not_a_number", 0,
     "destination: is no phone number; digits with spaces, hyphens, dots, slashes and brackets, "
     "without an extension"},
    {"phone.country", 0, "country: must be ISO 3166-1 alpha-2 in capitals, such as FI, or absent"},
    {"phone.no_country", 0,
     "destination: begin with + and the calling code, or say which country the number is of"},
    {"phone.calling_code", 0, "destination: no country has the calling code it begins with"},
    {"phone.too_short", 0, "destination: has too few digits for a number of its country"},
    {"phone.too_long", 0, "destination: has too many digits for a number of its country"},
    {"phone.invalid", 0, "destination: its country has no such number; look for a typing error"},
    {"phone.fixed_line", 0,
     "destination: is a fixed line, which gets no SMS; give a mobile number"},
    {"phone.premium", 0, "destination: is a premium-rate number; give a mobile number"},
    {"phone.toll_free", 0, "destination: is a toll-free number; give a mobile number"},
    {"phone.shared_cost", 0, "destination: is a shared-cost number; give a mobile number"},
    {"phone.voip", 0, "destination: is an internet telephone's number; give a mobile number"},
    {"phone.personal_number", 0,
     "destination: is a number that calls are passed on from; give a mobile number"},
    {"phone.pager", 0, "destination: is a pager's number; give a mobile number"},
    {"phone.uan", 0, "destination: is a company's one number for all; give a mobile number"},
    {"phone.voicemail", 0, "destination: is a voicemail box; give a mobile number"},
    {"email.empty", 0, "destination: is empty"},
    {"email.too_long", 0, "destination: an e-mail address has at most 254 characters"},
    {"email.not_ascii", 0,
     "destination: an e-mail address must be ASCII; write a domain of other letters with xn--"},
    {"email.characters", 0,
     "destination: must be one e-mail address, without spaces or control characters in it"},
    {"email.no_at", 0, "destination: an e-mail address has an @ in it"},
    {"email.local", 0,
     "destination: before the @ stand letters, digits and !#$%&'*+-/=?^_`{|}~, with single dots "
     "between them; quotes and comments are not taken"},
    {"email.local_too_long", 0, "destination: at most 64 characters may stand before the @"},
    {"email.domain", 0,
     "destination: behind the @ stands a domain such as example.com; an IP address is not taken"},
});

}  // namespace

std::span<const Wording> destination_wordings() { return kWordings; }

}  // namespace countersign::wire
