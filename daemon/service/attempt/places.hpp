// SPDX-License-Identifier: Apache-2.0
// Where an attempt comes from, and what that means for whose it is.
//
// A place is familiar to a subject that was accepted from there within a month. Nothing is asked of
// anybody when a peer says no address: such an attempt is a stranger's.
#pragma once

#include "daemon/model/attempt.hpp"
#include "daemon/service/parts.hpp"
#include "policies/operation.hpp"
#include "policies/throttle.hpp"

#include <string_view>

namespace countersign {

class Places {
 public:
  explicit Places(const Parts& parts)
      : store_{parts.store},
        turns_{parts.turns},
        clock_{parts.clock},
        prints_{parts.outbox.prints} {}

  // All zero without an address. REQUIRES: `client_address` is empty or the text of an IP address.
  [[nodiscard]] SourcePrint print(std::string_view client_address, Peer peer) const;

  // The subject's turn, in the queue of those who ask from such a place.
  // Fails with `limit_exceeded`, `unavailable`, `corrupt`. REQUIRES: `from` outlives the wait.
  [[nodiscard]] awaitable<Result<Turns::Turn>> take_turn(
      SubjectId subject, const SourcePrint& from,
      std::size_t waiting_max = Turns::kWaitingMax) const;

  [[nodiscard]] static policies::Lane lane_of(const SubjectRecord& subject, const SourcePrint& from,
                                              bool unlocks, Time now);

  // Has an acceptance noted where it came from, unless that was done of late. What somebody knows
  // who has stolen a password makes no place familiar.
  static void note(const SubjectRecord& subject, const SourcePrint& from, Attempt& attempt);

 private:
  awaitable<Result<Turns::Turn>> wait_for_turn(SubjectId subject, const SourcePrint& from,
                                               std::size_t waiting_max) const;

  Store& store_;
  Turns& turns_;
  const Clock& clock_;
  const outbox::Prints& prints_;
};

}  // namespace countersign
