// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/factor/password_service.hpp"

#include "daemon/service/gate/standing.hpp"
#include "daemon/verify/answer_hash.hpp"
#include "daemon/verify/password_hash.hpp"
#include "daemon/verify/typed_text.hpp"
#include "policies/password_rules.hpp"

namespace countersign {
namespace {

// What this session may not do, though its scope may.
Status may_set(const SubjectRecord& subject, const Session& session,
               const policies::Policy& policy) {
  const bool has_password = is_set(subject, FactorKind::password);
  if (session.scope == SessionScope::activation && has_password) {
    return Error{ErrorCode::conflict, "password.set_already"};
  }
  // One that is suspended nobody can answer, and nobody gets round it: not before the security team
  // says so.
  const bool asks = session.scope == SessionScope::reset && policy.question.asked_before_reset &&
                    is_set(subject, FactorKind::reset_question);
  if (asks && session.proof.question_at == Time{}) {
    return Error{ErrorCode::conflict, "password.question"};
  }
  return {};
}

PasswordReport report_of(const policies::PasswordFindings& found) {
  PasswordReport report;
  for (const policies::PasswordFault fault : found.faults) {
    report.faults.push_back(static_cast<PasswordFault>(fault));
  }
  report.username_part = found.username_part;
  report.strength = found.strength;
  return report;
}

}  // namespace

awaitable<Result<PasswordReport>> PasswordService::set(const Visit& visit, const SetPassword& ask) {
  const CurrentPolicy current = parts_.policy;
  const SubjectRecord& subject = *visit.subject;
  const policies::Policy& policy = current->of(subject.fixed.name.realm.text());
  CS_CO_CHECK(may_set(subject, *visit.session, policy));
  const policies::PasswordFindings found = policies::check(
      policy.password, as_text(ask.fresh.expose()), subject.fixed.name.username.text());
  PasswordReport report = report_of(found);
  const std::optional<SecretBytes> text = verify::normal_password(ask.fresh);
  if (!text && report.faults.empty()) report.faults.push_back(PasswordFault::not_text);
  if (ask.check_only || !report.faults.empty()) co_return report;
  const Setting setting{visit, ask, *text, policy, parts_.clock.now()};
  if (visit.session->scope == SessionScope::account) {
    CS_CO_TRY(const bool is_current, co_await this->is_current(setting));
    report.wrong_current = !is_current;
    if (report.wrong_current) co_return report;
  }
  co_return co_await write(setting, std::move(report));
}

awaitable<Result<bool>> PasswordService::is_current(const Setting& setting) {
  const verify::TypedSecret typed{FactorKind::password, setting.ask.current};
  const Question question{.event = Event::reauthenticated,
                          .subject = setting.visit.subject->fixed.id,
                          .factor = {},
                          .secret = &typed,
                          .client_address = setting.ask.client_address};
  CS_CO_TRY(const Verdict verdict,
            co_await attempts_.evaluate(setting.visit.peer, setting.visit.id, question));
  co_return verdict.accepted;
}

// The password, and the end of what was good by the old one: one commit.
awaitable<Result<PasswordReport>> PasswordService::write(const Setting& setting,
                                                         PasswordReport report) {
  const SubjectId id = setting.visit.subject->fixed.id;
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(id));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
    CS_CO_CHECK(may_set(*subject, *setting.visit.session, setting.policy));
    CS_CO_TRY(const bool is_known, co_await is_known_already(setting, *subject));
    if (is_known) {
      report.faults.push_back(PasswordFault::used_before);
      co_return report;
    }
    CS_CO_TRY(SealedSecret sealed, co_await hashed(setting, *subject));
    Factor factor =
        KnownFactors::fresh(*subject, FactorKind::password, std::move(sealed), setting.now);
    CS_CO_TRY(Aftermath also, co_await ends(setting, *subject));
    CS_CO_TRY(report.session, co_await promote(setting, *subject, also));
    JournalEntry entry{.at = setting.now,
                       .event = Event::password_set,
                       .peer_uid = setting.visit.peer.uid,
                       .subject = id,
                       .kind = FactorKind::password,
                       .client_address = setting.ask.client_address};
    const Result<Factor> kept =
        co_await known_.set(subject, std::move(factor), MessageKind::password_changed,
                            std::move(entry), std::move(also));
    report.set = kept.has_value();
    if (report.set) co_return report;
    if (kept.error().code != ErrorCode::conflict) co_return kept.error();
    // Another writer was first. Ours begins again.
  }
  co_return Error{ErrorCode::conflict, "password.conflicts"};
}

