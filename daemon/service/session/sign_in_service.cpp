// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/session/sign_in_service.hpp"

#include "daemon/service/gate/standing.hpp"
#include "daemon/service/session/device_shown.hpp"
#include "policies/authorise.hpp"

#include <algorithm>

namespace countersign {
namespace {

// Whoever has not activated their account yet cannot sign in, and is nobody here: failures that
// were counted as theirs would let strangers keep them from activating it.
SubjectId whose_failures(const SubjectRecord& named) {
  const SubjectId id = named.fixed.id;
  return named.fixed.state == SubjectState::pending ? decoy_of_name(number(id)) : id;
}

// The verdict, and the session that somebody goes on with.
Answer answer_of(const Verdict& verdict, Promotion& promotion) {
  return SessionVerdict{verdict, promotion.take_session()};
}

}  // namespace

awaitable<Result<Answer>> SignInService::sign_in(const Visit& visit, const SignIn& ask) {
  const CurrentPolicy policy = parts_.policy;
  CS_CO_CHECK(policies::authorise_realm(*policy, visit.peer, ask.subject.realm.text()));
  CS_CO_TRY(const SubjectId id, co_await parts_.store.identify(ask.subject));
  CS_CO_TRY(const SubjectPtr named, co_await parts_.store.subject(id));
  const verify::TypedSecret typed{FactorKind::password, ask.password};
  const Question question{.event = Event::sign_in,
                          .subject = whose_failures(*named),
                          .secret = &typed,
                          .client_address = ask.client_address,
                          .realm = &ask.subject.realm};
  SignInBegun begun{parts_, visit.peer, ask};
  CS_CO_TRY(const Verdict verdict,
            co_await attempts_.evaluate(visit.peer, visit.id, question, &begun));
  SignInReport report{.accepted = verdict.accepted};
  // Why it was refused is for the journal.
  report.retry_after = verdict.retry_after;
  if (!verdict.accepted) co_return Answer{std::move(report)};

  report.session = std::move(begun.session().text);
  const policies::Policy& rules = policy->of(ask.subject.realm.text());
  if (ask.device.size() != 0 && rules.factors.of(policies::FactorRuleOf::device).offer) {
    CS_CO_CHECK(co_await show_device(visit, ask, begun.session().row, report));
  }
  if (report.scope == SessionScope::account) co_return Answer{std::move(report)};
  CS_CO_TRY(report.factors, co_await ways_on(visit.peer, id));
  co_return Answer{std::move(report)};
}

// Whatever is wrong with the device, the password was right: a factor is awaited, as without one.
awaitable<Status> SignInService::show_device(const Visit& visit, const SignIn& ask,
                                             const Session& begun, SignInReport& report) {
  const verify::TypedSecret typed{FactorKind::device, ask.device};
  const Question question{.event = Event::sign_in,
                          .subject = begun.subject,
                          .secret = &typed,
                          .client_address = ask.client_address};
  DeviceShown shown{parts_, begun};
  CS_CO_TRY(const Verdict verdict,
            co_await attempts_.evaluate(visit.peer, visit.id, question, &shown));
  if (!verdict.accepted || !shown.is_accepted()) co_return Status{};
  report.scope = SessionScope::account;
  report.session = shown.take_session();
  report.device = std::move(shown.device_text());
  co_return Status{};
}

awaitable<Result<Answer>> SignInService::prove_factor(const Visit& visit, const ProveFactor& ask) {
  const verify::Typed typed = verify::typed_from(ask.passcode);
  const Question question{.event = step_of(*visit.session),
                          .subject = visit.session->subject,
                          .factor = ask.factor,
                          .typed = &typed,
                          .client_address = ask.client_address};
  co_return co_await evaluate(visit, question);
}

awaitable<Result<Answer>> SignInService::answer_question(const Visit& visit,
                                                         const AnswerQuestion& ask) {
  const verify::TypedSecret typed{FactorKind::question, ask.answer};
  const Question question{.event = step_of(*visit.session),
                          .subject = visit.session->subject,
                          .secret = &typed,
                          .client_address = ask.client_address};
  co_return co_await evaluate(visit, question);
}

awaitable<Result<Answer>> SignInService::reauthenticate(const Visit& visit,
                                                        const Reauthenticate& ask) {
  const verify::TypedSecret typed{FactorKind::password, ask.password};
  const Question question{.event = Event::reauthenticated,
                          .subject = visit.session->subject,
                          .secret = &typed,
                          .client_address = ask.client_address};
  co_return co_await evaluate(visit, question);
}

awaitable<Result<Answer>> SignInService::evaluate(const Visit& visit, const Question& question) {
  Promotion promotion{parts_, *visit.session};
  RecoveryNotice tells{notices_, &promotion};
  CS_CO_TRY(const Verdict verdict,
            co_await attempts_.evaluate(visit.peer, visit.id, question, &tells));
  co_return answer_of(verdict, promotion);
}

awaitable<Result<Answer>> SignInService::answer_challenge(const Visit& visit,
                                                          const AnswerChallenge& ask) {
  Promotion promotion{parts_, *visit.session};
  CS_CO_TRY(const Verdict verdict,
            co_await challenges_.answer(visit.peer, visit.id, ask, &promotion));
  co_return answer_of(verdict, promotion);
}

awaitable<Result<Answer>> SignInService::confirm_factor(const Visit& visit,
                                                        const ConfirmFactor& ask) {
  Promotion promotion{parts_, *visit.session};
  CS_CO_TRY(const Verdict verdict, co_await verify_.confirm(visit.peer, visit.id, ask, &promotion));
  co_return answer_of(verdict, promotion);
}

awaitable<Result<Answer>> SignInService::claim_token(const Visit& visit, const ClaimToken& ask) {
  Promotion promotion{parts_, *visit.session};
  CS_CO_TRY(Answer claimed, co_await claims_.claim(visit.peer, ask, &promotion));
  const auto* factor = std::get_if<FactorReport>(&claimed);
  if (factor == nullptr || !promotion.is_promoted()) co_return claimed;
  const Verdict verdict{.accepted = true, .factor = factor->factor.id, .kind = factor->factor.kind};
  co_return answer_of(verdict, promotion);
}

// What its owner may go on by, as they see it. Those that were used last come first.
awaitable<Result<std::vector<FactorReport>>> SignInService::ways_on(Peer peer, SubjectId id) {
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
  const CurrentPolicy policy = parts_.policy;
  const policies::Policy& rules = policy->of(subject->fixed.name.realm.text());
  const ListFactors ask{subject->fixed.name};
  CS_CO_TRY(Answer listed, co_await factors_.list(peer, ask));
  std::vector<FactorReport> ways = std::move(std::get<FactorList>(listed).factors);
  const auto is_no_way = [&](const FactorReport& report) {
    const FactorKind kind = report.factor.kind;
    return report.factor.state != FactorState::active || kind == FactorKind::device ||
           !is_second_step(*subject, kind, rules);
  };
  std::erase_if(ways, is_no_way);
  std::ranges::stable_sort(ways, std::ranges::greater{}, &FactorReport::accepted_at);
  co_return ways;
}

}  // namespace countersign
