// SPDX-License-Identifier: Apache-2.0
// What the administrator decides: where to listen, whom to believe, how much to allow.
#pragma once

#include "gateway/http.hpp"
#include "http/server/rate_limit.hpp"
#include "http/server/server.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace countersign::gateway {

struct Settings {
  http::ServerSettings server{.port = 8180, .body_bytes_max = kBodyBytesMax};
  http::Rate rate;  // of one source
  std::string socket = "/run/countersign/verify.sock";
  std::string certificate;  // PEM, with what leads to the root; empty: plain HTTP
  std::string key;          // PEM
};

inline constexpr std::size_t kSettingsBytesMax = 64 * 1024;
inline constexpr std::size_t kTrustedProxiesMax = 256;

// What is wrong with a settings file, in words for the person who wrote it.
struct Mistake {
  std::string message;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// TOML over the defaults; the first mistake where there is one. An unknown key is a mistake.
[[nodiscard]] std::variant<Settings, Mistake> parse_settings(std::string_view text);

// Settings that contradict each other; empty if they do not.
[[nodiscard]] std::string contradiction_in(const Settings& settings);

}  // namespace countersign::gateway
