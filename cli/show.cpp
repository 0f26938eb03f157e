// SPDX-License-Identifier: Apache-2.0
#include "cli/show.hpp"

#include "cli/show_account.hpp"
#include "cli/show_message.hpp"
#include "cli/show_token.hpp"
#include "cli/words.hpp"

#include <google/protobuf/util/json_util.h>

#include <sstream>

namespace countersign::cli {
namespace {

std::string retry(std::uint32_t seconds) {
  return seconds == 0 ? "after an unlock (countersign subject unlock)"
                      : "in " + std::to_string(seconds) + " s";
}

void show(std::ostream& out, const v1::Verdict& verdict) {
  out << word(verdict.answer());
  if (verdict.answer() != v1::ACCEPTED) out << ": " << word(verdict.reason());
  if (verdict.repeated()) out << " (repeated)";
  out << '\n';
  if (verdict.factor_id() != 0) out << "factor: " << verdict.factor_id() << '\n';
  if (verdict.reason() == v1::THROTTLED) {
    out << "try again: " << retry(verdict.retry_after_seconds()) << '\n';
  }
}

void show(std::ostream& out, const v1::Explanation& explanation) {
  for (const v1::ExplainedRule& rule : explanation.rules()) {
    out << (rule.passed() ? "  passes   " : "  REFUSES  ") << rule.rule() << " = " << rule.value()
        << ": " << rule.found() << '\n';
  }
  out << (explanation.allowed() ? "allowed\n" : "refused, by the last rule\n");
}

void show(std::ostream& out, const v1::HealthReport& report) {
  out << (report.ready() ? "ready" : "not ready") << '\n'
      << "hsm workers: " << report.hsm_workers_ready() << " of " << report.hsm_workers() << '\n';
}

void show(std::ostream& out, const v1::Subject& subject) {
  out << "subject: " << full_name(subject.name()) << " (id " << subject.id() << ")\n"
      << "state: " << lower_words(v1::SubjectState_Name(subject.state()), "SUBJECT_") << '\n'
      << "failures: " << subject.failures() << " (" << subject.failures_unfamiliar()
      << " from unfamiliar places)\n"
      << "created: " << when(subject.created_at_ms()) << '\n';
  if (subject.retry_after_seconds() != 0) {
    out << "next attempt: " << retry(subject.retry_after_seconds()) << '\n';
  }
  if (!subject.has_activation()) return;
  out << "activation link: "
      << lower_words(v1::DeliveryOutcome_Name(subject.activation().outcome())) << '\n';
}

void show(std::ostream& out, const v1::Factor& factor) {
  out << "factor: " << factor.id() << '\n'
      << "subject: " << full_name(factor.subject()) << '\n'
      << "kind: " << lower_words(v1::FactorKind_Name(factor.kind()));
  if (factor.kind() == v1::TOTP || factor.kind() == v1::HOTP) {
    out << ", " << lower_words(v1::HashAlgorithm_Name(factor.algorithm())) << ", "
        << factor.digits() << " digits";
  }
  if (factor.kind() == v1::TOTP) out << ", every " << factor.period_seconds() << " s";
  if (!factor.public_id().empty()) out << "\npublic id: " << factor.public_id();
  if (!factor.serial().empty()) out << "\nserial: " << factor.serial();
  if (!factor.masked_destination().empty()) out << "\nto: " << factor.masked_destination();
  out << "\nstate: " << lower_words(v1::FactorState_Name(factor.state()), "FACTOR_") << '\n';
  if (!factor.label().empty()) out << "label: " << factor.label() << '\n';
  out << "failures: " << factor.failures() << '\n'
      << "created: " << when(factor.created_at_ms()) << '\n'
      << "last accepted: " << when(factor.accepted_at_ms()) << '\n';
}

void show(std::ostream& out, const v1::FactorList& list) {
  if (list.factors().empty()) out << "no factors\n";
  for (int i = 0; i < list.factors_size(); ++i) {
    if (i > 0) out << '\n';
    show(out, list.factors(i));
  }
}

// By what a destination of this kind is reached.
std::string_view channel_of(v1::FactorKind kind) {
  const bool by_phone = kind == v1::SMS || kind == v1::RESET_PHONE || kind == v1::MOBILE;
  return by_phone ? "sms" : "email";
}

void show(std::ostream& out, const v1::TemporaryCode& issued) {
  show(out, issued.factor());
  out << "code: " << issued.code() << '\n' << "The code is shown this once.\n";
}

void show(std::ostream& out, const v1::SubjectExport& all) {
  show(out, all.subject());
  out << '\n';
  cli::show(out, all.profile());
  for (const v1::Factor& factor : all.factors()) {
    out << '\n';
    show(out, factor);
  }
  show_history(out, all);
}

// What a YubiKey's tools are given.
std::string hexadecimal(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 0xf];
  }
  return text;
}

void show(std::ostream& out, const v1::Challenge& challenge) {
  if (challenge.has_delivery()) {
    show_code(out, challenge);
    return;
  }
  out << "challenge: " << challenge.challenge_id() << '\n'
      << "ask: " << hexadecimal(challenge.challenge()) << '\n'
      << "lifetime: " << challenge.lifetime_seconds() << " s\n";
  if (challenge.factor_id() == 0) out << "Nobody can answer it: there is no such factor.\n";
  if (challenge.factor_id() != 0) out << "factor: " << challenge.factor_id() << '\n';
}

