// SPDX-License-Identifier: Apache-2.0
// Secret questions: the one that is asked before a reset, and the one to sign in by.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/factor/known_factors.hpp"
#include "daemon/service/factor/questions.hpp"
#include "daemon/service/gate/visit.hpp"
#include "daemon/service/session/sessions.hpp"

namespace countersign {

class QuestionService {
 public:
  static constexpr std::size_t kCustomCodePointsMin = 10;
  static constexpr std::size_t kCustomCodePointsMax = 150;
  static constexpr std::size_t kAnswerCodePointsMax = 128;

  explicit QuestionService(const Parts& parts)
      : parts_{parts}, questions_{parts}, known_{parts}, sessions_{parts} {}

  // Its answer is not part of the question, and neither the username nor the password.
  //
  // Fails with `malformed` (which says what is wrong), `denied` (the policy offers none to sign in
  // by), `already_exists` (the other question is the same), `busy`, `unavailable`, `corrupt`.
  // And with `denied` when the session has ended meanwhile.
  // REQUIRES: the gate has let it in with a session; both outlive the wait.
  awaitable<Result<FactorReport>> set(const Visit& visit, const SetQuestion& ask);

  // What is asked before a reset, in a session that resets; else what one signs in by.
  // Fails with `unavailable`, `corrupt`. REQUIRES: as set().
  awaitable<Result<QuestionReport>> get(const Visit& visit);

 private:
  awaitable<Status> check_answer(const SubjectRecord& subject, const SetQuestion& ask,
                                 std::string_view question);
  awaitable<Status> check_other(const SubjectRecord& subject, FactorKind kind,
                                const SetQuestion& ask);
  awaitable<Result<FactorReport>> write(const Visit& visit, const SetQuestion& ask,
                                        FactorKind kind);

  Parts parts_;
  Questions questions_;
  KnownFactors known_;
  Sessions sessions_;
};

}  // namespace countersign
