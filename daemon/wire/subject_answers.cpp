// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/subject_answers.hpp"

#include "daemon/wire/amr.hpp"
#include "daemon/wire/courier_answers.hpp"
#include "daemon/wire/numbers.hpp"
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
static_assert(static_cast<int>(FactorKind::password) == v1::PASSWORD);
static_assert(static_cast<int>(FactorKind::device) == v1::DEVICE);
static_assert(static_cast<int>(FactorKind::reset_phone) == v1::RESET_PHONE);
static_assert(static_cast<int>(FactorKind::mobile) == v1::MOBILE);

void write(const YubicoCounters& counters, v1::YubicoCounters& message) {
  message.set_session_counter(counters.session_counter);
  message.set_session_use(counters.session_use);
  message.set_timestamp(counters.timestamp);
}

}  // namespace

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
  message.set_level(verdict.level);
  for (const std::string_view word : amr_of(bit_of(verdict.kind))) {
    message.add_amr()->assign(word);
  }
}

void write(const SessionVerdict& outcome, v1::Verdict& message) {
  write(outcome.verdict, message);
  message.mutable_session()->assign(as_text(outcome.session.expose()));
}

void write(const SubjectReport& report, v1::Subject& message) {
  message.set_id(public_id(report.subject.id));
  write(report.subject.name, *message.mutable_name());
  message.set_state(static_cast<v1::SubjectState>(report.subject.state));
  message.set_failures(report.failures);
  message.set_created_at_ms(to_milliseconds(report.subject.created_at));
  message.set_retry_after_seconds(whole_seconds(report.retry_after));
  message.set_failures_unfamiliar(report.failures_unfamiliar);
  if (report.activation) write(*report.activation, *message.mutable_activation());
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
  message.set_remaining(report.remaining);
  message.set_expires_at_ms(to_milliseconds(report.expires_at));
  message.set_level(report.level);
  message.set_sole(report.sole);
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

void wipe_secrets(v1::Verdict& message) {
  if (!message.session().empty()) wipe(*message.mutable_session());
}

void wipe_secrets(v1::Enrolment& message) {
  wipe(*message.mutable_secret_base32());
  wipe(*message.mutable_otpauth_uri());
  wipe(*message.mutable_challenge_response_key());
  if (!message.has_yubico()) return;
  wipe(*message.mutable_yubico()->mutable_private_id());
  wipe(*message.mutable_yubico()->mutable_aes_key());
}

}  // namespace countersign::wire