// With those before it that the policy remembers.
awaitable<Result<SealedSecret>> PasswordService::hashed(const Setting& setting,
                                                        const SubjectRecord& subject) {
  const FactorRecord* before = active_factor(subject, FactorKind::password);
  const SealedSecret none;
  const SealedSecret& history = before != nullptr ? before->fixed.sealed : none;
  const verify::Means means{parts_.hsm, parts_.hasher, Rank::known};
  co_return co_await verify::fresh_password(means, subject.fixed.id, setting.text,
                                            setting.policy.password, history);
}

// As a password of late, where the policy remembers some; or as an answer to a question, of which
// a password has to be none.
awaitable<Result<bool>> PasswordService::is_known_already(const Setting& setting,
                                                          const SubjectRecord& subject) {
  const verify::Means means{parts_.hsm, parts_.hasher, Rank::known};
  const std::uint8_t history = setting.policy.password.history;
  const FactorRecord* password = active_factor(subject, FactorKind::password);
  if (password != nullptr && history > 0) {
    CS_CO_TRY(const bool used,
              co_await verify::was_used(means, subject.fixed.id, password->fixed.sealed,
                                        setting.text, history));
    if (used) co_return true;
  }
  const std::optional<SecretBytes> answer = verify::normal_answer(setting.ask.fresh);
  for (const FactorKind kind : {FactorKind::question, FactorKind::reset_question}) {
    const FactorRecord* question = active_factor(subject, kind);
    if (question == nullptr || !answer) continue;
    CS_CO_TRY(const verify::QuestionRow row, verify::question_row_from(question->fixed.sealed));
    const verify::HashedFor whom{subject.fixed.id, kind};
    CS_CO_TRY(const hsm::Mac mac, co_await verify::peppered(means, whom, *answer, row.answer.salt,
                                                            row.answer.parameters));
    if (verify::equal(mac, row.answer.mac)) co_return true;
  }
  co_return false;
}

// Other sessions, links to reset by, and remembered devices.
awaitable<Result<Aftermath>> PasswordService::ends(const Setting& setting,
                                                   const SubjectRecord& subject) {
  Aftermath also;
  const Session& session = *setting.visit.session;
  const bool resets = session.scope == SessionScope::reset;
  also.account.ends_all_but = session.id;
  if (resets) {
    // Named, so that of two that reset by the same proof one comes too late.
    Session& ended = also.account.sessions.emplace_back(session);
    ended.version = next(session.version);
    ended.state = SessionState::ended;
  }
  CS_CO_TRY(const std::vector<Ticket> open,
            co_await parts_.accounts.open_tickets(subject.fixed.id, setting.now));
  for (const Ticket& ticket : open) {
    if (ticket.purpose != TicketPurpose::reset) continue;
    const bool is_used = resets && ticket.id == session.ticket;
    also.account.tickets.push_back(
        {ticket, is_used ? TicketState::spent : TicketState::superseded});
  }
  for (const FactorRecord& record : subject.factors) {
    // Suspended ones too: whoever resumes one later does not bring the old password's trust back.
    const bool is_device =
        record.fixed.kind == FactorKind::device && record.fixed.state != FactorState::revoked;
    if (!is_device) continue;
    also.factors.push_back(record.fixed);
    also.factors.back().state = FactorState::revoked;
  }
  co_return also;
}

// Whoever goes on has another secret from now on; empty where nobody does.
awaitable<Result<SecretBytes>> PasswordService::promote(const Setting& setting,
                                                        const SubjectRecord& subject,
                                                        Aftermath& also) {
  const Session& session = *setting.visit.session;
  if (session.scope == SessionScope::reset) co_return SecretBytes{};
  SessionProof proof = session.proof;
  proof.password_at = setting.now;
  proof.kinds |= bit_of(FactorKind::password);
  CS_CO_TRY(FreshSession next,
            co_await sessions_.promoted(session, subject, session.scope, proof, setting.now));
  also.account.sessions.push_back(std::move(next.row));
  co_return std::move(next.text);
}

}  // namespace countersign
