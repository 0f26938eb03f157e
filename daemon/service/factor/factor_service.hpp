// SPDX-License-Identifier: Apache-2.0
// Enrolling factors and looking after them.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/account/contacts.hpp"
#include "daemon/service/account/subject_service.hpp"
#include "daemon/service/factor/pending_secrets.hpp"
#include "daemon/service/message/notices.hpp"
#include "daemon/service/session/sessions.hpp"

namespace countersign {

class FactorService {
 public:
  static constexpr std::size_t kFactorsMax = 32;       // of one subject, that are not revoked
  static constexpr std::size_t kFactorsKeptMax = 512;  // and with those that are

  explicit FactorService(const Parts& parts)
      : store_{parts.store},
        hsm_{parts.hsm},
        turns_{parts.turns},
        policy_{parts.policy},
        clock_{parts.clock},
        find_{parts},
        notices_{parts},
        contacts_{parts},
        pending_{parts},
        sessions_{parts} {}

  // Whatever a session asks for (`by`; null where a portal does) is `denied` when it has ended
  // before the subject's turn came. It outlives the wait.

  // Whether the subject may have one factor more when so many others go. Fails with
  // `limit_exceeded`.
  static Status has_room(const SubjectRecord& subject, std::size_t going = 0);

  // A factor that is pending until its first code. The secret is made in the HSM, or sealed there
  // as soon as it came in. Fails with `not_found`, `limit_exceeded`, `conflict`, `denied`.
  awaitable<Result<Answer>> enrol(Peer peer, EnrolOath ask, const Session* by = nullptr);
  // The same for a YubiKey, which goes on from where it was revoked if it was here before; and with
  // `already_exists` when its key or public id is somebody's already, or a token in stock bears it.
  awaitable<Result<Answer>> enrol(Peer peer, EnrolYubicoOtp ask);
  // The same for a slot that answers challenges.
  awaitable<Result<Answer>> enrol(Peer peer, EnrolChallengeResponse ask);
  // The same for a destination of codes, or for where the person is reached; with `already_exists`
  // when the subject has it already, and with `conflict` when both e-mail addresses would be one.
  // The person's own e-mail codes go to their primary address.
  awaitable<Result<Answer>> enrol(Peer peer, EnrolOutOfBand ask, const Session* by = nullptr);
  awaitable<Result<Answer>> list(Peer peer, const ListFactors& ask);
  // The rest fail with `not_found`, `denied`, and with `conflict` when the state forbids it, or,
  // for their owners, may_remove().
  awaitable<Result<Answer>> report(Peer peer, FactorId factor);
  awaitable<Result<Answer>> rename(Peer peer, const RenameFactor& ask, const Session* by = nullptr);
  awaitable<Result<Answer>> suspend(Peer peer, const SuspendFactor& ask);
  awaitable<Result<Answer>> resume(Peer peer, const ResumeFactor& ask);
  awaitable<Result<Answer>> revoke(Peer peer, const RevokeFactor& ask, const Session* by = nullptr);

 private:
  struct Change;
  // A subject that may have one factor more, and our turn with it.
  struct Place {
    Turns::Turn turn;
    SubjectPtr subject;
  };
  awaitable<Result<Place>> place_for(Peer peer, const SubjectName& name, FactorKind kind,
                                     const Session* by);
  awaitable<Result<Answer>> change(Peer peer, FactorId factor, Change change, const Session* by);
  awaitable<Result<FactorReport>> described(const SubjectRecord& subject,
                                            const FactorRecord& factor);
  awaitable<Result<Destination>> destination_of(Peer peer, EnrolOutOfBand& ask,
                                                const SubjectRecord& subject);
  awaitable<Status> refuse_known(const SubjectRecord& subject, const Destination& destination);
  awaitable<Result<hsm::Generated>> secret_of(EnrolOath& ask);
  awaitable<Result<hsm::GeneratedYubico>> secret_of(EnrolYubicoOtp& ask);
  awaitable<Result<hsm::Generated>> secret_of(EnrolChallengeResponse& ask);
  [[nodiscard]] JournalEntry entry(Peer peer, Event event) const;

  Store& store_;
  hsm::Hsm& hsm_;
  Turns& turns_;
  const CurrentPolicy& policy_;
  const Clock& clock_;
  SubjectFinder find_;
  Notices notices_;
  Contacts contacts_;
  PendingSecrets pending_;
  Sessions sessions_;
};

}  // namespace countersign
