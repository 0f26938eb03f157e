// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/service.hpp"

#include "daemon/service/account/realm_description.hpp"
#include "daemon/service/operation_of.hpp"
#include "policies/authorise.hpp"

namespace countersign {
namespace {

using Answered = awaitable<Result<Answer>>;

Answered ready(Answer answer) { co_return answer; }

// A verdict is one kind of answer.
Result<Answer> as_answer(Result<Verdict> verdict) {
  if (!verdict) return verdict.error();
  return Answer{std::move(*verdict)};
}

// So is whatever a service gives.
template <class T>
Answered answered(awaitable<Result<T>> given) {
  Result<T> result = co_await std::move(given);
  if (!result) co_return result.error();
  co_return Answer{std::move(*result)};
}

Answered answered(awaitable<Status> done) {
  CS_CO_CHECK(co_await std::move(done));
  co_return Answer{Done{}};
}

// Asked by somebody who has not shown who they are, about whomever they like.
bool is_about_anybody(const Visit& visit, Operation operation) {
  if (visit.peer.role != Role::enroll || visit.session) return false;
  return operation == Operation::sign_in || operation == Operation::request_link ||
         operation == Operation::start_challenge || operation == Operation::answer_challenge;
}

}  // namespace

Service::Service(Surroundings surroundings)
    : hsm_health_{std::move(surroundings.hsm_health)},
      outbox_{surroundings.print_key},
      parts_{
          surroundings.store,  surroundings.accounts, surroundings.hsm, surroundings.hasher, turns_,
          surroundings.policy, surroundings.clock,    outbox_},
      verify_{parts_},
      subjects_{parts_},
      factors_{parts_},
      knowledge_{parts_},
      resynchronise_{parts_},
      tokens_{parts_},
      claims_{parts_},
      clients_{parts_.store, parts_.hsm, parts_.clock},
      challenges_{parts_},
      codes_{parts_},
      couriers_{parts_},
      audit_{parts_},
      gate_{parts_},
      sign_ins_{parts_},
      sessions_{parts_},
      tickets_{parts_},
      accounts_{parts_},
      profiles_{parts_},
      links_{parts_},
      openings_{parts_},
      passwords_{parts_},
      questions_{parts_},
      resets_{parts_},
      secrets_{parts_},
      started_at_{parts_.clock.now()} {}

awaitable<Status> Service::start() {
  const CurrentPolicy policy = parts_.policy;
  co_return co_await outbox_.fill(parts_.store, parts_.hsm, *policy, parts_.clock.now());
}

struct Service::Dispatch {
  Service& service;
  const Visit& visit;
  Peer peer;
  const RequestId& id;

