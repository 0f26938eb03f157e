// SPDX-License-Identifier: Apache-2.0
// What the form of a passcode says of the factor that it came from.
#pragma once

#include "base/passcode.hpp"
#include "base/secret_bytes.hpp"
#include "daemon/model/subject.hpp"
#include "firmware-interface/yubico_otp.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace countersign::verify {

struct Typed {
  std::optional<YubicoOtp> yubico;  // it has the form of a Yubico OTP: nothing else is tried
  std::string identifier;           // what an OATH token typed in front of its code; mostly empty
  std::string_view code;            // the rest, or all of it; a view into the passcode
  // recovery_codes or temporary_code, where it has the form of one: nothing else is tried.
  std::optional<FactorKind> written;
};

// What was typed for a factor of one kind: a password, an answer, a remembered device's secret.
struct TypedSecret {
  FactorKind kind{};
  const SecretBytes& text;  // UTF-8, as it came
};

// REQUIRES: the passcode outlives the result.
[[nodiscard]] Typed typed_from(const Passcode& passcode);

}  // namespace countersign::verify
