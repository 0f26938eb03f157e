// SPDX-License-Identifier: Apache-2.0
// Where a person is reached: one place of each kind, and a new one takes the place of the old in
// the commit that confirms it.
#pragma once

#include "daemon/model/attempt.hpp"
#include "daemon/service/message/notices.hpp"
#include "daemon/service/parts.hpp"

namespace countersign {

class Contacts {
 public:
  explicit Contacts(const Parts& parts) : parts_{parts}, notices_{parts} {}

  // May this be where the person is reached? The pending contact that it is to be already, where
  // there is one. Fails with `already_exists` when it is so, and with `conflict` when both e-mail
  // addresses would be the same: who loses the one would have lost the other.
  // REQUIRES: a contact's kind; the references outlive the wait.
  awaitable<Result<const FactorRecord*>> find_pending(const SubjectRecord& subject, FactorKind kind,
                                                      const Destination& destination);

  // The primary e-mail address; null without one.
  [[nodiscard]] static const Factor* primary(const SubjectRecord& subject);

  // What belongs to the attempt that confirms a pending contact: the one before goes, e-mail codes
  // follow the primary address, and everybody is told, at the old place and the new. With the
  // primary address or the reset phone go the resets that began there.
  // Fails with `unavailable`, `corrupt`. REQUIRES: the references outlive the wait.
  awaitable<Status> replace(const SubjectRecord& subject, const Factor& confirmed,
                            const JournalEntry& change, Aftermath& also);

 private:
  awaitable<Status> move_codes(const SubjectRecord& subject, const Factor& from, const Factor& to,
                               Aftermath& also);
  awaitable<Status> end_resets(const SubjectRecord& subject, Time now, Aftermath& also);

  Parts parts_;
  Notices notices_;
};

}  // namespace countersign
