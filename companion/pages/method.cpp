// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/method.hpp"

namespace countersign::companion {
namespace {

std::string_view key_of(v1::FactorKind kind) {
  switch (kind) {
    case v1::TOTP:
      return "method.totp";
    case v1::HOTP:
      return "method.hotp";
    case v1::YUBICO_OTP:
      return "method.yubikey";
    case v1::CHALRESP:
      return "method.chalresp";
    case v1::SMS:
      return "method.sms";
    case v1::EMAIL:
      return "method.email";
    case v1::QUESTION:
      return "method.question";
    case v1::RECOVERY_CODES:
      return "method.recovery_codes";
    case v1::TEMPORARY_CODE:
      return "method.temporary_code";
    case v1::DEVICE:
      return "method.device";
    case v1::PASSWORD:
      return "method.password";
    case v1::RESET_QUESTION:
      return "method.reset_question";
    case v1::RESET_PHONE:
      return "method.reset_phone";
    case v1::PRIMARY_EMAIL:
      return "method.primary_email";
    case v1::SECONDARY_EMAIL:
      return "method.secondary_email";
    case v1::MOBILE:
      return "method.mobile";
    default:
      return "method.unknown";
  }
}

}  // namespace

std::string method_name(const Catalogue& words, v1::FactorKind kind) { return words(key_of(kind)); }

std::string method_of(const Catalogue& words, const v1::Factor& factor) {
  const std::string name = method_name(words, factor.kind());
  const std::string& told =
      factor.masked_destination().empty() ? factor.label() : factor.masked_destination();
  if (told.empty()) return name;
  return words("method.which", {{"method", name}, {"which", told}});
}

bool is_typed(v1::FactorKind kind) {
  return kind == v1::TOTP || kind == v1::HOTP || kind == v1::YUBICO_OTP ||
         kind == v1::RECOVERY_CODES || kind == v1::TEMPORARY_CODE;
}

bool is_sent(v1::FactorKind kind) { return kind == v1::SMS || kind == v1::EMAIL; }

}  // namespace countersign::companion
