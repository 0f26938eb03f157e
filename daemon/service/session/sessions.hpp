// SPDX-License-Identifier: Apache-2.0
// Sessions: who is at the companion, and how far they have got. How they are made, promoted and
// found again.
//
// The store holds a keyed hash of a session's secret. Whenever a session may do more than before,
// or has proven something anew, its secret is another one: whoever planted or overheard the old one
// has nothing.
#pragma once

#include "daemon/service/parts.hpp"

#include <optional>

namespace countersign {

struct FreshSession {
  Session row;       // for AccountChange::begun; of a promoted one for AccountChange::sessions
  SecretBytes text;  // for whoever it is; kept nowhere
};

// A session that may be used, and whose it is.
struct FoundSession {
  Session session;
  SubjectPtr subject;
};

class Sessions {
 public:
  // Use is noted once in so long.
  static constexpr std::chrono::minutes kSeenStep{1};

  explicit Sessions(const Parts& parts) : parts_{parts} {}

  // Gives the draft an id, a secret with its keyed hash, the subject and its times, for its scope.
  // Nothing is kept yet. A user agent that is too long is cut off.
  // REQUIRES: scope, and what else is known of it, are set; `subject` outlives the wait.
  // Fails with `unavailable`.
  awaitable<Result<FreshSession>> fresh(Session draft, const SubjectRecord& subject, Time now);

  // The same session with another secret, what it may do and what it has proven; its version is the
  // next one. With another scope its life begins anew.
  // REQUIRES: the references outlive the wait. Fails with `unavailable`.
  awaitable<Result<FreshSession>> promoted(const Session& from, const SubjectRecord& subject,
                                           SessionScope scope, SessionProof proof, Time now);

  // The session that this is the text of, if it may be used: it is open, neither over nor idle for
  // too long, and its subject is active (or pending, for one that activates it). Whatever is
  // refused costs the same. Its use is noted.
  // Fails with `unavailable`, `corrupt`. REQUIRES: the text outlives the wait.
  awaitable<Result<std::optional<FoundSession>>> find(const SecretBytes& text, Time now);

  // The session as it stands, for whoever has its subject's turn now and had not when the gate let
  // it in. Fails with `denied` when it has ended meanwhile, or somebody else was first with the
  // same secret and has changed it. REQUIRES: `admitted` outlives the wait.
  awaitable<Result<Session>> still(const Session& admitted);
  // Nothing has to stand where no session asks (null).
  awaitable<Status> stands(const Session* admitted);

 private:
  awaitable<Result<SecretBytes>> give_secret(Session& row);

  Parts parts_;
};

// Whether it may be used at this time, as the policy of its subject's realm has it.
[[nodiscard]] bool is_alive(const Session& session, const policies::Sessions& rules, Time now);

}  // namespace countersign
