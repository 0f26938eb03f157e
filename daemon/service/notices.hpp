// SPDX-License-Identifier: Apache-2.0
// What the owner of an account is told, whoever asked for it: a factor was added, or removed.
//
// A notice is part of the change that it tells of. It is written before it, sealed, and queued in
// its commit, so that nobody can have the one without the other.
#pragma once

#include "daemon/model/attempt.hpp"
#include "daemon/service/parts.hpp"

namespace countersign {

class Notices {
 public:
  explicit Notices(const Parts& parts) : parts_{parts} {}

  // To every active e-mail factor of the subject, and to its SMS factors when it has none; to those
  // that are suspended, so that nobody silences them first; and to the destination that is removed.
  // A pending one was never shown to be anybody's: it is told nothing. By SMS only where the policy
  // still allows one.
  //
  // `change` is the journal record of the change. Fails with `unavailable`, `corrupt`: then the
  // change must not be made. REQUIRES: all references outlive the wait.
  awaitable<Result<std::vector<Message>>> write(MessageKind kind, const SubjectRecord& subject,
                                                const Factor& about, const JournalEntry& change);

  // They are durable, and the courier's next.
  void queued(const std::vector<Message>& notices);

 private:
  awaitable<Result<std::optional<Message>>> write_one(MessageKind kind,
                                                      const SubjectRecord& subject,
                                                      const Factor& about, const Factor& to,
                                                      const JournalEntry& change);

  Parts parts_;
};

}  // namespace countersign
