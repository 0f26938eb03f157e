// SPDX-License-Identifier: Apache-2.0
// What holds after every step, as the rows themselves say it.
#include "daemon/service/session/bearer_secret.hpp"
#include "tests/model/walk.hpp"

namespace countersign::model {

// Whatever happened, and whoever did it.
void Walk::check_invariants() {
  for (const Account& account : model_.accounts) {
    if (account.life == Life::absent) continue;
    const SubjectRecord& row = stage_.world.person(account.subject);
    std::map<FactorKind, int> active;
    for (const FactorRecord& record : row.factors) {
      if (record.fixed.subject != account.subject) fail("a factor of somebody else's");
      if (record.fixed.state == FactorState::active) ++active[record.fixed.kind];
    }
    for (const auto& [kind, count] : active) {
      const bool is_one = is_contact(kind) || (is_memorised(kind) && count > 0) ||
                          kind == FactorKind::recovery_codes || kind == FactorKind::temporary_code;
      if (is_one && count > 1) fail("two active rows of a kind that there is one of");
    }
    const Life life = row.fixed.state == SubjectState::pending  ? Life::pending
                      : row.fixed.state == SubjectState::active ? Life::active
                                                                : Life::suspended;
    if (life != account.life) fail("the account's state is another one");
    for (const Held& held : account.held) {
      const FactorRecord* record = row.find(held.id);
      if (record == nullptr || record->fixed.state != held.state) {
        fail("the state of factor " + std::to_string(number(held.id)) + " is another one");
      }
    }
    if (row.factors.size() != account.held.size()) fail("there are other factors");
  }
  for (const Link& link : model_.links) {
    if (link.is_open || !failure_.empty()) continue;
    const auto bearer = bearer_secret_from(secret_of(link.text));
    const auto row = stage_.world.tickets.find(TicketId{bearer ? bearer->id : 0});
    if (row == stage_.world.tickets.end()) continue;
    // One that has expired as well is good for nothing however it stands.
    const Ticket& ticket = row->second;
    const bool is_good = ticket.state == TicketState::open && model_.now < ticket.expires_at;
    if (is_good) fail("a link that was used up is open");
  }
}

}  // namespace countersign::model
