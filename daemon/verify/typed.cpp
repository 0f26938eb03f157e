// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/typed.hpp"

#include "firmware-interface/oath_identifier.hpp"

namespace countersign::verify {

Typed typed_from(const Passcode& passcode) {
  Typed typed;
  typed.code = passcode.expose();
  if (passcode.is_digits()) return typed;  // nearly everybody's
  typed.yubico = parse_yubico_otp(passcode.expose());
  if (typed.yubico) return typed;
  if (auto identified = parse_identified_oath(passcode.expose())) {
    typed.identifier = std::move(identified->identifier);
    typed.code.remove_prefix(typed.code.size() - identified->digits.size());
  }
  return typed;
}

}  // namespace countersign::verify
