// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/message/code_service.hpp"

#include "daemon/outbox/letter.hpp"
#include "daemon/outbox/mask.hpp"
#include "daemon/service/message/destinations.hpp"
#include "daemon/service/message/envelope.hpp"
#include "daemon/verify/code_context.hpp"
#include "daemon/verify/purposes.hpp"
#include "policies/authorise.hpp"

#include <algorithm>
#include <utility>

namespace countersign {
namespace {

// What the message says of its lifetime: no more than is true, but never nothing.
std::string minutes_of(std::chrono::seconds lifetime) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(lifetime).count();
  return std::to_string(std::max<std::int64_t>(minutes, 1));
}

std::vector<MessageValue> values_of(const StartChallenge& ask, const policies::Codes& codes) {
  std::vector<MessageValue> values{{"lifetime_minutes", minutes_of(codes.lifetime)}};
  if (!ask.transaction.empty()) values.push_back({"transaction", ask.transaction});
  return values;
}

// Whether there is somebody, and where they are reached. Who has not signed in at the companion is
// told neither: it would tell a name that somebody bears from one that nobody does.
bool may_be_told(Peer peer, Purpose purpose) {
  return peer.role != Role::enroll || (purpose != Purpose::reset && purpose != Purpose::unlock);
}

// Whoever has not activated their account yet may confirm what belongs to it.
bool may_have_codes(const Subject& subject, Purpose purpose) {
  if (subject.state == SubjectState::pending) return purpose == Purpose::confirmation;
  return subject.state == SubjectState::active;
}

// By what a password may be reset, as the policy has it.
bool resets_by(FactorKind channel, const policies::Accounts& rules) {
  return channel == FactorKind::sms ? rules.reset_by_sms : rules.reset_by_email;
}

// What counts as where nobody's message goes: each name has its own.
Destination destination_of_nobody(FactorKind channel, SubjectId id) {
  return {channel, "nobody " + std::to_string(number(id))};
}

}  // namespace

// What counts in the place of a destination that there is not.
void CodeService::make_nobodys(outbox::Sending& sending) const {
  const CurrentPolicy policy = parts_.policy;
  sending.nobodys = true;
  sending.destination =
      parts_.outbox.prints.print(destination_of_nobody(sending.channel, sending.subject));
  if (sending.channel == FactorKind::sms) {
    sending.prefix = prefix_of_nobody(*policy, sending.subject);
  }
}

awaitable<Result<ChallengeReport>> CodeService::start(Peer peer, const StartChallenge& ask) {
  const CurrentPolicy policy = parts_.policy;
  const policies::Policy& rules = policy->of(ask.subject.realm.text());
  CS_CO_CHECK(policies::authorise_realm(*policy, peer, ask.subject.realm.text()));
  CS_CO_TRY(const SubjectId id, co_await parts_.store.identify(ask.subject));
  const SourcePrint from = places_.print(ask.client_address, peer);
  // One at a time: the second of two finds that the first was counted, and takes its place whole.
  CS_CO_TRY(const Turns::Turn turn, co_await places_.take_turn(id, from));
  CS_CO_TRY(SubjectPtr subject, co_await parts_.store.subject(id));
  CS_CO_TRY(Errand errand, co_await errand_of(peer, ask, std::move(subject)));
  CS_CO_TRY(const SecretBytes random, co_await parts_.hsm.random(verify::kNumberRandomBytes));

  // Decided and counted without a wait in between: nobody else is let through by the same numbers.
  const Time now = parts_.clock.now();
  errand.sending.expires_at = now + rules.code.lifetime;
  ChallengeReport report{.kind = errand.whom.kind, .purpose = errand.whom.purpose};
  const bool may_know = may_be_told(peer, errand.whom.purpose);
  if (!may_know && errand.to && parts_.outbox.ledger.is_shut(errand.sending, rules, now)) {
    // That nothing goes there would tell that there is somebody: they are sent what nobody is.
    errand.stand_in = *std::exchange(errand.to, std::nullopt);
    make_nobodys(errand.sending);
  }
  const bool is_told = errand.to && may_know;
  if (is_told) report.factor = errand.whom.factor;
  report.delivery = parts_.outbox.allow(errand.sending, rules, now);
  if (is_told) report.delivery->masked_destination = outbox::mask(*errand.to);
  if (report.delivery->outcome != DeliveryOutcome::accepted_for_delivery) co_return report;
  report.id = ChallengeId{verify::fresh_number(random.expose())};
  report.lifetime = rules.code.lifetime;
  report.digits = rules.code.digits;
  parts_.outbox.ledger.count(parts_.outbox.prints.message_of(report.id), errand.sending, now);

  Challenge challenge{.id = report.id,
                      .subject = id,
                      .factor = errand.whom.factor,
                      .kind = errand.whom.kind,
                      .purpose = errand.whom.purpose,
                      .created_at = now,
                      .expires_at = errand.sending.expires_at};
  JournalEntry entry{.at = now, .peer_uid = peer.uid, .client_address = ask.client_address};
  const Status sent = co_await send(rules, ask, errand, std::move(challenge), std::move(entry));
  if (!sent) {
    parts_.outbox.ledger.uncount(parts_.outbox.prints.message_of(report.id));
    co_return sent.error();
  }
  report.delivery->retry_after = parts_.outbox.ledger.wait_before_next(errand.sending, rules, now);
  co_return report;
}

