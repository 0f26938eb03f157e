// SPDX-License-Identifier: Apache-2.0
// What a remembered device shows instead of a second factor: a text that is another one after every
// use. Of it nothing is stored, because the HSM can tell whether it is genuine.
//
//   text: base64url, without padding, of: factor, 8 bytes | n, 8 | MAC, 32      64 characters
//   sealed: format 1, 1 byte | nonce, 16 | until, 8 (milliseconds)
//
// The factor's position is the n that was accepted last. Whoever shows an older one has a copy of
// what the device had: one of the two is a thief.
#pragma once

#include "async/awaitable.hpp"
#include "base/clock.hpp"
#include "base/secret_bytes.hpp"
#include "daemon/model/subject.hpp"
#include "hsm/client/hsm.hpp"

#include <optional>

namespace countersign::verify {

inline constexpr std::size_t kDeviceTextBytes = 64;
// For how long the last one is answered again: a lost reply is no theft.
inline constexpr std::chrono::seconds kDeviceReplyLost{60};

struct DeviceRow {
  std::array<std::byte, 16> nonce{};
  Time until{};  // at this instant it is forgotten
};

[[nodiscard]] Bytes encode(const DeviceRow& row);
// Fails with `corrupt`.
[[nodiscard]] Result<DeviceRow> device_row_from(BytesView sealed);

// `sealed` of a fresh one. Fails with `unavailable`.
awaitable<Result<SealedSecret>> fresh_device(hsm::Hsm& hsm, Time until);

struct DeviceText {
  FactorId factor{};
  std::int64_t n = 0;
  hsm::Mac mac{};
};
// None when it is no such text.
[[nodiscard]] std::optional<DeviceText> device_text_from(const SecretBytes& text);

awaitable<Result<hsm::Mac>> mac_of_device(hsm::Hsm& hsm, SubjectId subject, FactorId factor,
                                          const DeviceRow& row, std::int64_t n);
// What the device shows next time, when `position` is where its factor is now.
// Fails with `corrupt`, `unavailable`.
awaitable<Result<SecretBytes>> device_text(hsm::Hsm& hsm, const Factor& device, Position position);

}  // namespace countersign::verify
