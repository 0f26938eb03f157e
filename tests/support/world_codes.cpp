// SPDX-License-Identifier: Apache-2.0
// Codes in the World: who has them sent, who answers them, and who delivers them.
#include "tests/support/world.hpp"

#include "daemon/service/message/destinations.hpp"

namespace countersign::test {

FactorRecord& World::add_destination(FactorId id, FactorKind channel, FactorState state) {
  const bool is_sms = channel == FactorKind::sms;
  const Destination destination{channel, std::string{is_sms ? kNumber : kAddress}};
  const auto sealed = run(seal_destination(*this, destination));
  FactorRecord& record = add(id, channel, state);
  record.fixed.sealed = *sealed;
  return record;
}

void World::welcome_courier() {
  rules.sms.prefixes = {{"+358", 500}};
  if (memory.stand_in.sealed.empty()) (void)run(memory.fill(*this, *this, rules, clock.time));
  memory.presence.asked(
      {{.name = "a", .channel = FactorKind::sms, .state = ProviderState::works},
       {.name = "b", .channel = FactorKind::email, .state = ProviderState::works}},
      clock.time + std::chrono::hours{48});
}

StartChallenge World::code_wish(std::string_view username) {
  return {.subject = {*Realm::from(""), *Username::from(username)},
          .client_address = "192.0.2.7",
          .kind = FactorKind::sms};
}

Result<ChallengeReport> World::start(const StartChallenge& wish, Peer peer) {
  return run(start_later(wish, peer));
}

awaitable<Result<ChallengeReport>> World::start_later(const StartChallenge& wish, Peer peer) {
  return codes_.start(peer, wish);
}

AnswerChallenge World::code_answer(ChallengeId challenge, std::string_view code) {
  AnswerChallenge ask{.challenge = challenge, .client_address = "192.0.2.7"};
  ask.passcode.emplace(*Passcode::from(code));
  return ask;
}

Result<Verdict> World::answer(AnswerChallenge ask, Peer peer) {
  return run(answer_later(std::move(ask), peer));
}

awaitable<Result<Verdict>> World::answer_later(AnswerChallenge ask, Peer peer) {
  const RequestId id = request_id(next_request_++);
  co_return co_await challenge_service_.answer(peer, id, ask);
}

std::vector<OutboundMessage> World::take() {
  TakeMessages ask;
  ask.providers = memory.presence.providers();
  auto answer = run(couriers.take(std::move(ask)));
  if (!answer) return {};
  return std::move(std::get<MessageBatch>(*answer).messages);
}

void World::sweep() {
  const auto swept = [this]() -> awaitable<bool> {
    co_await couriers.sweep();
    co_return true;
  };
  run(swept());
}

Status World::report(MessageId id, MessageOutcome outcome) {
  ReportMessages ask;
  ask.reports.push_back({.id = id, .outcome = outcome});
  const auto answer = run(couriers.report(kPeer, ask));
  return answer ? Status{} : Status{answer.error()};
}

}  // namespace countersign::test
