// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/enrol_asks.hpp"

#include "daemon/wire/from_message.hpp"
#include "daemon/wire/wipe.hpp"
#include "firmware-interface/modhex.hpp"
#include "firmware-interface/oath_identifier.hpp"
#include "firmware-interface/yubico_otp.hpp"

#include "api/countersign.pb.h"

#include <algorithm>
#include <limits>

namespace countersign::wire {
namespace {

constexpr std::uint32_t kDigitsDefault = 6;
constexpr std::uint32_t kDigitsMin = 6;
constexpr std::uint32_t kDigitsMax = 8;
constexpr std::uint32_t kPeriodSecondsDefault = 30;
constexpr std::uint32_t kPeriodSecondsMin = 15;
constexpr std::uint32_t kPeriodSecondsMax = 120;
// Positions are signed where they are stored.
constexpr std::uint64_t kCounterMax = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kAesKeyBytes = 16;
// A longer one would make codes that nobody reads as Yubico OTPs.
constexpr std::size_t kPublicIdLettersMax = kYubicoOtpLettersMax - kYubicoOtpLettersMin;

Result<Ask> ask(v1::EnrolYubicoOtp& message) {
  // First of all, so that whatever is wrong with the rest, the secrets are out of the message.
  Result<std::optional<YubicoKey>> key =
      yubico_key_from(*message.mutable_aes_key(), *message.mutable_private_id());
  if (!key) return key.error();
  if (!message.has_subject()) return Error{ErrorCode::malformed, "subject.missing"};
  CS_TRY(SubjectName name, name_from(message.subject()));
  CS_TRY(std::string public_id, public_id_from(message.public_id()));
  CS_TRY(Label label, Label::from(message.label()));
  return Ask{
      EnrolYubicoOtp{std::move(name), std::move(public_id), std::move(label), *std::move(key)}};
}

}  // namespace

Result<Ask> enrol_yubico_otp_from(BytesView bytes) {
  v1::EnrolYubicoOtp message;
  // Cannot fail after check_message(); if Protobuf should disagree, it is right.
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Error{ErrorCode::malformed, "wire.field_bytes"};
  }
  return ask(message);
}

Result<OathParameters> oath_from(const OathFields& fields) {
  OathParameters oath;
  if (fields.algorithm != 0) oath.algorithm = static_cast<HashAlgorithm>(fields.algorithm);
  const std::uint32_t digits = fields.digits == 0 ? kDigitsDefault : fields.digits;
  if (digits < kDigitsMin || digits > kDigitsMax) {
    return Error{ErrorCode::malformed, "enrol.digits"};
  }
  oath.digits = static_cast<std::uint8_t>(digits);

  const bool is_totp = fields.kind == FactorKind::totp;
  if (!is_totp && fields.period_seconds != 0) {
    return Error{ErrorCode::malformed, "enrol.hotp_period"};
  }
  if (is_totp && fields.counter != 0) return Error{ErrorCode::malformed, "enrol.totp_counter"};
  if (fields.counter > kCounterMax) return Error{ErrorCode::malformed, "enrol.counter"};
  std::uint32_t period = fields.period_seconds;
  if (is_totp && period == 0) period = kPeriodSecondsDefault;
  if (is_totp && (period < kPeriodSecondsMin || period > kPeriodSecondsMax)) {
    return Error{ErrorCode::malformed, "enrol.period"};
  }
  oath.period_seconds = static_cast<std::uint16_t>(period);
  const std::size_t secret_bytes =
      fields.secret_bytes == 0 ? digest_bytes(oath.algorithm) : fields.secret_bytes;
  oath.secret_bytes = static_cast<std::uint16_t>(secret_bytes);
  return oath;
}

Result<std::string> public_id_from(std::string_view typed) {
  std::string canonical{typed};
  std::ranges::transform(canonical, canonical.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (canonical.size() > kPublicIdLettersMax || !modhex::decode(canonical)) {
    return Error{ErrorCode::malformed, "public_id"};
  }
  return canonical;
}

Result<std::string> token_identifier_from(std::string_view typed) {
  if (typed.empty()) return std::string{};
  auto canonical = canonical_oath_identifier(typed);
  if (!canonical) return Error{ErrorCode::malformed, "token_identifier"};
  return *std::move(canonical);
}

Result<std::optional<YubicoKey>> yubico_key_from(std::string& aes_key, std::string& private_id) {
  YubicoKey key{SecretBytes{as_bytes(aes_key)}, SecretBytes{as_bytes(private_id)}};
  wipe(aes_key);
  wipe(private_id);
  if (key.aes_key.size() == 0 && key.private_id.size() == 0) return std::optional<YubicoKey>{};
  if (key.aes_key.size() != kAesKeyBytes || key.private_id.size() != kYubicoPrivateIdBytes) {
    return Error{ErrorCode::malformed, "enrol.yubico_key"};
  }
  return std::optional<YubicoKey>{std::move(key)};
}

}  // namespace countersign::wire
