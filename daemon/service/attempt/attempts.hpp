// SPDX-License-Identifier: Apache-2.0
// One attempt on a subject, from its turn to the durable verdict: whatever was typed, and whoever
// asks for what.
#pragma once

#include "daemon/model/requests.hpp"
#include "daemon/service/attempt/places.hpp"
#include "daemon/service/message/notices.hpp"
#include "daemon/service/parts.hpp"
#include "daemon/verify/judge.hpp"
#include "policies/authorise.hpp"

#include <optional>

namespace countersign {

// What else shall become true with an attempt, in the same commit.
class Afterwards {
 public:
  virtual ~Afterwards() = default;

  // Whether `add` has anything to do. Whoever signs in every day is not to pay for what is rare.
  [[nodiscard]] virtual bool follows(const Attempt& /*attempt*/) const { return true; }
  // Looks at the verdict, and adds to the aftermath. Called with the subject's turn held, before
  // the commit, after every verdict that it `follows`; and again, with a new attempt, when another
  // writer was first. An error is told to the peer, and nothing happened.
  virtual awaitable<Status> add(const SubjectRecord& subject, Attempt& attempt) = 0;
};

// What is asked. REQUIRES: all that it points to outlives the wait.
struct Question {
  Event event{};
  SubjectId subject{};
  std::optional<FactorId> factor;
  // What was typed: a passcode, or what one kind of factor asks for. One of the two.
  const verify::Typed* typed = nullptr;
  const verify::TypedSecret* secret = nullptr;
  const std::string& client_address;
  policies::Way way = policies::Way::by_name;
  // The realm that was named: its policy holds for a name that nobody bears.
  const Realm* realm = nullptr;
};

class Attempts {
 public:
  explicit Attempts(const Parts& parts)
      : store_{parts.store},
        hsm_{parts.hsm},
        hasher_{parts.hasher},
        policy_{parts.policy},
        clock_{parts.clock},
        notices_{parts},
        places_{parts} {}

  // Does what was typed belong to this subject, now, for the first time?
  //
  // REQUIRES: the peer may ask; `id` and `afterwards` outlive the wait. Fails with `denied`
  // (realm), `unavailable`, `corrupt`, `limit_exceeded`, `conflict`, `busy`, and as `afterwards`
  // does. ENSURES: the verdict, the moves, the aftermath and the journal record are durable.
  awaitable<Result<Verdict>> evaluate(Peer peer, const RequestId& id, Question question,
                                      Afterwards* afterwards = nullptr);

 private:
  struct Decision {
    Attempt attempt;
    std::optional<Error> failure;  // told to the peer instead of the verdict, once all is durable
  };

  // REQUIRES (of both): `from` outlives the wait.
  awaitable<Result<Turns::Turn>> take_turn(const Question& question, const SourcePrint& from) const;
  // Fails with `busy` when too many wait who are hashed: it is a matter of a moment.
  awaitable<Result<Turns::Turn>> take_hashed_turn(SubjectId subject, const SourcePrint& from) const;
  // Both leave what they decide in `decision`, which is too large to be handed up frame by frame.
  awaitable<Status> decide(const SubjectRecord& subject, const Question& question,
                           const policies::Policy& policy,
                           const verify::Circumstances& circumstances, Decision& decision);
  awaitable<Result<verify::Outcome>> match(const verify::Candidates& candidates,
                                           const Question& question, const policies::Policy& policy,
                                           const verify::Circumstances& circumstances);
  awaitable<Status> refuse(const SubjectRecord& subject, verify::Refusal refusal,
                           const Question& question, const policies::Policy& policy,
                           const verify::Circumstances& circumstances, Decision& decision);

  Store& store_;
  hsm::Hsm& hsm_;
  Hasher& hasher_;
  const CurrentPolicy& policy_;
  const Clock& clock_;
  Notices notices_;
  Places places_;
};

}  // namespace countersign
