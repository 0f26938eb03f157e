// SPDX-License-Identifier: Apache-2.0
// The cookies of a browser, as it sends them, and as we set them (RFC 6265).
//
// Every one of ours is named __Host-...: the browser then takes it from this very host alone, over
// TLS, for all paths. None can be read by a script.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::companion {

// What each is for. The session and the device are the daemon's secrets and say nothing to us.
inline constexpr std::string_view kSessionCookie = "__Host-countersign";
inline constexpr std::string_view kTicketCookie = "__Host-countersign-ticket";
inline constexpr std::string_view kFormCookie = "__Host-countersign-form";
inline constexpr std::string_view kDeviceCookie = "__Host-countersign-device";
// Who asked for a code, until it was typed: pages/asker.hpp.
inline constexpr std::string_view kAskerCookie = "__Host-countersign-asker";
inline constexpr std::string_view kLanguageCookie = "__Host-countersign-language";

class Cookies {
 public:
  // "a=b; c=d". A comma is a letter like others: in a value that a neighbour under the same domain
  // has planted, what follows it must not pass for a cookie of ours. What is no cookie of ours is
  // left out, and so is one that comes twice: whoever planted the other one gains nothing.
  static Cookies parse(std::string_view header);

  // Empty if it is absent.
  [[nodiscard]] std::string_view value_of(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> cookies_;
};

struct SetCookie {
  std::string_view name;                    // one of the above
  std::string value;                        // empty: the browser forgets it
  std::optional<std::chrono::seconds> age;  // until the browser is closed when absent

  // The header's value: "__Host-countersign=...; Path=/; Secure; HttpOnly; SameSite=Lax".
  [[nodiscard]] std::string text() const;
};

}  // namespace countersign::companion
