// SPDX-License-Identifier: Apache-2.0
// A tap makes a YubiKey somebody's: its OTP says which one it is, and proves that it is at hand.
//
// An attempt like a verify: it takes the subject's turn, is throttled by its failures, counts as
// one when it is wrong, and costs the same time whether or not there is such a key.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/account/subject_service.hpp"
#include "daemon/service/attempt/attempts.hpp"
#include "daemon/service/message/notices.hpp"
#include "daemon/service/ticket/activation.hpp"
#include "daemon/verify/judge.hpp"
#include "hsm/client/hsm.hpp"

#include <optional>

namespace countersign {

class ClaimService {
 public:
  explicit ClaimService(const Parts& parts)
      : store_{parts.store},
        hsm_{parts.hsm},
        policy_{parts.policy},
        clock_{parts.clock},
        places_{parts},
        find_{parts},
        notices_{parts},
        activation_{parts} {}

  // The new factor, active, its OTP used up; or a verdict that says why not: WRONG_CODE (it is not
  // the key's, or no Yubico OTP), NO_SUCH_FACTOR (no token bears its public id), REPLAYED (not
  // above where the token starts), THROTTLED, SUSPENDED. The subject's failures are not forgotten:
  // a key at hand is not yet the person.
  //
  // ENSURES: all of it is durable. Fails with `not_found`, `denied`, `limit_exceeded`,
  // `already_exists` (a factor bears that public id), `unavailable`, `corrupt`, `conflict`, and as
  // `afterwards` does, which sees the claim as an acceptance.
  awaitable<Result<Answer>> claim(Peer peer, const ClaimToken& ask,
                                  Afterwards* afterwards = nullptr);

 private:
  // What an OTP turned out to be: a token's, and where it stands, or why not.
  struct Tap {
    Reason refused = Reason::none;
    TokenRecord token;
    Motion motion;
  };
  awaitable<Result<Tap>> read(const Passcode& passcode, const SubjectRecord& subject, Time now);
  awaitable<Result<TokenRecord>> token_or_decoy(const std::optional<YubicoOtp>& otp,
                                                const SubjectRecord& subject);
  awaitable<Result<Answer>> take(Peer peer, const ClaimToken& ask, const SubjectPtr& subject,
                                 const Tap& tap, Afterwards* afterwards);
  awaitable<Status> add(Afterwards& afterwards, const SubjectRecord& subject,
                        const JournalEntry& record, Aftermath& also);
  awaitable<Result<Answer>> refuse(const SubjectPtr& subject, const Attempt& attempt);

  Store& store_;
  hsm::Hsm& hsm_;
  const CurrentPolicy& policy_;
  const Clock& clock_;
  Places places_;
  SubjectFinder find_;
  Notices notices_;
  Activation activation_;
};

}  // namespace countersign
