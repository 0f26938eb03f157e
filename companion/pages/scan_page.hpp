// SPDX-License-Identifier: Apache-2.0
// The page that brings a secret into an app: where the app is to be had, the QR code, the key to be
// typed, and the field for the first code.
#pragma once

#include "companion/door/visit.hpp"
#include "companion/pages/card.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace countersign::companion {

// What the app runs on. The numbers stand in addresses, and in keys of the catalogue.
enum class Device : std::uint8_t { iphone = 1, android = 2, other = 3 };
inline constexpr std::array<Device, 3> kDevices{Device::iphone, Device::android, Device::other};

// Nothing when nothing was chosen.
[[nodiscard]] std::optional<Device> device_of(std::uint64_t number);

// Fails with `limit_exceeded` when no QR code has room for it.
[[nodiscard]] Result<Page> scan_page(Visit& visit, const Card& app, const v1::Enrolment& secret,
                                     Device device);

// An otpauth address as it may stand in an attribute of HTML, unescaped by templates, which take no
// address that is none of the web. Empty if it is no such address.
[[nodiscard]] std::string link_of(std::string_view otpauth_uri);

}  // namespace countersign::companion