void show(std::ostream& out, const v1::Enrolment& enrolment) {
  show(out, enrolment.factor());
  if (!enrolment.factor().masked_destination().empty()) {
    out << "It works after the answer to: countersign challenge start --confirm --kind "
        << channel_of(enrolment.factor().kind()) << " --factor " << enrolment.factor().id() << '\n';
  }
  if (!enrolment.challenge_response_key().empty()) {
    out << "secret: " << hexadecimal(enrolment.challenge_response_key()) << '\n'
        << "The secret is shown this once. It works after an answer to: countersign challenge "
           "start --confirm --factor "
        << enrolment.factor().id() << '\n';
  }
  if (enrolment.secret_base32().empty()) return;
  out << "secret: " << enrolment.secret_base32() << '\n'
      << "uri: " << enrolment.otpauth_uri() << '\n'
      << "The secret is shown this once. It works after: countersign factor confirm "
      << enrolment.factor().id() << '\n';
}

void show(std::ostream& out, const v1::StoreCheck& check) {
  for (const std::string& problem : check.problems()) out << "problem: " << problem << '\n';
  out << "records checked: " << check.records_checked() << '\n'
      << "problems: " << check.problems_size() << '\n';
}

void show(std::ostream& out, const v1::Status& status) {
  out << "version: " << status.version() << '\n'
      << "started: " << when(status.started_at_ms()) << '\n'
      << "hsm workers: " << status.hsm_workers_ready() << " of " << status.hsm_workers() << '\n'
      << "subjects: " << status.subjects() << '\n'
      << "factors: " << status.factors() << '\n'
      << "journal records: " << status.journal_records() << '\n'
      << "accepted: " << status.accepted() << ", rejected: " << status.rejected()
      << ", failed: " << status.failed() << " (since the start)\n";
}

void show(std::ostream& out, const v1::Error& error) {
  out << word(error.code()) << ": " << error.message() << '\n';
}

// What is answered about accounts; nothing of what is a courier's, a gateway's or the companion's
// business.
void show_account(std::ostream& out, const v1::Reply& reply) {
  if (reply.has_profile()) cli::show(out, reply.profile());
  if (reply.has_subject_export()) show(out, reply.subject_export());
  if (reply.has_temporary_code()) show(out, reply.temporary_code());
  if (reply.has_done()) out << "done\n";
}

// The one message inside the reply.
const google::protobuf::Message* outcome_of(const v1::Reply& reply) {
  const auto* outcome = v1::Reply::descriptor()->FindOneofByName("outcome");
  const auto* field = reply.GetReflection()->GetOneofFieldDescriptor(reply, outcome);
  return field == nullptr ? nullptr : &reply.GetReflection()->GetMessage(reply, field);
}

}  // namespace

std::string word(v1::Answer answer) { return lower_words(v1::Answer_Name(answer)); }
std::string word(v1::Reason reason) { return lower_words(v1::Reason_Name(reason)); }
std::string word(v1::ErrorCode code) { return lower_words(v1::ErrorCode_Name(code)); }

std::string as_json(const v1::Reply& reply) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto* outcome = outcome_of(reply);
  // Printing a message that was parsed cannot fail; an empty object would say so if it did.
  if (outcome == nullptr ||
      !google::protobuf::util::MessageToJsonString(*outcome, &text, options).ok()) {
    return "{}\n";
  }
  // An error is told apart from an answer by its name.
  return reply.has_error() ? "{\"error\":" + text + "}\n" : text + "\n";
}

std::string as_text(const v1::Reply& reply) {
  std::ostringstream out;
  switch (reply.outcome_case()) {
    case v1::Reply::kError:
      show(out, reply.error());
      break;
    case v1::Reply::kVerdict:
      show(out, reply.verdict());
      break;
    case v1::Reply::kHealthReport:
      show(out, reply.health_report());
      break;
    case v1::Reply::kSubject:
      show(out, reply.subject());
      break;
    case v1::Reply::kEnrolment:
      show(out, reply.enrolment());
      break;
    case v1::Reply::kFactor:
      show(out, reply.factor());
      break;
    case v1::Reply::kFactorList:
      show(out, reply.factor_list());
      break;
    case v1::Reply::kImportReport:
      show(out, reply.import_report());
      break;
    case v1::Reply::kTokenList:
      show(out, reply.token_list());
      break;
    case v1::Reply::kToken:
      show(out, reply.token());
      break;
    case v1::Reply::kClient:
      show(out, reply.client());
      break;
    case v1::Reply::kClientList:
      show(out, reply.client_list());
      break;
    case v1::Reply::kClientCheck:
      show(out, reply.client_check());
      break;
    case v1::Reply::kExplanation:
      show(out, reply.explanation());
      break;
    case v1::Reply::kCourierStatus:
      show(out, reply.courier_status());
      break;
    case v1::Reply::kDelivery:
      show(out, reply.delivery());
      break;
    default:
      show_account(out, reply);
      break;
    case v1::Reply::kChallenge:
      show(out, reply.challenge());
      break;
    case v1::Reply::kStoreCheck:
      show(out, reply.store_check());
      break;
    case v1::Reply::kStatus:
      show(out, reply.status());
      break;
  }
  return std::move(out).str();
}

}  // namespace countersign::cli
