// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/challenge_asks.hpp"

#include "daemon/wire/from_message.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

#include <limits>

namespace countersign::wire {
namespace {

constexpr std::size_t kResponseKeyBytes = 20;
constexpr std::uint64_t kStoredNumberMax = std::numeric_limits<std::int64_t>::max();

template <class Message>
Status parse(BytesView bytes, Message& message) {
  // Cannot fail after check_message(); if Protobuf should disagree, it is right.
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return {};
  return Error{ErrorCode::malformed, "wire.field_bytes"};
}

// Takes the bytes out of the message and wipes what they leave behind.
SecretBytes taken_from(std::string& bytes) {
  SecretBytes taken{as_bytes(bytes)};
  wipe(bytes);
  return taken;
}

}  // namespace

Result<Ask> start_challenge_from(BytesView bytes) {
  v1::StartChallenge message;
  CS_CHECK(parse(bytes, message));
  if (!message.has_subject()) return Error{ErrorCode::malformed, "subject.missing"};
  CS_TRY(SubjectName name, name_from(message.subject()));
  std::optional<FactorId> factor;
  if (message.factor_id() > kStoredNumberMax) {
    return Error{ErrorCode::malformed, "factor_id.range"};
  }
  if (message.factor_id() != 0) factor = FactorId{static_cast<std::int64_t>(message.factor_id())};
  CS_TRY(std::string address, canonical_address(message.client_address()));
  return Ask{StartChallenge{std::move(name), factor, std::move(address)}};
}

Result<Ask> answer_challenge_from(BytesView bytes) {
  v1::AnswerChallenge message;
  CS_CHECK(parse(bytes, message));
  SecretBytes response = taken_from(*message.mutable_response());
  if (response.size() == 0 || response.size() > AnswerChallenge::kResponseBytesMax) {
    return Error{ErrorCode::malformed, "response"};
  }
  const std::uint64_t id = message.challenge_id();
  if (id == 0 || id > kStoredNumberMax) return Error{ErrorCode::malformed, "challenge_id"};
  CS_TRY(std::string address, canonical_address(message.client_address()));
  return Ask{AnswerChallenge{ChallengeId{static_cast<std::int64_t>(id)}, std::move(response),
                             std::move(address)}};
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
  if (!message.has_subject()) return Error{ErrorCode::malformed, "subject.missing"};
  CS_TRY(SubjectName name, name_from(message.subject()));
  CS_TRY(Label label, Label::from(message.label()));
  return Ask{EnrolChallengeResponse{std::move(name), std::move(label), std::move(key)}};
}

}  // namespace countersign::wire
