// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/challenge_asks.hpp"

#include "daemon/wire/destination.hpp"
#include "daemon/wire/message_fields.hpp"
#include "daemon/wire/numbers.hpp"
#include "daemon/wire/shown_text.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

namespace countersign::wire {
namespace {

constexpr std::size_t kResponseKeyBytes = 20;
constexpr TextLimits kTransaction{.characters_max = 200,
                                  .bytes_max = StartChallenge::kTransactionBytesMax};

// Nothing of nothing. What it leaves behind is wiped.
Result<std::optional<Passcode>> passcode_from(std::string& typed) {
  if (typed.empty()) return std::optional<Passcode>{};
  Result<Passcode> passcode = Passcode::from(typed);
  wipe(typed);
  if (!passcode) return passcode.error();
  return std::optional<Passcode>{*std::move(passcode)};
}

template <class Message>
std::optional<Purpose> purpose_of(const Message& message) {
  if (message.purpose() == v1::PURPOSE_UNSPECIFIED) return std::nullopt;
  return static_cast<Purpose>(message.purpose());
}

// With the one purpose that has it, and with no other. Its owner decides by what it says.
template <class Message>
Result<std::string> transaction_from(Message& message) {
  const bool is_transaction = message.purpose() == v1::TRANSACTION;
  if (message.transaction().empty() == is_transaction) {
    return Error{ErrorCode::malformed, "transaction.purpose"};
  }
  if (!check_shown_text(message.transaction(), kTransaction)) {
    return Error{ErrorCode::malformed, "transaction.text"};
  }
  return std::move(*message.mutable_transaction());
}

Result<std::optional<FactorKind>> kind_from(const v1::StartChallenge& message) {
  if (message.kind() == v1::FACTOR_KIND_UNSPECIFIED) return std::optional<FactorKind>{};
  const auto kind = static_cast<FactorKind>(message.kind());
  if (kind == FactorKind::chalresp || is_out_of_band(kind)) return std::optional{kind};
  return Error{ErrorCode::malformed, "challenge.kind"};
}

// Of an address that is yet to be shown to be somebody's; every other purpose has a factor's.
Result<std::optional<Destination>> destination_of(v1::StartChallenge& message) {
  if (message.purpose() != v1::ADDRESS) {
    if (message.destination().empty() && message.country().empty()) {
      return std::optional<Destination>{};
    }
    return Error{ErrorCode::malformed, "destination.purpose"};
  }
  if (message.factor_id() != 0) return Error{ErrorCode::malformed, "destination.factor"};
  auto destination = destination_from(
      {.kind = message.kind(), .text = message.destination(), .country = message.country()});
  wipe(*message.mutable_destination());
  if (!destination) return destination.error();
  return std::optional{*std::move(destination)};
}

}  // namespace

Result<Ask> start_challenge_from(BytesView bytes) {
  v1::StartChallenge message;
  CS_CHECK(parse(bytes, message));
  CS_TRY(SubjectName name, own_or_named(message));
  std::optional<FactorId> factor;
  if (message.factor_id() > kStoredNumberMax) {
    return Error{ErrorCode::malformed, "factor_id.range"};
  }
  if (message.factor_id() != 0) factor = FactorId{static_cast<std::int64_t>(message.factor_id())};
  CS_TRY(std::string address, canonical_address(message.client_address()));
  CS_TRY(const std::optional<FactorKind> kind, kind_from(message));
  CS_TRY(std::optional<Destination> destination, destination_of(message));
  CS_TRY(std::string transaction, transaction_from(message));
  CS_TRY(std::string language, language_from(message.language()));
  return Ask{StartChallenge{.subject = std::move(name),
                            .factor = factor,
                            .client_address = std::move(address),
                            .kind = kind,
                            .purpose = purpose_of(message),
                            .transaction = std::move(transaction),
                            .language = std::move(language),
                            .destination = std::move(destination)}};
}

Result<Ask> answer_challenge_from(BytesView bytes) {
  v1::AnswerChallenge message;
  CS_CHECK(parse(bytes, message));
  // First of all, so that whatever is wrong with the rest, both are out of the message.
  SecretBytes response = taken_from(*message.mutable_response());
  Result<std::optional<Passcode>> passcode = passcode_from(*message.mutable_passcode());
  if (!passcode) return passcode.error();
  if (passcode->has_value() == (response.size() != 0)) {
    return Error{ErrorCode::malformed, "response.one"};
  }
  if (response.size() > AnswerChallenge::kResponseBytesMax) {
    return Error{ErrorCode::malformed, "response"};
  }
  const std::uint64_t id = message.challenge_id();
  if (id == 0 || id > kStoredNumberMax) return Error{ErrorCode::malformed, "challenge_id"};
  CS_TRY(std::string address, canonical_address(message.client_address()));
  CS_TRY(std::string transaction, transaction_from(message));
  std::optional<SubjectName> subject;
  if (message.has_subject()) {
    CS_TRY(subject, name_from(message.subject()));
  }
  return Ask{AnswerChallenge{.challenge = ChallengeId{static_cast<std::int64_t>(id)},
                             .response = std::move(response),
                             .client_address = std::move(address),
                             .passcode = *std::move(passcode),
                             .purpose = purpose_of(message),
                             .transaction = std::move(transaction),
                             .subject = std::move(subject)}};
}

Result<Ask> enrol_challenge_response_from(BytesView bytes) {
  v1::EnrolChallengeResponse message;
  CS_CHECK(parse(bytes, message));
  // First of all, so that whatever is wrong with the rest, the secret is out of the message.
  SecretBytes secret = taken_from(*message.mutable_secret());
  if (secret.size() != 0 && secret.size() != kResponseKeyBytes) {
    return Error{ErrorCode::malformed, "enrol.response_key"};
  }
  std::optional<SecretBytes> key;
  if (secret.size() != 0) key.emplace(std::move(secret));
  CS_TRY(SubjectName name, subject_of(message));
  CS_TRY(Label label, Label::from(message.label()));
  return Ask{EnrolChallengeResponse{std::move(name), std::move(label), std::move(key)}};
}

}  // namespace countersign::wire