awaitable<Result<CodeService::Prospect>> CodeService::prospect(Peer peer,
                                                               const StartChallenge& ask) {
  const CurrentPolicy policy = parts_.policy;
  const policies::Policy& rules = policy->of(ask.subject.realm.text());
  CS_CO_CHECK(policies::authorise_realm(*policy, peer, ask.subject.realm.text()));
  CS_CO_TRY(const SubjectId id, co_await parts_.store.identify(ask.subject));
  CS_CO_TRY(SubjectPtr subject, co_await parts_.store.subject(id));
  CS_CO_TRY(const Errand errand, co_await errand_of(peer, ask, std::move(subject)));
  Prospect found{.reaches_somebody = errand.to.has_value()};
  found.delivery = parts_.outbox.prospect(errand.sending, rules, parts_.clock.now());
  co_return found;
}

awaitable<Result<CodeService::Errand>> CodeService::errand_of(Peer peer, const StartChallenge& ask,
                                                              SubjectPtr subject) {
  const CurrentPolicy policy = parts_.policy;
  const Purpose purpose =
      ask.purpose.value_or(verify::purpose_meant(peer.role, *subject, ask.factor));
  if (!verify::may_have(peer.role, purpose)) {
    co_return Error{ErrorCode::denied, "challenge.purpose"};
  }
  if ((purpose == Purpose::address) != ask.destination.has_value()) {
    co_return Error{ErrorCode::malformed, "destination.purpose"};
  }
  Errand errand{.subject = std::move(subject)};
  const SubjectId id = errand.subject->fixed.id;
  errand.whom = verify::addressee(*errand.subject, ask.factor, purpose, *ask.kind);
  const policies::Policy& rules = policy->of(ask.subject.realm.text());
  if (purpose == Purpose::reset && !resets_by(*ask.kind, rules.account)) errand.whom.factor = {};
  CS_CO_CHECK(co_await find_destination(ask, errand));
  errand.sending = {.channel = *ask.kind,
                    .kind = kind_of(purpose),
                    .subject = id,
                    .factor = errand.whom.factor,
                    .source = parts_.outbox.prints.print(ask.client_address, peer.uid),
                    .peer_uid = peer.uid};
  errand.sending.familiar =
      is_familiar(errand.subject->sources, errand.sending.source, parts_.clock.now());
  if (errand.to) {
    errand.sending.destination = parts_.outbox.prints.print(*errand.to);
    errand.sending.prefix = prefix_of(*policy, *errand.to);
  } else {
    errand.sending.factor = FactorId{};  // a decoy's would wait for SMS and e-mail together
    make_nobodys(errand.sending);
  }
  co_return errand;
}

// Whoever could not use a code, because their account is suspended, is sent none. Nobody's
// destination is opened too: how long it took tells an outsider nothing. An address was given, and
// nothing is opened for anybody.
awaitable<Status> CodeService::find_destination(const StartChallenge& ask, Errand& errand) {
  const Subject& subject = errand.subject->fixed;
  const bool is_nobodys = is_decoy(subject.id) || !may_have_codes(subject, errand.whom.purpose);
  if (ask.destination) {
    (is_nobodys ? errand.stand_in : errand.to.emplace()) = *ask.destination;
    co_return Status{};
  }
  const FactorRecord* record = is_nobodys ? nullptr : errand.subject->find(errand.whom.factor);
  const Factor& factor = record != nullptr ? record->fixed : parts_.outbox.stand_in;
  CS_CO_TRY(Destination opened, co_await open_destination(parts_.hsm, factor));
  if (record != nullptr) {
    errand.to = std::move(opened);
  } else {
    errand.stand_in = std::move(opened);
  }
  co_return Status{};
}

// Challenge, code and message are one commit; then the courier is told. Nobody's message is written
// and sealed as well, and then forgotten: a sealed one takes longer than none.
awaitable<Status> CodeService::send(const policies::Policy& policy, const StartChallenge& ask,
                                    const Errand& errand, Challenge challenge, JournalEntry entry) {
  const MessageId id = parts_.outbox.prints.message_of(challenge.id);
  const Bytes context = verify::code_context(challenge, ask.transaction);
  const Bytes envelope = envelope_of(id);
  const Destination& to = errand.to ? *errand.to : errand.stand_in;
  CS_CO_TRY(const SecretBytes letter, outbox::write({.destination = to,
                                                     .kind = errand.sending.kind,
                                                     .realm = ask.subject.realm.text(),
                                                     .language = ask.language,
                                                     .values = values_of(ask, policy.code)}));
  const hsm::IssueCode question{.digits = policy.code.digits,
                                .context = context,
                                .message = letter.expose(),
                                .associated_data = envelope};
  CS_CO_TRY(hsm::IssuedCode issued, co_await parts_.hsm.issue_code(question));
  challenge.value = {issued.mac.begin(), issued.mac.end()};
  Message row = row_of(id, errand.sending, challenge.created_at, std::move(issued.sealed));
  row.challenge = challenge.id;
  auto message = std::make_unique<Message>(row);
  CS_CO_CHECK(co_await parts_.store.keep(std::move(challenge), policy.challenge.open_max,
                                         std::move(message), std::move(entry)));
  parts_.outbox.queued(row);
  co_return Status{};
}

}  // namespace countersign
