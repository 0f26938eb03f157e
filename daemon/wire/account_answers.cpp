// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/account_answers.hpp"

#include "daemon/wire/amr.hpp"
#include "daemon/wire/courier_answers.hpp"
#include "daemon/wire/journal_answers.hpp"
#include "daemon/wire/numbers.hpp"
#include "daemon/wire/subject_answers.hpp"

#include "api/countersign.pb.h"

namespace countersign::wire {
namespace {

// The model's numbers are the schema's, on purpose.
static_assert(static_cast<int>(TicketPurpose::activation) == v1::TICKET_ACTIVATION);
static_assert(static_cast<int>(TicketPurpose::repudiation) == v1::TICKET_REPUDIATION);
static_assert(static_cast<int>(TicketCondition::open) == v1::TICKET_OPEN);
static_assert(static_cast<int>(TicketCondition::spent) == v1::TICKET_SPENT);
static_assert(static_cast<int>(SessionScope::activation) == v1::SCOPE_ACTIVATION);
static_assert(static_cast<int>(SessionScope::account) == v1::SCOPE_ACCOUNT);
static_assert(static_cast<int>(PasswordFault::too_short) == v1::TOO_SHORT);
static_assert(static_cast<int>(PasswordFault::not_text) == v1::NOT_TEXT);

// Of all kinds that a proof may be by.
constexpr unsigned kKindMax = static_cast<unsigned>(FactorKind::mobile);

// Straight into the message, so that there is no copy on the way.
void put(const SecretBytes& secret, std::string& field) { field.assign(as_text(secret.expose())); }

void write(const PasswordRulesReport& rules, v1::PasswordRules& message) {
  message.set_length_min(rules.length_min);
  message.set_length_max(rules.length_max);
  message.set_lowercase(rules.lowercase);
  message.set_uppercase(rules.uppercase);
  message.set_number(rules.number);
  message.set_symbol(rules.symbol);
  message.set_username_part_min(rules.username_part_min);
  message.set_common(rules.common);
  message.set_strength_min(rules.strength_min);
  message.set_history(rules.history);
}

void write(const FactorOffer& offer, v1::FactorOffer& message) {
  message.set_kind(static_cast<v1::FactorKind>(offer.kind));
  message.set_sole(offer.sole);
  message.set_level(offer.level);
  message.set_restricted(offer.restricted);
}

void write(const StockQuestion& question, v1::StockQuestion& message) {
  message.set_id(question.id);
  message.set_text(question.text);
}

void write(const Contact& contact, v1::Contact& message) {
  message.set_factor_id(public_id(contact.factor));
  message.set_kind(static_cast<v1::FactorKind>(contact.kind));
  message.set_state(static_cast<v1::FactorState>(contact.state));
  message.set_destination(contact.destination);
}

void write(const ExplainedRule& rule, v1::ExplainedRule& message) {
  message.set_rule(rule.rule);
  message.set_value(rule.value);
  message.set_found(rule.found);
  message.set_passed(rule.passed);
}

template <class Message>
void write_amr(std::uint32_t kinds, Message& message) {
  for (const std::string_view word : amr_of(kinds)) message.add_amr()->assign(word);
}

}  // namespace

void write(const RealmDescription& realm, v1::RealmDescription& message) {
  write(realm.password, *message.mutable_password());
  for (const FactorOffer& offer : realm.factors) write(offer, *message.add_factors());
  message.set_question_length_min(realm.answer_length_min);
  for (const StockQuestion& question : realm.questions) write(question, *message.add_questions());
  message.set_recovery_codes(realm.recovery_codes);
  message.set_remember_devices(realm.remember_devices);
  message.set_reset_by_sms(realm.reset_by_sms);
  message.set_reset_by_email(realm.reset_by_email);
  message.set_activation_lifetime_seconds(whole_seconds(realm.activation_lifetime));
  message.set_portal_url(realm.portal_url);
  message.set_support(realm.support);
  message.set_proof_lifetime_seconds(whole_seconds(realm.proof_lifetime));
}

void write(const LinkRequested& requested, v1::LinkRequested& message) {
  message.set_lifetime_seconds(whole_seconds(requested.lifetime));
  message.set_retry_after_seconds(whole_seconds(requested.retry_after));
}

void write(const TicketReport& report, v1::TicketReport& message) {
  message.set_state(static_cast<v1::TicketState>(report.condition));
  message.set_account_is_active(report.account_is_active);
  if (report.condition == TicketCondition::spent) return;
  if (report.purpose) message.set_purpose(static_cast<v1::TicketPurpose>(*report.purpose));
  if (report.subject) write(*report.subject, *message.mutable_subject());
  message.set_expires_at_ms(to_milliseconds(report.expires_at));
  message.set_password_needed(report.password_needed);
  if (report.about) message.mutable_about()->assign(name_of(*report.about));
}

void write(const TicketOpened& opened, v1::TicketOpened& message) {
  write(opened.outcome, *message.mutable_verdict());
  if (opened.purpose) message.set_purpose(static_cast<v1::TicketPurpose>(*opened.purpose));
  if (opened.subject) write(*opened.subject, *message.mutable_subject());
}

void write(const SignInReport& report, v1::SignInReport& message) {
  message.set_answer(report.accepted ? v1::ACCEPTED : v1::REJECTED);
  message.set_retry_after_seconds(whole_seconds(report.retry_after));
  if (!report.accepted) return;
  put(report.session, *message.mutable_session());
  message.set_scope(static_cast<v1::SessionScope>(report.scope));
  for (const FactorReport& factor : report.factors) write(factor, *message.add_factors());
  put(report.device, *message.mutable_device());
}

void write(const SessionReport& report, v1::SessionReport& message) {
  const Session& session = report.session;
  message.set_id(static_cast<std::uint64_t>(number(session.id)));
  write(report.subject, *message.mutable_subject());
  message.set_scope(static_cast<v1::SessionScope>(session.scope));
  message.set_created_at_ms(to_milliseconds(session.created_at));
  message.set_seen_at_ms(to_milliseconds(session.seen_at));
  message.set_expires_at_ms(to_milliseconds(session.expires_at));
  message.set_password_at_ms(to_milliseconds(session.proof.password_at));
  message.set_factor_at_ms(to_milliseconds(session.proof.factor_at));
  message.set_question_at_ms(to_milliseconds(session.proof.question_at));
  write_amr(session.proof.kinds, message);
  message.set_level(report.level);
  message.set_user_agent(session.user_agent);
  message.set_current(report.current);
  message.set_has_password(report.has_password);
  message.set_has_reset_question(report.has_reset_question);
  message.set_factors(report.factors);
}

void write(const SessionList& list, v1::SessionList& message) {
  for (const SessionReport& session : list.sessions) write(session, *message.add_sessions());
}

void write(const HandOver& hand_over, v1::HandOver& message) {
  put(hand_over.ticket, *message.mutable_ticket());
  message.set_url(hand_over.url);
  message.set_lifetime_seconds(whole_seconds(hand_over.lifetime));
}

void write(const HandOverReport& report, v1::HandOverReport& message) {
  message.set_answer(report.accepted ? v1::ACCEPTED : v1::REJECTED);
  if (!report.accepted) return;
  if (report.subject) write(*report.subject, *message.mutable_subject());
  write_amr(report.proof.kinds, message);
  message.set_level(report.level);
  message.set_password_at_ms(to_milliseconds(report.proof.password_at));
  message.set_factor_at_ms(to_milliseconds(report.proof.factor_at));
  for (unsigned kind = 1; kind <= kKindMax; ++kind) {
    if ((report.proof.kinds & bit_of(static_cast<FactorKind>(kind))) == 0) continue;
    message.add_kinds(static_cast<v1::FactorKind>(kind));
  }
}

void write(const PasswordReport& report, v1::PasswordReport& message) {
  message.set_set(report.set);
  for (const PasswordFault fault : report.faults) {
    message.add_faults(static_cast<v1::PasswordFault>(fault));
  }
  message.set_username_part(report.username_part);
  message.set_strength(report.strength);
  put(report.session, *message.mutable_session());
  message.set_wrong_current(report.wrong_current);
}

void write(const QuestionReport& report, v1::Question& message) {
  message.set_stock_id(report.stock_id);
  message.set_text(report.text);
}

void write(const RecoveryCodes& codes, v1::RecoveryCodes& message) {
  for (const SecretBytes& code : codes.codes) put(code, *message.add_codes());
}

void write(const TemporaryCode& code, v1::TemporaryCode& message) {
  write(code.factor, *message.mutable_factor());
  put(code.code, *message.mutable_code());
}

void write(const RememberedDevice& device, v1::RememberedDevice& message) {
  write(device.factor, *message.mutable_factor());
  put(device.device, *message.mutable_device());
}

void write(const ProfileReport& report, v1::Profile& message) {
  write(report.subject, *message.mutable_subject());
  message.set_version(number(report.profile.version));
  message.set_first_name(report.profile.first_name);
  message.set_last_name(report.profile.last_name);
  message.set_language(report.profile.language);
  for (const Contact& contact : report.contacts) write(contact, *message.add_contacts());
}

void write(const SubjectExport& subject, v1::SubjectExport& message) {
  write(subject.subject, *message.mutable_subject());
  write(subject.profile, *message.mutable_profile());
  for (const FactorReport& factor : subject.factors) write(factor, *message.add_factors());
  for (const SessionReport& session : subject.sessions) write(session, *message.add_sessions());
  for (const JournalLine& line : subject.lines) write(line, *message.add_records());
  write(subject.reset_question, *message.mutable_reset_question());
  write(subject.question, *message.mutable_question());
}

void write(const Explanation& explanation, v1::Explanation& message) {
  message.set_allowed(explanation.allowed);
  for (const ExplainedRule& rule : explanation.rules) write(rule, *message.add_rules());
}

}  // namespace countersign::wire
