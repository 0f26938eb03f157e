// SPDX-License-Identifier: Apache-2.0
// The tables [code], [messages], [sms] and [email] of a policy file. Seen by the policy parser
// alone.
#pragma once

#include "policies/policy.hpp"
#include "policies/table.hpp"

namespace countersign::policies {

inline constexpr std::size_t kSmsPrefixesMax = 256;

// Each reads its whole table; what is wrong with it goes to the table's findings.
void read_codes(Table table, Codes& codes);
void read_messages(Table table, Messages& messages);
void read_sms(Table table, Sms& sms, Findings& findings);
void read_email(Table table, Email& email);

}  // namespace countersign::policies
