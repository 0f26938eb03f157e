// SPDX-License-Identifier: Apache-2.0
// The tables [password], [hashing], [question], [account] and [session] of a policy file. Seen by
// the policy parser alone.
#pragma once

#include "policies/policy.hpp"
#include "policies/table.hpp"

namespace countersign::policies {

// Each reads its whole table; what is wrong with it goes to the table's findings.
void read_password(Table table, Password& password);
void read_hashing(Table table, Hashing& hashing);
void read_questions(Table table, Questions& question);
void read_accounts(Table table, Accounts& account);
void read_sessions(Table table, Sessions& session);

}  // namespace countersign::policies
