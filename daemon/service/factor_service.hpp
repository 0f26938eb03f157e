// SPDX-License-Identifier: Apache-2.0
// Enrolling factors and looking after them.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/subject_service.hpp"
#include "hsm/client/hsm.hpp"

namespace countersign {

class FactorService {
 public:
  static constexpr std::size_t kFactorsMax = 32;  // of one subject, revoked ones included

  FactorService(Store& store, hsm::Hsm& hsm, Turns& turns, const CurrentPolicy& policy,
                const Clock& clock)
      : store_{store}, hsm_{hsm}, turns_{turns}, clock_{clock}, find_{store, policy} {}

  // A factor that is pending until its first code. The secret is made in the HSM, or sealed there
  // as soon as it came in. Fails with `not_found`, `limit_exceeded`, `conflict`, `denied`.
  awaitable<Result<Answer>> enrol(Peer peer, EnrolOath ask);
  // The same for a YubiKey, which goes on from where it was revoked if it was here before; and with
  // `already_exists` when its key or public id is somebody's already, or a token in stock bears it.
  awaitable<Result<Answer>> enrol(Peer peer, EnrolYubicoOtp ask);
  // The same for a slot that answers challenges.
  awaitable<Result<Answer>> enrol(Peer peer, EnrolChallengeResponse ask);
  awaitable<Result<Answer>> list(Peer peer, const ListFactors& ask);
  // The rest fail with `not_found`, `denied`, and with `conflict` when the state forbids it.
  awaitable<Result<Answer>> report(Peer peer, FactorId factor);
  awaitable<Result<Answer>> rename(Peer peer, const RenameFactor& ask);
  awaitable<Result<Answer>> suspend(Peer peer, const SuspendFactor& ask);
  awaitable<Result<Answer>> resume(Peer peer, const ResumeFactor& ask);
  awaitable<Result<Answer>> revoke(Peer peer, const RevokeFactor& ask);

 private:
  struct Change;
  // A subject that may have one factor more, and our turn with it.
  struct Place {
    Turns::Turn turn;
    SubjectPtr subject;
  };
  awaitable<Result<Place>> place_for(Peer peer, const SubjectName& name);
  awaitable<Result<Answer>> change(Peer peer, FactorId factor, Change change);
  awaitable<Result<hsm::Generated>> secret_of(EnrolOath& ask);
  awaitable<Result<hsm::GeneratedYubico>> secret_of(EnrolYubicoOtp& ask);
  awaitable<Result<hsm::Generated>> secret_of(EnrolChallengeResponse& ask);
  [[nodiscard]] JournalEntry entry(Peer peer, Event event) const;

  Store& store_;
  hsm::Hsm& hsm_;
  Turns& turns_;
  const Clock& clock_;
  SubjectFinder find_;
};

}  // namespace countersign
