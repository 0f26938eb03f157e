// SPDX-License-Identifier: Apache-2.0
// What the administrator decides: where to listen, whom to believe, how much to allow.
#pragma once

#include "gateway/rate_limit.hpp"
#include "gateway/source.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::gateway {

struct Settings {
  boost::asio::ip::address address = boost::asio::ip::make_address("127.0.0.1");
  std::uint16_t port = 8180;  // 0: one that is free
  std::string socket = "/run/countersign/verify.sock";
  std::string certificate;  // PEM, with what leads to the root; empty: plain HTTP
  std::string key;          // PEM
  std::vector<Network> trusted_proxies;
  Rate rate;                                   // of one source
  std::uint32_t connections = 1'024;           // in all
  std::uint32_t connections_per_source = 256;  // a trusted proxy has no such limit
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

// "127.0.0.1:8180", "[::1]:8180". Fails with `malformed`.
[[nodiscard]] Status read_listen(std::string_view text, Settings& settings);

// Settings that contradict each other; empty if they do not.
[[nodiscard]] std::string contradiction_in(const Settings& settings);

}  // namespace countersign::gateway
