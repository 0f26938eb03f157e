// SPDX-License-Identifier: Apache-2.0
// Setting a password: the first one, after a reset, or another one.
//
// A password that is set ends every other session of its owner, the links by which it could be
// reset, and what let a device stand for a factor.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/attempt/attempts.hpp"
#include "daemon/service/factor/known_factors.hpp"
#include "daemon/service/gate/visit.hpp"
#include "daemon/service/session/sessions.hpp"

namespace countersign {

class PasswordService {
 public:
  explicit PasswordService(const Parts& parts)
      : parts_{parts}, attempts_{parts}, known_{parts}, sessions_{parts} {}

  // Says which rules it breaks, all at once; or sets it. A wrong present password is an attempt
  // like any other, and counts.
  //
  // Fails with `conflict` when this session may set none (a first one, when there is one; any,
  // before the question is answered), `busy`, `unavailable`, `corrupt`, `limit_exceeded`.
  // REQUIRES: the gate has let it in with a session; both outlive the wait.
  awaitable<Result<PasswordReport>> set(const Visit& visit, const SetPassword& ask);

 private:
  // What one setting works with.
  struct Setting {
    const Visit& visit;
    const SetPassword& ask;
    const SecretBytes& text;  // the new one, normalised
    const policies::Policy& policy;
    Time now{};
  };
  awaitable<Result<bool>> is_current(const Setting& setting);
  awaitable<Result<PasswordReport>> write(const Setting& setting, PasswordReport report);
  awaitable<Result<SealedSecret>> hashed(const Setting& setting, const SubjectRecord& subject);
  awaitable<Result<bool>> is_known_already(const Setting& setting, const SubjectRecord& subject);
  awaitable<Result<Aftermath>> ends(const Setting& setting, const SubjectRecord& subject);
  awaitable<Result<SecretBytes>> promote(const Setting& setting, const SubjectRecord& subject,
                                         Aftermath& also);

  Parts parts_;
  Attempts attempts_;
  KnownFactors known_;
  Sessions sessions_;
};

}  // namespace countersign
