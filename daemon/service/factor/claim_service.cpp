// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/factor/claim_service.hpp"

#include "daemon/service/admin/token_service.hpp"
#include "daemon/service/factor/factor_service.hpp"
#include "daemon/service/factor/former_position.hpp"
#include "daemon/service/gate/standing.hpp"
#include "daemon/verify/typed.hpp"
#include "daemon/verify/yubico.hpp"

namespace countersign {

awaitable<Result<Answer>> ClaimService::claim(Peer peer, const ClaimToken& ask,
                                              Afterwards* afterwards) {
  const CurrentPolicy policy = policy_;
  const policies::Policy& rules = policy->of(ask.name.realm.text());
  CS_CO_CHECK(may_set_up(rules, peer, FactorKind::yubico_otp));
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_name(peer, ask.name));
  const SourcePrint from = places_.print(ask.client_address, peer);
  CS_CO_TRY(const Turns::Turn turn, co_await places_.take_turn(found->fixed.id, from));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(found->fixed.id));
    CS_CO_CHECK(FactorService::has_room(*subject));
    const verify::Circumstances circumstances{
        .event = Event::token_claimed,
        .now = clock_.now(),
        .peer_uid = peer.uid,
        .client_address = ask.client_address,
        .lane = Places::lane_of(*subject, from, false, clock_.now())};
    const auto closed = verify::closed(*subject, rules.throttle, circumstances);
    CS_CO_TRY(const Tap tap, co_await read(ask.passcode, *subject, circumstances.now));

    Result<Answer> answer = Error{};
    if (closed) {
      const Attempt attempt = verify::refuse(*subject, *closed, circumstances);
      answer = co_await refuse(subject, attempt);
    } else if (tap.refused != Reason::none) {
      const Attempt attempt = verify::fail(*subject, tap.refused, rules.throttle, circumstances);
      answer = co_await refuse(subject, attempt);
    } else {
      answer = co_await take(peer, ask, subject, tap, afterwards);
    }
    if (answer || answer.error().code != ErrorCode::conflict) co_return answer;
    // Another writer was first, or somebody else has claimed the token. Ours begins again.
  }
  co_return Error{ErrorCode::conflict, "claim.conflicts"};
}

// Nobody learns why before it is durable.
awaitable<Result<Answer>> ClaimService::refuse(const SubjectPtr& subject, const Attempt& attempt) {
  CS_CO_CHECK(co_await store_.commit(subject, attempt));
  co_return Answer{attempt.verdict};
}

awaitable<Result<Answer>> ClaimService::take(Peer peer, const ClaimToken& ask,
                                             const SubjectPtr& subject, const Tap& tap,
                                             Afterwards* afterwards) {
  const Time now = tap.motion.accepted_at;
  Factor factor = factor_of(tap.token.fixed, subject->fixed.id, ask.label, now);
  factor.id = kNewFactor;
  factor.state = FactorState::active;
  JournalEntry record{.at = now,
                      .event = Event::token_claimed,
                      .peer_uid = peer.uid,
                      .client_address = ask.client_address};
  Aftermath also;
  CS_CO_TRY(Told told,
            co_await notices_.write(MessageKind::factor_added, *subject, factor, record));
  std::move(told).leave_in(also);
  CS_CO_CHECK(co_await activation_.complete(peer.role, *subject, factor, also, now));
  if (afterwards != nullptr) {
    CS_CO_CHECK(co_await add(*afterwards, *subject, record, also));
  }
  CS_CO_TRY(factor.id, co_await store_.assign(tap.token, subject, factor, tap.motion,
                                              std::move(record), also));
  notices_.queued(also.notices);
  co_return Answer{FactorReport{
      .subject = subject->fixed.name, .factor = std::move(factor), .accepted_at = now}};
}

// A claim is an acceptance by a factor that is yet to come.
awaitable<Status> ClaimService::add(Afterwards& afterwards, const SubjectRecord& subject,
                                    const JournalEntry& record, Aftermath& also) {
  Attempt attempt;
  attempt.subject = subject.fixed.id;
  attempt.entry = record;
  attempt.verdict = {.accepted = true, .kind = FactorKind::yubico_otp};
  attempt.aftermath = std::make_unique<Aftermath>(std::move(also));
  CS_CO_CHECK(co_await afterwards.add(subject, attempt));
  also = std::move(*attempt.aftermath);
  co_return Status{};
}

// What is no token's goes the same way, with a decoy's key: how long it took tells an outsider
// nothing.
awaitable<Result<ClaimService::Tap>> ClaimService::read(const Passcode& passcode,
                                                        const SubjectRecord& subject, Time now) {
  const std::optional<YubicoOtp> otp = verify::typed_from(passcode).yubico;
  Tap tap;
  CS_CO_TRY(tap.token, co_await token_or_decoy(otp, subject));
  const bool known = number(tap.token.fixed.id) != 0;
  hsm::MatchYubico question{.sealed = tap.token.fixed.sealed};
  if (otp) question.block = otp->block;
  CS_CO_TRY(const auto fields, co_await hsm_.match_yubico(question));
  if (!known) {
    tap.refused = otp ? Reason::no_such_factor : Reason::wrong_code;
    co_return tap;
  }
  if (!fields) {
    tap.refused = Reason::wrong_code;
    co_return tap;
  }
  const YubicoCounters counters{fields->session_counter, fields->session_use, fields->timestamp};
  tap.motion.position = Position{static_cast<std::int64_t>(verify::yubico_counter(counters))};
  tap.motion.timestamp = counters.timestamp;
  tap.motion.accepted_at = now;
  CS_CO_TRY(const KeyHistory history, co_await key_history(store_, tap.token.fixed.sealed));
  const Position start = std::max(tap.token.fixed.position, history.position);
  if (tap.motion.position <= start) {
    tap.refused = Reason::replayed;
  } else if (history.in_use) {
    co_return Error{ErrorCode::already_exists, "enrol.secret"};
  }
  co_return tap;
}

// The number of a decoy is 0.
awaitable<Result<TokenRecord>> ClaimService::token_or_decoy(const std::optional<YubicoOtp>& otp,
                                                            const SubjectRecord& subject) {
  std::vector<TokenRecord> found;
  if (otp) {
    CS_CO_TRY(found, co_await store_.tokens_of_public_id(otp->public_id));
  }
  for (TokenRecord& row : found) {
    if (row.fixed.kind == FactorKind::yubico_otp) co_return std::move(row);
  }
  const SubjectId stand_in = decoy_of_public_id(number(subject.fixed.id));
  CS_CO_TRY(const SubjectPtr decoy, co_await store_.subject(stand_in));
  TokenRecord token;
  token.fixed.sealed = decoy->factors.front().fixed.sealed;
  co_return token;
}

}  // namespace countersign
