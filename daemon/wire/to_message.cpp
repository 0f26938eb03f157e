// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/to_message.hpp"

#include "daemon/wire/account_answers.hpp"
#include "daemon/wire/account_secrets.hpp"
#include "daemon/wire/courier_answers.hpp"
#include "daemon/wire/journal_answers.hpp"
#include "daemon/wire/numbers.hpp"
#include "daemon/wire/public_error.hpp"
#include "daemon/wire/subject_answers.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

namespace countersign::wire {
namespace {

using wire::write;  // those of the other parts, beside the ones below

// What an error says is to be proven again, as whoever demands it calls it.
constexpr std::string_view kPasswordProof = "proof.password";
constexpr std::string_view kFactorProof = "proof.factor";
constexpr std::string_view kBothProofs = "proof.both";

// The model's numbers are the schema's, on purpose.
static_assert(static_cast<int>(ImportOutcome::imported) == v1::IMPORTED);
static_assert(static_cast<int>(ImportOutcome::refused) == v1::REFUSED);
static_assert(static_cast<int>(Purpose::sign_in) == v1::SIGN_IN);
static_assert(static_cast<int>(Purpose::address) == v1::ADDRESS);
static_assert(static_cast<int>(ClientOutcome::may) == v1::CLIENT_MAY);
static_assert(static_cast<int>(ClientOutcome::may_not) == v1::CLIENT_MAY_NOT);
static_assert(static_cast<int>(HashAlgorithm::sha1) == v1::SHA1);
static_assert(static_cast<int>(HashAlgorithm::sha512) == v1::SHA512);

void write(const HealthReport& report, v1::HealthReport& message) {
  message.set_ready(report.ready);
  message.set_hsm_workers_ready(report.hsm_workers_ready);
  message.set_hsm_workers(report.hsm_workers);
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
  if (report.delivery) write(*report.delivery, *message.mutable_delivery());
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
  void operator()(const MessageBatch& a) const { write(a, *message.mutable_message_batch()); }
  void operator()(const MessagesReported& a) const {
    write(a, *message.mutable_messages_reported());
  }
  void operator()(const CourierStatus& a) const { write(a, *message.mutable_courier_status()); }
  void operator()(const Delivery& a) const { write(a, *message.mutable_delivery()); }
  void operator()(const SessionVerdict& a) const { write(a, *message.mutable_verdict()); }
  void operator()(const RealmDescription& a) const {
    write(a, *message.mutable_realm_description());
  }
  void operator()(const LinkRequested& a) const { write(a, *message.mutable_link_requested()); }
  void operator()(const TicketReport& a) const { write(a, *message.mutable_ticket_report()); }
  void operator()(const TicketOpened& a) const { write(a, *message.mutable_ticket_opened()); }
  void operator()(const SignInReport& a) const { write(a, *message.mutable_sign_in_report()); }
  void operator()(const SessionReport& a) const { write(a, *message.mutable_session_report()); }
  void operator()(const SessionList& a) const { write(a, *message.mutable_session_list()); }
  void operator()(const HandOver& a) const { write(a, *message.mutable_hand_over()); }
  void operator()(const HandOverReport& a) const { write(a, *message.mutable_hand_over_report()); }
  void operator()(const PasswordReport& a) const { write(a, *message.mutable_password_report()); }
  void operator()(const QuestionReport& a) const { write(a, *message.mutable_question()); }
  void operator()(const RecoveryCodes& a) const { write(a, *message.mutable_recovery_codes()); }
  void operator()(const TemporaryCode& a) const { write(a, *message.mutable_temporary_code()); }
  void operator()(const RememberedDevice& a) const {
    write(a, *message.mutable_remembered_device());
  }
  void operator()(const ProfileReport& a) const { write(a, *message.mutable_profile()); }
  void operator()(const ActivityList& a) const { write(a, *message.mutable_activity_list()); }
  void operator()(const SubjectExport& a) const { write(a, *message.mutable_subject_export()); }
  void operator()(const Explanation& a) const { write(a, *message.mutable_explanation()); }
  void operator()(const JournalPage& a) const { write(a, *message.mutable_journal_page()); }
  void operator()(const Done&) const { message.mutable_done(); }
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
  v1::Error& written = *message.mutable_error();
  written.set_code(static_cast<v1::ErrorCode>(face.code));
  written.mutable_message()->assign(face.message);
  if (error.code != ErrorCode::proof_required) return;
  const std::string_view needed = error.operation.view();
  const bool both = needed == kBothProofs;
  written.mutable_proof()->set_password(both || needed == kPasswordProof);
  written.mutable_proof()->set_factor(both || needed == kFactorProof);
}

void wipe_secrets(v1::Reply& message) {
  if (message.has_verdict()) return wipe_secrets(*message.mutable_verdict());
  if (message.has_message_batch()) wipe_secrets(*message.mutable_message_batch());
  if (message.has_client()) wipe(*message.mutable_client()->mutable_api_key());
  if (message.has_enrolment()) wipe_secrets(*message.mutable_enrolment());
  wipe_account_secrets(message);
}

}  // namespace countersign::wire
