// SPDX-License-Identifier: Apache-2.0
// What is remembered of the outbox while the daemon runs: what was sent lately, what waits, and who
// is there to deliver it.
//
// The store has the truth. This is learnt from it at start and changed after each commit, on the
// loop's thread, so that nothing that decides about a message has to wait.
#pragma once

#include "async/alarm.hpp"
#include "daemon/outbox/ledger.hpp"
#include "daemon/outbox/prints.hpp"
#include "daemon/outbox/queue.hpp"
#include "daemon/service/message/presence.hpp"
#include "daemon/store/store.hpp"
#include "hsm/client/hsm.hpp"

namespace countersign {

struct Outbox {
  explicit Outbox(const SecretBytes& print_key) : prints{print_key} {}

  // Asks the store what was sent lately and what still waits, and makes `stand_in`.
  // Fails with `unavailable`. REQUIRES: awaited before anything else is asked.
  awaitable<Status> fill(Store& store, hsm::Hsm& hsm, const policies::Policy& policy, Time now);

  // What would become of it now; nothing is counted.
  struct Prospect {
    std::optional<outbox::Refused> refused;  // by the policy
    bool is_up = false;                      // somebody delivers by its channel
    bool has_room = false;                   // among those that wait for the courier
  };
  [[nodiscard]] Prospect prospect(const outbox::Sending& sending, const policies::Policy& policy,
                                  Time now);

  // May it be sent? Accepted for delivery means that it has to be counted now, without a wait, and
  // kept. Anything else was not made, sent or counted.
  [[nodiscard]] Delivery allow(const outbox::Sending& sending, const policies::Policy& policy,
                               Time now);

  // It is durable and, unless it is nobody's, the courier's next.
  void queued(const Message& message);
  // The same for one that nobody had to be asked about, and that was not counted yet.
  void counted_and_queued(const Message& message);

  outbox::Prints prints;
  outbox::Ledger ledger;
  outbox::Queue queue;
  Presence presence;
  Alarm news;       // rung when there is something to take
  Factor stand_in;  // its destination is opened for whoever has none
};

// By what the policy allows messages there; empty for an e-mail, and where it allows none.
[[nodiscard]] std::string prefix_of(const policies::Policy& policy, const Destination& destination);

// What nobody's SMS stands in for: a prefix that the policy allows messages to, and for one subject
// always the same one. Empty where it allows none.
[[nodiscard]] std::string prefix_of_nobody(const policies::Policy& policy, SubjectId id);

// The row of a message that was sealed, or is nobody's; of no challenge.
[[nodiscard]] Message row_of(MessageId id, const outbox::Sending& sending, Time created_at,
                             Bytes sealed);

}  // namespace countersign
