// SPDX-License-Identifier: Apache-2.0
// A YubiKey with a Yubico OTP in its slot, as far as a daemon can tell.
#pragma once

#include "tests/support/appliance.hpp"
#include "tests/support/yubico_block.hpp"

#include <cstdint>
#include <string>

namespace countersign::test {

struct YubicoKey {
  std::string username;
  std::string public_id;
  std::string aes_key;     // bytes
  std::string private_id;  // bytes
  std::uint64_t factor = 0;
  YubicoTap next;

  [[nodiscard]] std::string otp(const YubicoTap& tap) const;
  // Types its next OTP, two seconds after the last; in a new session when the old one is full.
  std::string tap();
};

// With secrets of its own, programmed and never tapped.
[[nodiscard]] YubicoKey random_yubico_key(const std::string& username,
                                          const std::string& public_id);
// The `number`-th public id of a vendor.
[[nodiscard]] std::string public_id_of(std::uint32_t number);

[[nodiscard]] v1::Request enrol_request(const YubicoKey& key);
[[nodiscard]] v1::Request confirm_request(YubicoKey& key);

// The subject, and the key as their factor; active unless asked otherwise.
void enrol(const Appliance& appliance, YubicoKey& key, bool confirm = true);

// A question that names nobody, as a gateway asks.
[[nodiscard]] v1::Request by_public_id(const std::string& otp, const std::string& request_id = "");
// For peers that are to be portals and gateways at once.
extern const char* const kGatewayPolicy;

}  // namespace countersign::test
