// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/challenge_service.hpp"

#include "daemon/verify/request_tag.hpp"
#include "policies/authorise.hpp"

#include <array>

namespace countersign {
namespace {

// What is asked of a decoy's key when there is no challenge to ask.
constexpr std::array<std::byte, verify::kChallengeBytes> kNoValue{};

// Whoever signs people in proves nothing about a new factor, and whoever enrols factors signs
// nobody in. The security team does both.
verify::Purposes purposes_of(Peer peer) {
  return {.sign_in = peer.role != Role::provision, .confirmation = peer.role != Role::verify};
}

Event event_of(const Challenge* challenge) {
  const bool confirms = challenge != nullptr && challenge->purpose == Purpose::confirmation;
  return confirms ? Event::confirm : Event::verify;
}

}  // namespace

awaitable<Result<ChallengeReport>> ChallengeService::start(Peer peer, const StartChallenge& ask) {
  const CurrentPolicy policy = policy_;
  CS_CO_CHECK(policies::authorise_realm(*policy, peer, ask.subject.realm.text()));
  CS_CO_TRY(const SubjectId id, co_await store_.identify(ask.subject));
  CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(id));
  CS_CO_TRY(const SecretBytes random, co_await hsm_.random(verify::kChallengeRandomBytes));

  const verify::Addressee addressee = verify::addressee(*subject, ask.factor, purposes_of(peer));
  const std::chrono::seconds lifetime = policy->challenge.lifetime;
  Challenge challenge =
      verify::fresh_challenge(random.expose(), id, addressee, clock_.now(), lifetime);
  ChallengeReport report{.id = challenge.id,
                         .factor = addressee.factor,
                         .kind = FactorKind::chalresp,
                         .value = challenge.value,
                         .lifetime = lifetime};
  std::unique_ptr<Message> no_message;
  JournalEntry no_entry;
  CS_CO_CHECK(co_await store_.keep(std::move(challenge), policy->challenge.open_max,
                                   std::move(no_message), std::move(no_entry)));
  co_return report;
}

awaitable<Result<Verdict>> ChallengeService::answer(Peer peer, const RequestId& id,
                                                    const AnswerChallenge& ask) {
  CS_CO_TRY(const RequestTag tag, verify::request_tag(peer.uid, id));
  const CurrentPolicy policy = policy_;
  CS_CO_TRY(Found found, co_await find(ask.challenge));

  // One attempt on a subject at a time: parallel guesses cannot outrun the count.
  CS_CO_TRY(const Turns::Turn turn, co_await turns_.take(found.subject));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    // Whoever had the turn before us may have used it up.
    CS_CO_TRY(found.challenge, co_await store_.challenge(ask.challenge));
    const Challenge* challenge = found.challenge.get();
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(found.subject));
    if (!is_decoy(found.subject)) {
      CS_CO_CHECK(policies::authorise_realm(*policy, peer, subject->fixed.name.realm.text()));
    }
    if (challenge != nullptr && !purposes_of(peer).holds(challenge->purpose)) {
      co_return Error{ErrorCode::denied, "challenge.purpose"};
    }

    const verify::Circumstances circumstances{.event = event_of(challenge),
                                              .now = clock_.now(),
                                              .peer_uid = peer.uid,
                                              .tag = tag,
                                              .client_address = ask.client_address};
    CS_CO_TRY(const Attempt attempt,
              co_await evaluate(*subject, challenge, ask, *policy, circumstances));

    // Nobody learns the verdict before it is durable, and the challenge used up with it.
    const Status committed = co_await store_.commit(subject, attempt);
    if (committed) co_return attempt.verdict;
    if (committed.error().code != ErrorCode::conflict) co_return committed.error();
    // Another writer was first. Its attempt counts; ours begins again.
  }
  co_return Error{ErrorCode::conflict, "challenge.conflicts"};
}

awaitable<Result<ChallengeService::Found>> ChallengeService::find(ChallengeId id) {
  CS_CO_TRY(ChallengePtr challenge, co_await store_.challenge(id));
  Found found{decoy_of_name(number(id)), std::move(challenge)};
  if (found.challenge) found.subject = found.challenge->subject;
  co_return found;
}

// A refusal that nobody needs to evaluate takes the whole way all the same, HSM and commit
// included: how long it took tells an outsider nothing.
awaitable<Result<Attempt>> ChallengeService::evaluate(const SubjectRecord& subject,
                                                      const Challenge* challenge,
                                                      const AnswerChallenge& ask,
                                                      const policies::Policy& policy,
                                                      const verify::Circumstances& circumstances) {
  const verify::Candidates candidate =
      verify::candidate_to_answer(subject, challenge, policy, circumstances.now);
  CS_CO_TRY(const bool yes, co_await matches(subject, challenge, candidate, ask.response));
  if (candidate.refusal) {
    Attempt attempt = verify::refuse(subject, *candidate.refusal, circumstances);
    // Its stand-in is nobody, and that is not what is wrong.
    if (challenge == nullptr) attempt.verdict = Verdict{.reason = Reason::expired};
    co_return attempt;
  }
  co_return verify::judge_answer(subject, *challenge, candidate, yes, policy, circumstances);
}

// A decoy's secret answers for whoever has none of their own.
awaitable<Result<bool>> ChallengeService::matches(const SubjectRecord& subject,
                                                  const Challenge* challenge,
                                                  const verify::Candidates& candidate,
                                                  const SecretBytes& response) {
  const SubjectId stand_in = decoy_of_challenge(number(subject.fixed.id));
  CS_CO_TRY(const SubjectPtr decoy, co_await store_.subject(stand_in));
  const bool is_real = candidate.size == 1 && !is_decoy(subject.fixed.id);
  const FactorRecord& asked = is_real ? *candidate.factors[0] : decoy->factors.front();
  hsm::MatchResponse question{.sealed = asked.fixed.sealed, .challenge = kNoValue};
  if (challenge != nullptr) question.challenge = challenge->value;
  question.response = response.expose();
  co_return co_await hsm_.match_response(question);
}

}  // namespace countersign
