// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/verify_service.hpp"

#include "base/log.hpp"
#include "daemon/verify/candidates.hpp"
#include "daemon/verify/match.hpp"
#include "daemon/verify/request_tag.hpp"

namespace countersign {

namespace {

policies::Way way_of(const Verify& ask) {
  const bool named = ask.subject || ask.factor;
  return named ? policies::Way::by_name : policies::Way::by_public_id;
}

void log_held_back(const SubjectRecord& subject, const Attempt& attempt) {
  if (!attempt.held_back) return;
  log::warning("yubico_otp_late", {{"subject", number(subject.fixed.id)},
                                   {"factor", number(attempt.entry.factor)},
                                   {"seconds", attempt.held_back->count()}});
}

}  // namespace

awaitable<Result<Verdict>> VerifyService::verify(Peer peer, const RequestId& id,
                                                 const Verify& ask) {
  const verify::Typed typed = verify::typed_from(ask.passcode);
  CS_CO_CHECK(authorise(*policy_, peer, ask, typed));
  CS_CO_TRY(const Whose whose, co_await this->whose(ask, typed));
  const Question question{Event::verify, whose.subject,      whose.factor,
                          typed,         ask.client_address, way_of(ask)};
  co_return co_await evaluate(peer, id, question);
}

Status VerifyService::authorise(const policies::Policy& policy, Peer peer, const Verify& ask,
                                const verify::Typed& typed) {
  const policies::Way way = way_of(ask);
  const Status allowed = policies::authorise_way(policy, peer, way);
  if (way == policies::Way::by_name) {
    CS_CHECK(allowed);
    return ask.subject ? policies::authorise_realm(policy, peer, ask.subject->realm.text())
                       : Status{};
  }
  // Whoever is no gateway forgot to say whom they mean.
  if (!allowed) return Error{ErrorCode::malformed, "verify.nobody"};
  if (!typed.yubico) return Error{ErrorCode::malformed, "verify.public_id"};
  return {};
}

awaitable<Result<Verdict>> VerifyService::confirm(Peer peer, const RequestId& id,
                                                  const ConfirmFactor& ask) {
  CS_CO_TRY(const SubjectId subject, co_await store_.owner(ask.factor));
  const verify::Typed typed = verify::typed_from(ask.passcode);
  const std::string no_address;
  const Question question{Event::confirm, subject, ask.factor, typed, no_address};
  co_return co_await evaluate(peer, id, question);
}

// An unknown name and an unknown public id get their decoys, and an unknown factor one by its
// number: they go the same way as everyone.
awaitable<Result<VerifyService::Whose>> VerifyService::whose(const Verify& ask,
                                                             const verify::Typed& typed) {
  if (way_of(ask) == policies::Way::by_public_id) {
    CS_CO_TRY(const FactorOwner owner, co_await store_.owner_of_public_id(typed.yubico->public_id));
    co_return Whose{owner.subject, owner.factor};
  }
  if (ask.subject) {
    CS_CO_TRY(const SubjectId subject, co_await store_.identify(*ask.subject));
    co_return Whose{subject, ask.factor};
  }
  const auto owner = co_await store_.owner(*ask.factor);
  if (owner) co_return Whose{*owner, ask.factor};
  if (owner.error().code != ErrorCode::not_found) co_return owner.error();
  co_return Whose{decoy_of_name(number(*ask.factor)), ask.factor};
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
      CS_CO_CHECK(
          policies::authorise_realm(*policy, peer, subject->fixed.name.realm.text(), question.way));
    }

    const verify::Circumstances circumstances{
        .event = question.event,
        .now = clock_.now(),
        .peer_uid = peer.uid,
        .tag = tag,
        .client_address = question.client_address,
        .by_public_id = question.way == policies::Way::by_public_id};
    Decision decision;
    CS_CO_CHECK(co_await decide(*subject, question, *policy, circumstances, decision));
    // Seldom: named first, so that whoever signs in pays nothing for it.
    const bool confirms = question.event == Event::confirm;
    if (confirms) CS_CO_CHECK(co_await add_notices(*subject, decision.attempt));

    // Nobody learns the verdict before it is durable. A crash up to here has told the peer
    // nothing, so it has nothing to gain from one.
    const Status committed = co_await store_.commit(subject, decision.attempt);
    if (committed) log_held_back(*subject, decision.attempt);
    if (committed && decision.attempt.aftermath) {
      notices_.queued(decision.attempt.aftermath->notices);
    }
    if (committed && decision.failure) co_return *decision.failure;
    if (committed) co_return decision.attempt.verdict;
    if (committed.error().code != ErrorCode::conflict) co_return committed.error();
    // Another writer was first. Its attempt counts; ours begins again.
  }
  co_return Error{ErrorCode::conflict, "verify.conflicts"};
}

// Whoever has the account is told of the factor that it has now.
awaitable<Status> VerifyService::add_notices(const SubjectRecord& subject, Attempt& attempt) {
  if (!attempt.verdict.accepted) co_return Status{};
  const Factor& added = subject.find(attempt.verdict.factor)->fixed;
  CS_CO_TRY(std::vector<Message> notices,
            co_await notices_.write(MessageKind::factor_added, subject, added, attempt.entry));
  if (notices.empty()) co_return Status{};
  attempt.aftermath = std::make_unique<Aftermath>();
  attempt.aftermath->notices = std::move(notices);
  co_return Status{};
}

awaitable<Status> VerifyService::decide(const SubjectRecord& subject, const Question& question,
                                        const policies::Policy& policy,
                                        const verify::Circumstances& circumstances,
                                        Decision& decision) {
  const verify::Candidates candidates =
      question.event == Event::confirm
          ? verify::candidate_to_confirm(subject, *question.factor, question.typed, policy.throttle,
                                         circumstances.now)
          // A decoy's factor has a number of its own: nobody can name it, everybody meets it.
          : verify::candidates(subject, is_decoy(subject.fixed.id) ? std::nullopt : question.factor,
                               question.typed, policy.throttle, circumstances.now);
  if (candidates.refusal) {
    co_return co_await refuse(subject, *candidates.refusal, question, policy, circumstances,
                              decision);
  }
  CS_CO_TRY(
      const verify::Outcome outcome,
      co_await verify::match(candidates, question.typed, policy.windows, circumstances.now, hsm_));
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
  const std::int64_t place = number(subject.fixed.id);
  const SubjectId stand_in =
      question.typed.yubico ? decoy_of_public_id(place) : decoy_of_name(place);
  CS_CO_TRY(const SubjectPtr decoy, co_await store_.subject(stand_in));
  verify::Candidates alike;
  alike.factors[0] = &decoy->factors.front();
  alike.size = 1;
  const auto ignored =
      co_await verify::match(alike, question.typed, policy.windows, circumstances.now, hsm_);
  if (!ignored) co_return ignored.error();
  decision.attempt = verify::refuse(subject, refusal, circumstances);
  co_return Status{};
}

}  // namespace countersign
