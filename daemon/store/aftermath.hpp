// SPDX-License-Identifier: Apache-2.0
// What a store makes of what a commit leaves behind, whichever store it is: whose it all is, and
// what the journal is told of it.
#pragma once

#include "daemon/model/attempt.hpp"

#include <vector>

namespace countersign::store {

// Says of everything that is a new subject's whose it is, and of everything that names kNewFactor
// (or keeps a secret for no factor) which factor that is.
void name_subject(Aftermath& aftermath, SubjectId subject);
void name_factor(Aftermath& aftermath, FactorId factor);

// The journal's own records of tickets that come and go, of sessions that end, and of an account
// that became active, beside `entry`,
// which is the commit's. Where that says it of one of them already, it is told which one.
[[nodiscard]] std::vector<JournalEntry> tell(JournalEntry& entry, SubjectId subject,
                                             const Aftermath& also);
// Of one ticket that has given way to a newer one, and of one session that a commit ends without
// naming it.
[[nodiscard]] JournalEntry tell_superseded(const JournalEntry& entry, SubjectId subject,
                                           TicketId id, TicketPurpose purpose);
[[nodiscard]] JournalEntry tell_ended(const JournalEntry& entry, SubjectId subject, SessionId id);

}  // namespace countersign::store
