// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/attempt/challenge_service.hpp"

#include "daemon/verify/code_context.hpp"
#include "daemon/verify/purposes.hpp"
#include "daemon/verify/request_tag.hpp"
#include "policies/authorise.hpp"

#include <algorithm>
#include <array>

namespace countersign {
namespace {

// What is asked of a decoy's key when there is no challenge to ask.
constexpr std::array<std::byte, verify::kChallengeBytes> kNoValue{};

Event event_of(const Challenge* challenge) {
  const bool confirms = challenge != nullptr && challenge->purpose == Purpose::confirmation;
  return confirms ? Event::confirm : Event::verify;
}

// A key gets nobody back in: who has no session would learn whether a name has one.
bool recovers(Purpose purpose) { return purpose == Purpose::reset || purpose == Purpose::unlock; }

bool unlocks(const Challenge* challenge) {
  return challenge != nullptr && recovers(challenge->purpose);
}

bool asks_for_code(const Challenge* challenge, const AnswerChallenge& ask) {
  return challenge != nullptr ? is_out_of_band(challenge->kind) : ask.passcode.has_value();
}

// A decoy is of the realm that was asked about: it waits, and fails, as long as others there do.
std::string_view realm_of(const SubjectRecord& subject, const AnswerChallenge& ask) {
  if (!is_decoy(subject.fixed.id)) return subject.fixed.name.realm.text();
  return ask.subject ? ask.subject->realm.text() : std::string_view{};
}

}  // namespace

awaitable<Result<ChallengeReport>> ChallengeService::start(Peer peer, const StartChallenge& ask) {
  const CurrentPolicy policy = policy_;
  CS_CO_CHECK(policies::authorise_realm(*policy, peer, ask.subject.realm.text()));
  // Before anybody is looked for: every name is refused alike.
  if (peer.role == Role::enroll && ask.purpose && recovers(*ask.purpose)) {
    co_return Error{ErrorCode::malformed, "challenge.kind"};
  }
  CS_CO_TRY(const SubjectId id, co_await store_.identify(ask.subject));
  CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(id));
  CS_CO_TRY(const SecretBytes random, co_await hsm_.random(verify::kChallengeRandomBytes));

  const Purpose purpose =
      ask.purpose.value_or(verify::purpose_meant(peer.role, *subject, ask.factor));
  // A key shows nobody what they agree to, and goes to no address.
  if (purpose == Purpose::transaction || purpose == Purpose::address) {
    co_return Error{ErrorCode::malformed, "challenge.kind"};
  }
  if (!verify::may_have(peer.role, purpose))
    co_return Error{ErrorCode::denied, "challenge.purpose"};
  const verify::Addressee addressee =
      verify::addressee(*subject, ask.factor, purpose, FactorKind::chalresp);
  const policies::Challenges& rules = policy->of(ask.subject.realm.text()).challenge;
  const std::chrono::seconds lifetime = rules.lifetime;
  Challenge challenge =
      verify::fresh_challenge(random.expose(), id, addressee, clock_.now(), lifetime);
  ChallengeReport report{.id = challenge.id,
                         .factor = addressee.factor,
                         .kind = FactorKind::chalresp,
                         .value = challenge.value,
                         .lifetime = lifetime,
                         .purpose = purpose};
  std::unique_ptr<Message> no_message;
  JournalEntry no_entry;
  CS_CO_CHECK(co_await store_.keep(std::move(challenge), rules.open_max, std::move(no_message),
                                   std::move(no_entry)));
  co_return report;
}

awaitable<Result<Verdict>> ChallengeService::answer(Peer peer, const RequestId& id,
                                                    const AnswerChallenge& ask,
                                                    Afterwards* afterwards) {
  CS_CO_TRY(const RequestTag tag, verify::request_tag(peer.uid, id));
  const CurrentPolicy policy = policy_;
  CS_CO_TRY(Found found, co_await find(ask));

  // One attempt on a subject at a time: parallel guesses cannot outrun the count.
  const SourcePrint from = places_.print(ask.client_address, peer);
  CS_CO_TRY(const Turns::Turn turn, co_await places_.take_turn(found.subject, from));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    // Whoever had the turn before us may have used it up.
    CS_CO_TRY(found.challenge, co_await store_.challenge(ask.challenge));
    const Challenge* challenge = found.is_anothers ? nullptr : found.challenge.get();
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(found.subject));
    if (!is_decoy(found.subject)) {
      CS_CO_CHECK(policies::authorise_realm(*policy, peer, subject->fixed.name.realm.text()));
    }
    if (challenge != nullptr && !verify::is_meant(peer.role, ask.purpose, challenge->purpose)) {
      co_return Error{ErrorCode::denied, "challenge.purpose"};
    }

    const policies::Policy& rules = policy->of(realm_of(*subject, ask));
    const verify::Circumstances circumstances{
        .event = event_of(challenge),
        .now = clock_.now(),
        .peer_uid = peer.uid,
        .tag = tag,
        .client_address = ask.client_address,
        .lane = Places::lane_of(*subject, from, unlocks(challenge), clock_.now())};
    CS_CO_TRY(Attempt attempt, co_await evaluate(*subject, challenge, ask, rules, circumstances));
    note_place(*subject, attempt);
    CS_CO_CHECK(co_await add_aftermath(*subject, attempt));
    CS_CO_CHECK(co_await complete(peer.role, *subject, attempt));
    if (afterwards != nullptr) CS_CO_CHECK(co_await afterwards->add(*subject, attempt));

    // Nobody learns the verdict before it is durable, and the challenge used up with it.
    const Status committed = co_await store_.commit(subject, attempt);
    if (committed) {
      remember(attempt);
      co_return attempt.verdict;
    }
    if (committed.error().code != ErrorCode::conflict) co_return committed.error();
    // Another writer was first. Its attempt counts; ours begins again.
  }
  co_return Error{ErrorCode::conflict, "challenge.conflicts"};
}

