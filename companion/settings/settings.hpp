// SPDX-License-Identifier: Apache-2.0
// What the administrator decides about the companion.
#pragma once

#include "companion/settings/brand.hpp"
#include "settings/mistake.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::companion {

struct Settings {
  std::string listen = "127.0.0.1:8190";  // an address and a port; 0: one that is free
  std::string socket = "/run/countersign/enroll.sock";
  std::string share = "/usr/share/countersign/companion";  // templates/, texts/, static/
  std::string certificate;                   // PEM, with what leads to the root; empty: plain HTTP
  std::string key;                           // PEM
  std::vector<std::string> trusted_proxies;  // networks: "192.0.2.0/24", or one address
  std::uint32_t connections = 4'096;         // in all
  std::uint32_t connections_per_source = 128;  // a trusted proxy has no such limit
  std::uint32_t requests_per_second = 50;      // of one source; 0: no limit
  std::uint32_t burst = 200;
  std::vector<Brand> brands{Brand{}};
};

inline constexpr std::size_t kSettingsBytesMax = 64 * 1024;
inline constexpr std::size_t kTrustedProxiesMax = 256;
inline constexpr std::size_t kBrandsMax = 256;

// TOML over the defaults; the first mistake where there is one. An unknown key is a mistake.
[[nodiscard]] std::variant<Settings, Mistake> parse_settings(std::string_view text);

// Settings that contradict each other; empty if they do not.
[[nodiscard]] std::string contradiction_in(const Settings& settings);

}  // namespace countersign::companion
