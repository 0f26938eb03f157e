// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/files/token_row.hpp"

#include "firmware-interface/modhex.hpp"
#include "firmware-interface/oath_identifier.hpp"
#include "firmware-interface/yubico_otp.hpp"

#include <algorithm>
#include <limits>

namespace countersign::files {
namespace {

Error refused(Literal why) { return {ErrorCode::malformed, why}; }

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

Status check_yubico(const TokenRow& row) {
  if (row.public_id.empty()) return refused("It has no public id, by which it could be found.");
  if (row.public_id.size() > kPublicIdLettersMax) {
    return refused("Its public id is longer than 16 letters.");
  }
  if (!modhex::decode(row.public_id)) {
    return refused("Its public id is not an even number of modhex letters.");
  }
  if (row.secret.size() != kYubicoBlockBytes) {
    return refused("Its AES key is not 16 bytes (32 hexadecimal digits).");
  }
  if (row.private_id.size() != kYubicoPrivateIdBytes) {
    return refused("Its private id is not 6 bytes (12 hexadecimal digits).");
  }
  return {};
}

Status check_oath(const TokenRow& row) {
  if (row.serial.empty()) return refused("It has no serial number.");
  if (row.secret.size() < kOathSecretBytesMin || row.secret.size() > kOathSecretBytesMax) {
    return refused("Its secret is shorter than 10 bytes or longer than 512.");
  }
  if (row.digits < 6 || row.digits > 8) return refused("Its codes have not 6, 7 or 8 digits.");
  if (row.kind == TokenKind::totp &&
      (row.period_seconds < kPeriodSecondsMin || row.period_seconds > kPeriodSecondsMax)) {
    return refused("Its codes change faster than every 15 s or slower than every 120 s.");
  }
  if (!row.public_id.empty() && !canonical_oath_identifier(row.public_id)) {
    return refused("Its token identifier is not 12 letters and digits.");
  }
  return {};
}

}  // namespace

Result<TokenRow> checked(TokenRow row) {
  if (row.serial.size() > kSerialCharactersMax) {
    return refused("Its serial number is longer than 64 characters.");
  }
  if (!std::ranges::all_of(row.serial, is_printable)) {
    return refused("Its serial number has characters that cannot be printed.");
  }
  // It is stored as a signed 64-bit number.
  if (row.counter > std::numeric_limits<std::int64_t>::max()) {
    return refused("Its counter is too large.");
  }
  CS_CHECK(row.kind == TokenKind::yubico_otp ? check_yubico(row) : check_oath(row));
  return row;
}

}  // namespace countersign::files