awaitable<Result<ChallengeService::Found>> ChallengeService::find(const AnswerChallenge& ask) {
  CS_CO_TRY(ChallengePtr challenge, co_await store_.challenge(ask.challenge));
  const SubjectId stand_in = decoy_of_name(number(ask.challenge));
  Found found{.subject = challenge ? challenge->subject : stand_in};
  if (!ask.subject) co_return found;
  CS_CO_TRY(const SubjectId named, co_await store_.identify(*ask.subject));
  // Of somebody else there is no such challenge.
  found.is_anothers = found.subject != named;
  if (found.is_anothers) found.subject = stand_in;
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
      verify::candidate_to_answer(subject, challenge, policy, circumstances);
  bool yes = false;
  if (asks_for_code(challenge, ask)) {
    CS_CO_TRY(yes, co_await is_code(challenge, ask));
  } else {
    CS_CO_TRY(yes, co_await is_response(subject, challenge, candidate, ask.response));
  }
  if (candidate.refusal) {
    Attempt attempt = verify::refuse(subject, *candidate.refusal, circumstances);
    // Its stand-in is nobody, and that is not what is wrong.
    if (challenge == nullptr) attempt.verdict = Verdict{.reason = Reason::expired};
    co_return attempt;
  }
  co_return verify::judge_answer(subject, *challenge, candidate, yes, policy, circumstances);
}

// A decoy's secret answers for whoever has none of their own.
awaitable<Result<bool>> ChallengeService::is_response(const SubjectRecord& subject,
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

// No code has the MAC of a challenge that is not there.
awaitable<Result<bool>> ChallengeService::is_code(const Challenge* challenge,
                                                  const AnswerChallenge& ask) {
  const Challenge none;
  const Challenge& asked = challenge != nullptr ? *challenge : none;
  const Bytes context = verify::code_context(asked, ask.transaction);
  hsm::MatchCode question{.context = context};
  if (challenge != nullptr && challenge->value.size() != question.mac.size()) {
    co_return Error{ErrorCode::corrupt, "challenge.value"};
  }
  std::ranges::copy(asked.value, question.mac.begin());
  if (ask.passcode) question.passcode = ask.passcode->expose();
  CS_CO_TRY(const bool matches, co_await hsm_.match_code(question));
  co_return matches&& challenge != nullptr;
}

// It is durable.
void ChallengeService::remember(const Attempt& attempt) {
  if (!attempt.aftermath) return;
  if (attempt.aftermath->answered) {
    outbox_.ledger.answered(*attempt.aftermath->answered, attempt.entry.at);
  }
  notices_.queued(attempt.aftermath->notices);
}

// Whoever asks for codes from nowhere does so from the peer itself: their number is limited by
// place.
void ChallengeService::note_place(const SubjectRecord& subject, Attempt& attempt) const {
  if (!attempt.challenge || attempt.challenge->row.purpose == Purpose::address) return;
  const std::string& address = attempt.entry.client_address;
  if (address.empty() && !is_out_of_band(attempt.challenge->row.kind)) return;
  Places::note(subject, outbox_.prints.print(address, attempt.entry.peer_uid), attempt);
}

// A factor that is confirmed so may end an activation.
awaitable<Status> ChallengeService::complete(Role role, const SubjectRecord& subject,
                                             Attempt& attempt) {
  const bool confirms = attempt.challenge && attempt.verdict.accepted && attempt.aftermath &&
                        attempt.challenge->row.purpose == Purpose::confirmation;
  if (!confirms) co_return Status{};
  const Factor& confirmed = subject.find(attempt.challenge->row.factor)->fixed;
  co_return co_await activation_.complete(role, subject, confirmed, *attempt.aftermath,
                                          attempt.entry.at);
}

awaitable<Status> ChallengeService::add_aftermath(const SubjectRecord& subject, Attempt& attempt) {
  if (!attempt.challenge || !attempt.verdict.accepted) co_return Status{};
  const Challenge& challenge = attempt.challenge->row;
  const bool is_code = is_out_of_band(challenge.kind);
  const bool confirms = challenge.purpose == Purpose::confirmation;
  if (!is_code && !confirms) co_return Status{};
  Aftermath& also = attempt.also();
  if (is_code) also.answered = outbox_.prints.message_of(challenge.id);
  if (confirms) {
    const Factor& added = subject.find(challenge.factor)->fixed;
    if (is_contact(added.kind)) {
      co_return co_await contacts_.replace(subject, added, attempt.entry, also);
    }
    CS_CO_TRY(Told told,
              co_await notices_.write(MessageKind::factor_added, subject, added, attempt.entry));
    std::move(told).leave_in(also);
  }
  co_return Status{};
}

}  // namespace countersign
