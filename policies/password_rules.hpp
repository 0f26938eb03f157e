// SPDX-License-Identifier: Apache-2.0
// Whether a new password may be taken, by the rules of [password]. Pure, and all at once: whoever
// chooses one is told everything that is wrong with it.
//
// What counts is the password's NFKC form, which is what gets hashed. It is refused as common when
// the whole of it, in lower case, is on the list of common passwords, and as well when that is so
// of what is left without the numbers and symbols around it: "Password1234!" is "password", dressed
// up for a rule. Strength is zxcvbn's estimate, which knows the username, too; how much of it is
// asked for is the policy's. Earlier passwords are known to the store, and not looked at here.
#pragma once

#include "policies/policy.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::policies {

// The numbers of api/countersign.proto.
enum class PasswordFault : std::uint8_t {
  too_short = 1,
  too_long = 2,
  no_lowercase = 3,
  no_uppercase = 4,
  no_number = 5,
  no_symbol = 6,  // neither a letter nor a number; a space is one
  username_part = 7,
  common = 8,
  too_weak = 9,
  used_before = 10,  // never found here
  not_text = 11,     // no UTF-8, or control characters; nothing else is looked at then
};

struct PasswordFindings {
  std::vector<PasswordFault> faults;  // in the order of their numbers; empty: it may be taken
  std::string username_part;          // with `username_part`: which
  std::uint8_t strength = 0;          // 0 to 4
};

// `typed` is UTF-8, as it came; `username` in any spelling. No copy of the password is left behind.
[[nodiscard]] PasswordFindings check(const Password& rules, std::string_view typed,
                                     std::string_view username);

}  // namespace countersign::policies
