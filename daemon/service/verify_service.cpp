// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/verify_service.hpp"

#include "daemon/verify/candidates.hpp"
#include "daemon/verify/match.hpp"
#include "daemon/verify/request_tag.hpp"
#include "policies/authorise.hpp"

namespace countersign {

awaitable<Result<Verdict>> VerifyService::verify(Peer peer, const RequestId& id,
                                                 const Verify& ask) {
  if (ask.subject) {
    const CurrentPolicy policy = policy_;
    CS_CO_CHECK(policies::authorise_realm(*policy, peer, ask.subject->realm.text()));
  }
  CS_CO_TRY(const SubjectId subject, co_await whose(ask));
  const Question question{Event::verify, subject, ask.factor, ask.passcode, ask.client_address};
  co_return co_await evaluate(peer, id, question);
}

awaitable<Result<Verdict>> VerifyService::confirm(Peer peer, const RequestId& id,
                                                  const ConfirmFactor& ask) {
  CS_CO_TRY(const SubjectId subject, co_await store_.owner(ask.factor));
  const std::string no_address;
  const Question question{Event::confirm, subject, ask.factor, ask.passcode, no_address};
  co_return co_await evaluate(peer, id, question);
}

// An unknown name gets its decoy, and an unknown factor one by its number: they go the same way as
// everyone.
awaitable<Result<SubjectId>> VerifyService::whose(const Verify& ask) {
  if (ask.subject) co_return co_await store_.identify(*ask.subject);
  auto owner = co_await store_.owner(*ask.factor);
  if (owner || owner.error().code != ErrorCode::not_found) co_return owner;
  co_return decoy_of_name(number(*ask.factor));
}

awaitable<Result<Verdict>> VerifyService::evaluate(Peer peer, const RequestId& id,
                                                   Question question) {
  CS_CO_TRY(const RequestTag tag, verify::request_tag(peer.uid, id));
  const CurrentPolicy policy = policy_;

  // One attempt on a subject at a time: parallel guesses cannot outrun the count.
  CS_CO_TRY(const Turns::Turn turn, co_await turns_.take(question.subject));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(question.subject));
    if (!is_decoy(question.subject)) {  // a factor may be named without its subject
      CS_CO_CHECK(policies::authorise_realm(*policy, peer, subject->fixed.name.realm.text()));
    }

    const verify::Circumstances circumstances{.event = question.event,
                                              .now = clock_.now(),
                                              .peer_uid = peer.uid,
                                              .tag = tag,
                                              .client_address = question.client_address};
    Decision decision;
    CS_CO_CHECK(co_await decide(*subject, question, *policy, circumstances, decision));

    // Nobody learns the verdict before it is durable. A crash up to here has told the peer
    // nothing, so it has nothing to gain from one.
    const Status committed = co_await store_.commit(subject, decision.attempt);
    if (committed && decision.failure) co_return *decision.failure;
    if (committed) co_return decision.attempt.verdict;
    if (committed.error().code != ErrorCode::conflict) co_return committed.error();
    // Another writer was first. Its attempt counts; ours begins again.
  }
  co_return Error{ErrorCode::conflict, "verify.conflicts"};
}

awaitable<Status> VerifyService::decide(const SubjectRecord& subject, const Question& question,
                                        const policies::Policy& policy,
                                        const verify::Circumstances& circumstances,
                                        Decision& decision) {
  const verify::Candidates candidates =
      question.event == Event::confirm
          ? verify::candidate_to_confirm(subject, *question.factor, policy.throttle,
                                         circumstances.now)
          // A decoy's factor has a number of its own: nobody can name it, everybody meets it.
          : verify::candidates(subject, is_decoy(subject.fixed.id) ? std::nullopt : question.factor,
                               question.passcode.expose().size(), policy.throttle,
                               circumstances.now);
  if (candidates.refusal) {
    co_return co_await refuse(subject, *candidates.refusal, question, policy, circumstances,
                              decision);
  }
  CS_CO_TRY(const verify::Outcome outcome,
            co_await verify::match(candidates, question.passcode, policy.windows, circumstances.now,
                                   hsm_));
  decision.attempt = verify::judge(subject, candidates, outcome.match, policy, circumstances);
  decision.failure = outcome.failure;
  co_return Status{};
}

// A refusal that nobody needs to evaluate takes the whole way all the same, HSM and commit
// included, with a decoy's secret: how long it took tells an outsider nothing.
awaitable<Status> VerifyService::refuse(const SubjectRecord& subject, verify::Refusal refusal,
                                        const Question& question, const policies::Policy& policy,
                                        const verify::Circumstances& circumstances,
                                        Decision& decision) {
  const SubjectId stand_in = decoy_of_name(number(subject.fixed.id));
  CS_CO_TRY(const SubjectPtr decoy, co_await store_.subject(stand_in));
  verify::Candidates alike;
  alike.factors[0] = &decoy->factors.front();
  alike.size = 1;
  const auto ignored =
      co_await verify::match(alike, question.passcode, policy.windows, circumstances.now, hsm_);
  if (!ignored) co_return ignored.error();
  decision.attempt = verify::refuse(subject, refusal, circumstances);
  co_return Status{};
}

}  // namespace countersign
