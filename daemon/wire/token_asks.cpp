// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/token_asks.hpp"

#include "daemon/wire/enrol_asks.hpp"
#include "daemon/wire/message_fields.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

#include <limits>

namespace countersign::wire {
namespace {

constexpr std::uint64_t kTokenIdMax = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kSessionCounterMax = 0x7fff;
constexpr std::int64_t kSessionUseMax = 0xff;

Result<FactorKind> kind_from(v1::FactorKind kind) {
  if (kind != v1::TOTP && kind != v1::HOTP && kind != v1::YUBICO_OTP) {
    return Error{ErrorCode::malformed, "token.kind"};
  }
  return static_cast<FactorKind>(kind);
}

Result<std::string> serial_from(const std::string& typed) {
  const auto serial = Label::from(typed);
  if (!serial) return Error{ErrorCode::malformed, "token.serial"};
  return serial->text();
}

// Nothing up to and including the last session that was seen is accepted.
Result<Position> start_of_yubico(std::uint64_t last_session) {
  if (last_session == 0) return Position::none;
  if (last_session > kSessionCounterMax) return Error{ErrorCode::malformed, "token.counter"};
  return Position{static_cast<std::int64_t>(last_session << 8) | kSessionUseMax};
}

Result<TokenSecret> yubico_from(v1::TokenSecret& message, Token token) {
  CS_TRY(auto key, yubico_key_from(*message.mutable_secret(), *message.mutable_private_id()));
  if (!key) return Error{ErrorCode::malformed, "enrol.yubico_key"};
  const bool oath = message.algorithm() != v1::HASH_ALGORITHM_UNSPECIFIED ||
                    message.digits() != 0 || message.period_seconds() != 0;
  if (oath) return Error{ErrorCode::malformed, "token.yubico_fields"};
  CS_TRY(token.public_id, public_id_from(message.public_id()));
  if (token.public_id.empty()) return Error{ErrorCode::malformed, "token.public_id"};
  CS_TRY(token.position, start_of_yubico(message.counter()));
  token.oath = kNoOath;
  return TokenSecret{std::move(token), SecretBytes{}, std::move(key)};
}

Result<TokenSecret> oath_token_from(v1::TokenSecret& message, Token token) {
  SecretBytes secret{as_bytes(message.secret())};
  if (secret.size() < kOathSecretBytesMin || secret.size() > kOathSecretBytesMax) {
    return Error{ErrorCode::malformed, "token.secret"};
  }
  if (token.serial.empty()) return Error{ErrorCode::malformed, "token.serial"};
  if (!message.private_id().empty()) return Error{ErrorCode::malformed, "token.oath_fields"};
  const bool hotp = token.kind == FactorKind::hotp;
  if (!hotp && !message.public_id().empty()) {
    return Error{ErrorCode::malformed, "token.oath_fields"};
  }
  CS_TRY(token.public_id, token_identifier_from(message.public_id()));
  CS_TRY(token.oath, oath_from({.kind = token.kind,
                                .algorithm = message.algorithm(),
                                .digits = message.digits(),
                                .period_seconds = message.period_seconds(),
                                .counter = message.counter(),
                                .secret_bytes = secret.size()}));
  if (hotp) token.position = Position{static_cast<std::int64_t>(message.counter()) - 1};
  return TokenSecret{std::move(token), std::move(secret), std::nullopt};
}

Result<TokenSecret> token_from(v1::TokenSecret& message) {
  Token token;
  CS_TRY(token.kind, kind_from(message.kind()));
  CS_TRY(token.serial, serial_from(message.serial()));
  const bool yubico = token.kind == FactorKind::yubico_otp;
  return yubico ? yubico_from(message, std::move(token))
                : oath_token_from(message, std::move(token));
}

Result<ImportTokens> tokens_from(v1::ImportTokens& message) {
  if (message.tokens_size() > static_cast<int>(ImportTokens::kTokensMax)) {
    return Error{ErrorCode::malformed, "tokens"};
  }
  ImportTokens ask;
  ask.dry_run = message.dry_run();
  ask.tokens.reserve(static_cast<std::size_t>(message.tokens_size()));
  for (v1::TokenSecret& token : *message.mutable_tokens()) ask.tokens.push_back(token_from(token));
  return ask;
}

// A public id or a token's identifier: which of the two, its form says.
Result<std::string> any_public_id_from(const std::string& typed) {
  auto yubico = public_id_from(typed);
  if (yubico) return yubico;
  auto identifier = token_identifier_from(typed);
  if (identifier) return identifier;
  return Error{ErrorCode::malformed, "token.public_id"};
}

}  // namespace

Result<Ask> import_tokens_from(BytesView bytes) {
  v1::ImportTokens message;
  CS_CHECK(parse(bytes, message));
  Result<ImportTokens> ask = tokens_from(message);
  for (v1::TokenSecret& token : *message.mutable_tokens()) {
    wipe(*token.mutable_secret());
    wipe(*token.mutable_private_id());
  }
  if (!ask) return ask.error();
  return Ask{*std::move(ask)};
}

Result<Ask> list_tokens_from(BytesView bytes) {
  v1::ListTokens message;
  CS_CHECK(parse(bytes, message));
  if (message.after_id() > kTokenIdMax) return Error{ErrorCode::malformed, "token_id"};
  return Ask{ListTokens{TokenId{static_cast<std::int64_t>(message.after_id())}}};
}

Result<Ask> assign_token_from(BytesView bytes) {
  v1::AssignToken message;
  CS_CHECK(parse(bytes, message));
  CS_TRY(SubjectName name, subject_of(message));
  if (message.serial().empty() == message.public_id().empty()) {
    return Error{ErrorCode::malformed, "token.name"};
  }
  CS_TRY(std::string serial, serial_from(message.serial()));
  CS_TRY(std::string public_id, any_public_id_from(message.public_id()));
  CS_TRY(Label label, Label::from(message.label()));
  return Ask{
      AssignToken{std::move(name), std::move(serial), std::move(public_id), std::move(label)}};
}

Result<Ask> claim_token_from(BytesView bytes) {
  v1::ClaimToken message;
  CS_CHECK(parse(bytes, message));
  Result<Passcode> passcode = Passcode::from(message.passcode());
  wipe(*message.mutable_passcode());
  if (!passcode) return passcode.error();
  CS_TRY(SubjectName name, own_or_named(message));
  CS_TRY(Label label, Label::from(message.label()));
  CS_TRY(std::string address, canonical_address(message.client_address()));
  return Ask{
      ClaimToken{std::move(name), *std::move(passcode), std::move(label), std::move(address)}};
}

Result<Ask> discard_token_from(BytesView bytes) {
  v1::DiscardToken message;
  CS_CHECK(parse(bytes, message));
  if (message.token_id() == 0 || message.token_id() > kTokenIdMax) {
    return Error{ErrorCode::malformed, "token_id"};
  }
  return Ask{DiscardToken{TokenId{static_cast<std::int64_t>(message.token_id())}}};
}

}  // namespace countersign::wire