  Answered operator()(const Verify& ask) {
    co_return as_answer(service.counted(co_await service.verify_.verify(peer, id, ask)));
  }
  Answered operator()(const ConfirmFactor& ask) {
    if (visit.session) {
      co_return service.counted(co_await service.sign_ins_.confirm_factor(visit, ask));
    }
    co_return as_answer(service.counted(co_await service.verify_.confirm(peer, id, ask)));
  }
  Answered operator()(const ResynchroniseFactor& ask) {
    co_return as_answer(service.counted(co_await service.resynchronise_.resynchronise(peer, ask)));
  }
  Answered operator()(const StartChallenge& ask) {
    Result<ChallengeReport> started = Error{};
    if (is_out_of_band(ask.kind.value_or(FactorKind::chalresp))) {
      started = co_await service.codes_.start(peer, ask);
    } else {
      started = co_await service.challenges_.start(peer, ask);
    }
    if (!started) co_return started.error();
    co_return Answer{std::move(*started)};
  }
  Answered operator()(const AnswerChallenge& ask) {
    if (visit.session) {
      co_return service.counted(co_await service.sign_ins_.answer_challenge(visit, ask));
    }
    if (peer.role == Role::enroll) {
      co_return service.counted(co_await answered(service.recover(visit, ask)));
    }
    co_return as_answer(service.counted(co_await service.challenges_.answer(peer, id, ask)));
  }
  Answered operator()(const Health&) {
    const HsmHealth hsm = service.hsm_health_();
    return ready(HealthReport{hsm.workers_ready > 0, hsm.workers_ready, hsm.workers});
  }
  Answered operator()(const CheckClient& ask) { return service.clients_.check(ask); }
  Answered operator()(const SignForClient& ask) { return service.clients_.sign(ask); }
  Answered operator()(ImportTokens& ask) { return service.tokens_.import(peer, std::move(ask)); }
  Answered operator()(const ListTokens& ask) { return service.tokens_.list(ask); }
  Answered operator()(const AssignToken& ask) { return service.tokens_.assign(peer, ask); }
  Answered operator()(const ClaimToken& ask) {
    if (visit.session) {
      co_return service.counted(co_await service.sign_ins_.claim_token(visit, ask));
    }
    co_return service.counted(co_await service.claims_.claim(peer, ask));
  }
  Answered operator()(const DiscardToken& ask) { return service.tokens_.discard(peer, ask); }
  Answered operator()(AddClient& ask) { return service.clients_.add(peer, std::move(ask)); }
  Answered operator()(const ListClients& ask) { return service.clients_.list(ask); }
  Answered operator()(const RevokeClient& ask) { return service.clients_.revoke(peer, ask); }
  Answered operator()(const CreateSubject& ask) {
    return answered(service.accounts_.create(peer, ask));
  }
  Answered operator()(const SendActivation& ask) {
    return answered(service.links_.send_activation(peer, ask));
  }
  Answered operator()(const RequestLink& ask) {
    return answered(service.links_.request(peer, ask));
  }
  Answered operator()(const OpenTicket& ask) {
    co_return service.counted(co_await answered(service.openings_.open(peer, id, ask)));
  }
  Answered operator()(const SetPassword& ask) {
    return answered(service.passwords_.set(visit, ask));
  }
  Answered operator()(const SetQuestion& ask) {
    return answered(service.questions_.set(visit, ask));
  }
  Answered operator()(const GetQuestion&) { return answered(service.questions_.get(visit)); }
  Answered operator()(const GetProfile& ask) { return answered(service.profiles_.get(peer, ask)); }
  Answered operator()(const ChangeProfile& ask) {
    return answered(service.profiles_.change(peer, ask, visit.by()));
  }
  Answered operator()(const ListActivity& ask) {
    return answered(service.profiles_.activity(peer, ask));
  }
  Answered operator()(const ExportSubject& ask) {
    return answered(service.accounts_.give_out(peer, ask));
  }
  Answered operator()(const EraseSubject& ask) {
    return answered(service.accounts_.erase(peer, ask));
  }
  Answered operator()(const ShowPendingSecret& ask) {
    return answered(service.secrets_.show(visit, ask));
  }
  Answered operator()(const DescribeRealm& ask) {
    const CurrentPolicy policy = service.parts_.policy;
    CS_CO_CHECK(policies::authorise_realm(*policy, peer, ask.realm));
    co_return Answer{describe(policy->of(ask.realm))};
  }
  Answered operator()(const GetSubject& ask) { return service.subjects_.get(peer, ask); }
  Answered operator()(const SuspendSubject& ask) { return service.subjects_.suspend(peer, ask); }
  Answered operator()(const ResumeSubject& ask) { return service.subjects_.resume(peer, ask); }
  Answered operator()(const UnlockSubject& ask) { return service.subjects_.unlock(peer, ask); }
  Answered operator()(EnrolOath& ask) {
    return service.factors_.enrol(peer, std::move(ask), visit.by());
  }
  Answered operator()(EnrolYubicoOtp& ask) { return service.factors_.enrol(peer, std::move(ask)); }
  Answered operator()(EnrolChallengeResponse& ask) {
    return service.factors_.enrol(peer, std::move(ask));
  }
  Answered operator()(const ListFactors& ask) { return service.factors_.list(peer, ask); }
  Answered operator()(const RenameFactor& ask) {
    return service.factors_.rename(peer, ask, visit.by());
  }
  Answered operator()(const SuspendFactor& ask) { return service.factors_.suspend(peer, ask); }
  Answered operator()(const ResumeFactor& ask) { return service.factors_.resume(peer, ask); }
  Answered operator()(const RevokeFactor& ask) {
    return service.factors_.revoke(peer, ask, visit.by());
  }
  Answered operator()(const GetStatus&) { return service.status(); }
  Answered operator()(EnrolOutOfBand& ask) {
    return service.factors_.enrol(peer, std::move(ask), visit.by());
  }
  Answered operator()(TakeMessages& ask) { return service.couriers_.take(std::move(ask)); }
  Answered operator()(const ReportMessages& ask) { return service.couriers_.report(peer, ask); }
  Answered operator()(const GetCourierStatus&) { return ready(Answer{service.couriers_.status()}); }
  Answered operator()(const SendTestMessage& ask) { return service.couriers_.send_test(peer, ask); }
  Answered operator()(const SignIn& ask) {
    co_return service.counted(co_await service.sign_ins_.sign_in(visit, ask));
  }
  Answered operator()(const ProveFactor& ask) {
    co_return service.counted(co_await service.sign_ins_.prove_factor(visit, ask));
  }
  Answered operator()(const Reauthenticate& ask) {
    co_return service.counted(co_await service.sign_ins_.reauthenticate(visit, ask));
  }
  Answered operator()(const AnswerQuestion& ask) {
    // One that is asked before a reset is another question.
    if (visit.session->scope == SessionScope::reset) {
      co_return service.counted(co_await answered(service.resets_.answer(visit, ask)));
    }
    co_return service.counted(co_await service.sign_ins_.answer_question(visit, ask));
  }
  Answered operator()(const GetSession&) { return service.sessions_.get(visit); }
  Answered operator()(const ListSessions&) { return service.sessions_.list(visit); }
  Answered operator()(const EndSession& ask) { return service.sessions_.end(visit, ask); }
  Answered operator()(const InspectTicket& ask) { return service.tickets_.inspect(visit, ask); }
  Answered operator()(const IssueHandOver&) { return service.tickets_.issue_hand_over(visit); }
  Answered operator()(const RedeemHandOver& ask) {
    return service.tickets_.redeem_hand_over(visit, ask);
  }
  Answered operator()(const IssueTemporaryCode& ask) {
    return service.knowledge_.issue_temporary_code(peer, ask);
  }
  Answered operator()(const MakeRecoveryCodes&) {
    return service.knowledge_.make_recovery_codes(peer, visit.session->subject, visit.by());
  }
  Answered operator()(const RememberDevice& ask) {
    return service.knowledge_.remember_device(peer, visit.session->subject, ask.label, visit.by());
  }
  Answered operator()(const ReadJournal& ask) { return service.audit_.read(peer, ask); }
  Answered operator()(const ExplainPolicy& ask) { return service.audit_.explain(peer, ask); }
  Answered operator()(const CheckStore& ask) {
    CS_CO_TRY(CheckedSlice slice, co_await service.parts_.store.check(ask.cursor));
    co_return Answer{
        StoreReport{std::move(slice.cursor), slice.records, std::move(slice.problems)}};
  }
};

awaitable<Result<Answer>> Service::answer(Peer peer, Request& request) {
  const auto asked = std::chrono::steady_clock::now();
  const auto operation = std::visit(OperationOf{}, request.ask);
  const CurrentPolicy policy = parts_.policy;
  CS_CO_CHECK(policies::authorise(*policy, peer, operation));
  CS_CO_TRY(const Visit visit, co_await gate_.admit(peer, operation, request));
  Dispatch dispatch{*this, visit, peer, request.id};
  Result<Answer> answer = co_await std::visit(dispatch, request.ask);
  if (!answer) ++failed_;
  if (is_about_anybody(visit, operation)) {
    const std::chrono::milliseconds step{policy->limits.answer_step_ms};
    co_await pace_.keep(asked, step);
  }
  co_return answer;
}

awaitable<Result<Verdict>> Service::answer(Peer peer, const RequestId& id, const Verify& ask) {
  CS_CO_CHECK(policies::authorise(*parts_.policy, peer, Operation::verify));
  Result<Verdict> verdict = counted(co_await verify_.verify(peer, id, ask));
  if (!verdict) ++failed_;
  co_return verdict;
}

awaitable<Result<SessionVerdict>> Service::recover(const Visit& visit, const AnswerChallenge& ask) {
  Recovered recovered{parts_, visit.peer, ask.client_address};
  CS_CO_TRY(const Verdict verdict,
            co_await challenges_.answer(visit.peer, visit.id, ask, &recovered));
  co_return SessionVerdict{verdict, recovered.take_session()};
}

awaitable<Result<Answer>> Service::status() {
  CS_CO_TRY(const StoreCounts counts, co_await parts_.store.counts());
  const HsmHealth hsm = hsm_health_();
  co_return Answer{StatusReport{.started_at = started_at_,
                                .hsm_workers_ready = hsm.workers_ready,
                                .hsm_workers = hsm.workers,
                                .subjects = counts.subjects,
                                .factors = counts.factors,
                                .journal_records = counts.journal_records,
                                .accepted = accepted_,
                                .rejected = rejected_,
                                .failed = failed_}};
}

Result<Verdict> Service::counted(Result<Verdict> verdict) {
  if (verdict) ++(verdict->accepted ? accepted_ : rejected_);
  return verdict;
}

// A claim is answered with a verdict when it is refused, and otherwise with what it made.
Result<Answer> Service::counted(Result<Answer> answer) {
  if (!answer) return answer;
  bool accepted = true;
  if (const auto* verdict = std::get_if<Verdict>(&*answer)) accepted = verdict->accepted;
  if (const auto* step = std::get_if<SessionVerdict>(&*answer)) accepted = step->verdict.accepted;
  if (const auto* opened = std::get_if<TicketOpened>(&*answer)) {
    accepted = opened->outcome.verdict.accepted;
  }
  if (const auto* sign_in = std::get_if<SignInReport>(&*answer)) accepted = sign_in->accepted;
  ++(accepted ? accepted_ : rejected_);
  return answer;
}

}  // namespace countersign
