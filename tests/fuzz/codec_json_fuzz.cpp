// SPDX-License-Identifier: Apache-2.0
// Any text as JSON for any operation, named by the first byte: no crash, and no request without its
// bounds.
#include "daemon/wire/codec.hpp"

#include <array>
#include <cstdlib>

using namespace countersign;

namespace {

void check(const StartChallenge& start) {
  const bool is_transaction = start.purpose == Purpose::transaction;
  if (start.transaction.empty() == is_transaction) std::abort();
  if (start.transaction.size() > StartChallenge::kTransactionBytesMax) std::abort();
  if (start.language.size() > StartChallenge::kLanguageBytesMax) std::abort();
  if (start.destination.has_value() != (start.purpose == Purpose::address)) std::abort();
  if (start.destination && start.destination->text.size() > Destination::kBytesMax) std::abort();
}

void check(const AnswerChallenge& answer) {
  if (answer.passcode.has_value() == (answer.response.size() != 0)) std::abort();
  const bool is_transaction = answer.purpose == Purpose::transaction;
  if (answer.transaction.empty() == is_transaction) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array kOperations{
      "verify",          "enrol-oath",       "rename-factor",     "check-store",
      "health",          "create-subject",   "confirm-factor",    "resynchronise-factor",
      "start-challenge", "answer-challenge", "enrol-out-of-band", "take-messages",
      "report-messages", "send-test-message"};
  if (size == 0) return 0;
  const std::string_view json{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto request = wire::decode_json(kOperations[data[0] % kOperations.size()], json, "");
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
  if (const auto* take = std::get_if<TakeMessages>(&request->ask)) {
    if (take->max < 1 || take->max > TakeMessages::kMessagesMax) std::abort();
    if (take->wait > TakeMessages::kWaitMax) std::abort();
  }
  return 0;
}
