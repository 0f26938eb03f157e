// SPDX-License-Identifier: Apache-2.0
// A slot's configuration as the key takes it: 52 bytes, wiped with the object that holds them. For
// this module's sources alone.
#pragma once

#include "firmware-interface/yubikey/slot.hpp"

#include <ykdef.h>

#include <string.h>

namespace countersign::yubikey {

class Layout {
 public:
  // Fails with `malformed`.
  static Result<Layout> of(const Configuration& configuration, Typing typing);
  // For an update: flags alone.
  static Layout of(Typing typing);

  Layout(Layout&& other) noexcept : fields_{other.fields_} { other.wipe(); }
  Layout& operator=(Layout&&) = delete;
  ~Layout() { wipe(); }

  // REQUIRES: kAccessCodeBytes, or none.
  void protect(BytesView access_code);
  [[nodiscard]] config_st* fields() { return &fields_; }

 private:
  Layout() = default;
  void wipe() noexcept { ::explicit_bzero(&fields_, sizeof fields_); }
  Status fill(const YubicoOtp& otp);
  Status fill(const Hotp& hotp);
  Status fill(const ChallengeResponse& response);
  Status put_hmac_key(const SecretBytes& secret);
  void set_typing(Typing typing);

  config_st fields_{};
};

}  // namespace countersign::yubikey
