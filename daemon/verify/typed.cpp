// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/typed.hpp"

#include "daemon/verify/crockford.hpp"
#include "daemon/verify/recovery_codes.hpp"
#include "daemon/verify/temporary_code.hpp"
#include "firmware-interface/oath_identifier.hpp"

namespace countersign::verify {
namespace {

// No code that a token computes or types is as long as one of these.
std::optional<FactorKind> written_kind(std::string_view code) {
  const bool is_recovery = code.size() == kRecoveryCharacters;
  if (!is_recovery && code.size() != kTemporaryCharacters) return std::nullopt;
  if (!crockford::is_written(code)) return std::nullopt;
  return is_recovery ? FactorKind::recovery_codes : FactorKind::temporary_code;
}

}  // namespace

Typed typed_from(const Passcode& passcode) {
  Typed typed;
  typed.code = passcode.expose();
  typed.written = written_kind(typed.code);
  if (typed.written || passcode.is_digits()) return typed;  // digits: nearly everybody's
  typed.yubico = parse_yubico_otp(passcode.expose());
  if (typed.yubico) return typed;
  if (auto identified = parse_identified_oath(passcode.expose())) {
    typed.identifier = std::move(identified->identifier);
    typed.code.remove_prefix(typed.code.size() - identified->digits.size());
  }
  return typed;
}

}  // namespace countersign::verify
