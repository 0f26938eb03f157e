// SPDX-License-Identifier: Apache-2.0
// Any text as JSON for any operation, named by the first byte: no crash, and no request without its
// bounds.
#include "daemon/wire/codec.hpp"

#include <array>
#include <cstdlib>

using namespace countersign;

namespace {

// The first byte of an input is a number of these: new ones go to the end.
constexpr std::array kOperations{"verify",
                                 "enrol-oath",
                                 "rename-factor",
                                 "check-store",
                                 "health",
                                 "create-subject",
                                 "confirm-factor",
                                 "resynchronise-factor",
                                 "start-challenge",
                                 "answer-challenge",
                                 "enrol-out-of-band",
                                 "take-messages",
                                 "report-messages",
                                 "send-test-message",
                                 "describe-realm",
                                 "request-link",
                                 "inspect-ticket",
                                 "open-ticket",
                                 "sign-in",
                                 "prove-factor",
                                 "reauthenticate",
                                 "get-session",
                                 "list-sessions",
                                 "end-session",
                                 "issue-hand-over",
                                 "redeem-hand-over",
                                 "set-password",
                                 "set-question",
                                 "get-question",
                                 "answer-question",
                                 "make-recovery-codes",
                                 "issue-temporary-code",
                                 "remember-device",
                                 "show-pending-secret",
                                 "get-profile",
                                 "change-profile",
                                 "list-activity",
                                 "send-activation",
                                 "export-subject",
                                 "erase-subject",
                                 "explain-policy",
                                 "read-journal"};

void check(const StartChallenge& start) {
  const bool is_transaction = start.purpose == Purpose::transaction;
  if (start.transaction.empty() == is_transaction) std::abort();
  if (start.transaction.size() > StartChallenge::kTransactionBytesMax) std::abort();
  if (start.language.size() > StartChallenge::kLanguageBytesMax) std::abort();
  if (start.destination.has_value() != (start.purpose == Purpose::address)) std::abort();
  if (start.destination && start.destination->text.size() > Destination::kBytesMax) std::abort();
}

void check(const SignIn& sign_in) {
  if (sign_in.password.size() == 0 || sign_in.password.size() > kTypedTextBytesMax) std::abort();
  if (sign_in.user_agent.size() > Session::kUserAgentBytesMax) std::abort();
}

void check(const SetQuestion& question) {
  if (question.custom.empty() == (question.stock_id == 0)) std::abort();
  if (question.answer.size() == 0 || question.answer.size() > kTypedTextBytesMax) std::abort();
}

void check(const AnswerChallenge& answer) {
  if (answer.passcode.has_value() == (answer.response.size() != 0)) std::abort();
  const bool is_transaction = answer.purpose == Purpose::transaction;
  if (answer.transaction.empty() == is_transaction) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view json{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto request =
      wire::decode_json(kOperations[data[0] % kOperations.size()], json, "", "session");
  if (!request) {
    if (request.error().operation.view().empty()) std::abort();
    return 0;
  }
  if (request->id.size != RequestId::kBytesMin) std::abort();
  if (const auto* enrol = std::get_if<EnrolOath>(&request->ask)) {
    if (enrol->oath.digits < 6 || enrol->oath.digits > 8) std::abort();
    if (enrol->secret && (enrol->secret->size() < 10 || enrol->secret->size() > 512)) std::abort();
  }
  if (const auto* start = std::get_if<StartChallenge>(&request->ask)) check(*start);
  if (const auto* answer = std::get_if<AnswerChallenge>(&request->ask)) check(*answer);
  if (const auto* sign_in = std::get_if<SignIn>(&request->ask)) check(*sign_in);
  if (const auto* question = std::get_if<SetQuestion>(&request->ask)) check(*question);
  if (const auto* take = std::get_if<TakeMessages>(&request->ask)) {
    if (take->max < 1 || take->max > TakeMessages::kMessagesMax) std::abort();
    if (take->wait > TakeMessages::kWaitMax) std::abort();
  }
  return 0;
}
