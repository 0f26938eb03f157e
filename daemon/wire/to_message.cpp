// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/to_message.hpp"

#include "daemon/wire/courier_answers.hpp"
#include "daemon/wire/numbers.hpp"
#include "daemon/wire/public_error.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

namespace countersign::wire {
namespace {

// The model's numbers are the schema's, on purpose.
static_assert(static_cast<int>(Reason::wrong_code) == v1::WRONG_CODE);
static_assert(static_cast<int>(Reason::suspended) == v1::SUSPENDED);
static_assert(static_cast<int>(SubjectState::suspended) == v1::SUBJECT_SUSPENDED);
static_assert(static_cast<int>(FactorKind::totp) == v1::TOTP);
static_assert(static_cast<int>(FactorKind::hotp) == v1::HOTP);
static_assert(static_cast<int>(FactorKind::yubico_otp) == v1::YUBICO_OTP);
static_assert(static_cast<int>(FactorKind::chalresp) == v1::CHALRESP);
static_assert(static_cast<int>(FactorState::pending) == v1::PENDING);
static_assert(static_cast<int>(FactorState::revoked) == v1::REVOKED);
static_assert(static_cast<int>(ImportOutcome::imported) == v1::IMPORTED);
static_assert(static_cast<int>(ImportOutcome::refused) == v1::REFUSED);
static_assert(static_cast<int>(Purpose::sign_in) == v1::SIGN_IN);
static_assert(static_cast<int>(Purpose::address) == v1::ADDRESS);
static_assert(static_cast<int>(ClientOutcome::may) == v1::CLIENT_MAY);
static_assert(static_cast<int>(ClientOutcome::may_not) == v1::CLIENT_MAY_NOT);
static_assert(static_cast<int>(HashAlgorithm::sha1) == v1::SHA1);
static_assert(static_cast<int>(HashAlgorithm::sha512) == v1::SHA512);

// Decoys have negative numbers; nobody outside ever sees one.
std::uint64_t public_id(FactorId id) {
  return number(id) < 0 ? 0 : static_cast<std::uint64_t>(number(id));
}
std::uint64_t public_id(SubjectId id) {
  return number(id) < 0 ? 0 : static_cast<std::uint64_t>(number(id));
}

void write(const SubjectName& name, v1::SubjectName& message) {
  message.set_realm(name.realm.text());
  message.set_username(name.username.text());
}

void write(const YubicoCounters& counters, v1::YubicoCounters& message) {
  message.set_session_counter(counters.session_counter);
  message.set_session_use(counters.session_use);
  message.set_timestamp(counters.timestamp);
}

void write(const Verdict& verdict, v1::Verdict& message) {
  message.Clear();
  message.set_answer(verdict.accepted ? v1::ACCEPTED : v1::REJECTED);
  message.set_repeated(verdict.repeated);
  if (verdict.yubico) write(*verdict.yubico, *message.mutable_yubico());
  if (!verdict.accepted) {
    message.set_reason(static_cast<v1::Reason>(verdict.reason));
    message.set_retry_after_seconds(whole_seconds(verdict.retry_after));
    return;
  }
  message.set_factor_id(public_id(verdict.factor));
  message.set_kind(static_cast<v1::FactorKind>(verdict.kind));
}

void write(const HealthReport& report, v1::HealthReport& message) {
  message.set_ready(report.ready);
  message.set_hsm_workers_ready(report.hsm_workers_ready);
  message.set_hsm_workers(report.hsm_workers);
}

void write(const SubjectReport& report, v1::Subject& message) {
  message.set_id(public_id(report.subject.id));
  write(report.subject.name, *message.mutable_name());
  message.set_state(static_cast<v1::SubjectState>(report.subject.state));
  message.set_failures(report.failures);
  message.set_created_at_ms(to_milliseconds(report.subject.created_at));
  message.set_retry_after_seconds(whole_seconds(report.retry_after));
}

void write(const FactorReport& report, v1::Factor& message) {
  const Factor& factor = report.factor;
  message.set_id(public_id(factor.id));
  write(report.subject, *message.mutable_subject());
  message.set_kind(static_cast<v1::FactorKind>(factor.kind));
  message.set_state(static_cast<v1::FactorState>(factor.state));
  message.set_label(factor.label);
  message.set_public_id(factor.public_id);
  message.set_serial(factor.serial);
  if (is_oath(factor.kind)) {
    message.set_algorithm(static_cast<v1::HashAlgorithm>(factor.oath.algorithm));
    message.set_digits(factor.oath.digits);
    message.set_period_seconds(factor.oath.period_seconds);
  }
  message.set_failures(report.failures);
  message.set_created_at_ms(to_milliseconds(factor.created_at));
  message.set_accepted_at_ms(to_milliseconds(report.accepted_at));
  message.set_masked_destination(report.masked_destination);
}

void write(const FactorList& list, v1::FactorList& message) {
  for (const FactorReport& factor : list.factors) write(factor, *message.add_factors());
}

void write(const Enrolment& enrolment, v1::Enrolment& message) {
  write(enrolment.factor, *message.mutable_factor());
  const auto secret = as_text(enrolment.secret_base32.expose());
  const auto uri = as_text(enrolment.otpauth_uri.expose());
  message.mutable_secret_base32()->assign(secret);
  message.mutable_otpauth_uri()->assign(uri);
  const auto response_key = as_text(enrolment.challenge_response_key.expose());
  message.mutable_challenge_response_key()->assign(response_key);
  if (!enrolment.yubico) return;
  v1::YubicoSecret& yubico = *message.mutable_yubico();
  yubico.set_public_id(enrolment.yubico->public_id);
  yubico.mutable_private_id()->assign(as_text(enrolment.yubico->key.private_id.expose()));
  yubico.mutable_aes_key()->assign(as_text(enrolment.yubico->key.aes_key.expose()));
}

void write(const Token& token, v1::Token& message) {
  message.set_id(static_cast<std::uint64_t>(number(token.id)));
  message.set_kind(static_cast<v1::FactorKind>(token.kind));
  message.set_serial(token.serial);
  message.set_public_id(token.public_id);
  if (token.kind != FactorKind::yubico_otp) {
    message.set_algorithm(static_cast<v1::HashAlgorithm>(token.oath.algorithm));
  }
  message.set_digits(token.oath.digits);
  message.set_period_seconds(token.oath.period_seconds);
  message.set_created_at_ms(to_milliseconds(token.created_at));
}

void write(const TokenList& list, v1::TokenList& message) {
  for (const Token& token : list.tokens) write(token, *message.add_tokens());
}

void write(const ImportReport& report, v1::ImportReport& message) {
  for (const ImportReport::Row& row : report.rows) {
    message.add_outcomes(static_cast<v1::ImportOutcome>(row.outcome));
    std::string& problem = *message.add_problems();
    if (row.problem) problem = public_face(*row.problem).message;
  }
}

void write(const Client& client, v1::Client& message) {
  message.set_id(number(client.id));
  message.set_name(client.name);
  for (const Network& network : client.networks) message.add_networks(network.text());
  message.set_require_signature(client.require_signature);
  message.set_revoked(client.state == ClientState::revoked);
  message.set_created_at_ms(to_milliseconds(client.created_at));
}

void write(const ClientReport& report, v1::Client& message) {
  write(report.client, message);
  message.mutable_api_key()->assign(as_text(report.api_key.expose()));
}

void write(const ClientList& list, v1::ClientList& message) {
  for (const Client& client : list.clients) write(client, *message.add_clients());
}

void write(const ClientCheck& check, v1::ClientCheck& message) {
  message.set_outcome(static_cast<v1::ClientOutcome>(check.outcome));
}

void write(const Signature& signature, v1::Signature& message) {
  message.mutable_signature()->assign(as_text(signature.bytes));
}

void write(const ChallengeReport& report, v1::Challenge& message) {
  message.set_challenge_id(static_cast<std::uint64_t>(number(report.id)));
  message.set_factor_id(public_id(report.factor));
  message.set_kind(static_cast<v1::FactorKind>(report.kind));
  message.mutable_challenge()->assign(as_text(report.value));
  message.set_lifetime_seconds(whole_seconds(report.lifetime));
  if (report.delivery) wire::write(*report.delivery, *message.mutable_delivery());
  message.set_purpose(static_cast<v1::Purpose>(report.purpose));
  message.set_digits(report.digits);
}

void write(const StoreReport& report, v1::StoreCheck& message) {
  message.set_cursor(report.cursor);
  message.set_records_checked(report.records);
  for (const std::string& problem : report.problems) message.add_problems(problem);
}

void write(const StatusReport& report, v1::Status& message) {
  message.set_version(CS_VERSION);
  message.set_started_at_ms(to_milliseconds(report.started_at));
  message.set_hsm_workers_ready(report.hsm_workers_ready);
  message.set_hsm_workers(report.hsm_workers);
  message.set_subjects(report.subjects);
  message.set_factors(report.factors);
  message.set_journal_records(report.journal_records);
  message.set_accepted(report.accepted);
  message.set_rejected(report.rejected);
  message.set_failed(report.failed);
}

struct Outcome {
  v1::Reply& message;
  void operator()(const Verdict& a) const { write(a, *message.mutable_verdict()); }
  void operator()(const HealthReport& a) const { write(a, *message.mutable_health_report()); }
  void operator()(const SubjectReport& a) const { write(a, *message.mutable_subject()); }
  void operator()(const Enrolment& a) const { write(a, *message.mutable_enrolment()); }
  void operator()(const FactorReport& a) const { write(a, *message.mutable_factor()); }
  void operator()(const FactorList& a) const { write(a, *message.mutable_factor_list()); }
  void operator()(const ImportReport& a) const { write(a, *message.mutable_import_report()); }
  void operator()(const TokenList& a) const { write(a, *message.mutable_token_list()); }
  void operator()(const Token& a) const { write(a, *message.mutable_token()); }
  void operator()(const ClientReport& a) const { write(a, *message.mutable_client()); }
  void operator()(const ClientList& a) const { write(a, *message.mutable_client_list()); }
  void operator()(const ClientCheck& a) const { write(a, *message.mutable_client_check()); }
  void operator()(const Signature& a) const { write(a, *message.mutable_signature()); }
  void operator()(const ChallengeReport& a) const { write(a, *message.mutable_challenge()); }
  void operator()(const StoreReport& a) const { write(a, *message.mutable_store_check()); }
  void operator()(const StatusReport& a) const { write(a, *message.mutable_status()); }
  void operator()(const MessageBatch& a) const { wire::write(a, *message.mutable_message_batch()); }
  void operator()(const MessagesReported& a) const {
    wire::write(a, *message.mutable_messages_reported());
  }
  void operator()(const CourierStatus& a) const {
    wire::write(a, *message.mutable_courier_status());
  }
  void operator()(const Delivery& a) const { wire::write(a, *message.mutable_delivery()); }
  // Not written yet.
  template <class Unwritten>
  void operator()(const Unwritten&) const {
    write_error(Error{ErrorCode::unavailable, "wire.unwired"}, message);
  }
};

}  // namespace

void write_reply(const Reply& reply, v1::Reply& message) {
  message.mutable_request_id()->assign(as_text(reply.id.view()));
  if (!reply.answer) {
    write_error(reply.answer.error(), message);
    return;
  }
  std::visit(Outcome{message}, *reply.answer);
}

void write_error(const Error& error, v1::Reply& message) {
  const PublicError face = public_face(error);
  message.mutable_error()->set_code(static_cast<v1::ErrorCode>(face.code));
  message.mutable_error()->mutable_message()->assign(face.message);
}

void wipe_secrets(v1::Reply& message) {
  if (message.has_message_batch()) wipe_secrets(*message.mutable_message_batch());
  if (message.has_client()) wipe(*message.mutable_client()->mutable_api_key());
  if (!message.has_enrolment()) return;
  wipe(*message.mutable_enrolment()->mutable_secret_base32());
  wipe(*message.mutable_enrolment()->mutable_otpauth_uri());
  wipe(*message.mutable_enrolment()->mutable_challenge_response_key());
  if (!message.enrolment().has_yubico()) return;
  wipe(*message.mutable_enrolment()->mutable_yubico()->mutable_private_id());
  wipe(*message.mutable_enrolment()->mutable_yubico()->mutable_aes_key());
}

}  // namespace countersign::wire
