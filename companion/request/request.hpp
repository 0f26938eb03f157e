// SPDX-License-Identifier: Apache-2.0
// One request of a browser as the pages read it: what it asks for, what it sends along, and from
// where.
#pragma once

#include "base/network.hpp"
#include "companion/request/cookies.hpp"
#include "http/form.hpp"
#include "http/request_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::companion {

enum class Method : std::uint8_t { get, post };

struct Request {
  static constexpr std::size_t kTargetBytesMax = 2 * 1024;
  static constexpr std::size_t kBodyBytesMax = 16 * 1024;
  static constexpr std::size_t kFieldsMax = 48;
  static constexpr std::size_t kUserAgentBytesMax = 200;

  Method method = Method::get;
  bool head = false;   // a GET whose body nobody wants
  std::string target;  // "/sign-in?next=/account": as it was sent
  std::string path;    // without the query
  http::Form query;
  http::Form form;  // of a POST
  Cookies cookies;
  std::string host;            // of the address that the browser was sent to, with its port
  std::string origin;          // of the page that sent it, as the browser says; may be empty
  std::string fetch_site;      // Sec-Fetch-Site, likewise
  std::string languages;       // Accept-Language
  std::string user_agent;      // cut to what the daemon takes
  std::string client_address;  // of the person's device
  std::string body;            // of a POST, as it was sent
};

// Fails with `malformed` and `limit_exceeded`; the operation says what was wrong ("request.method",
// "request.media_type", "form.escape", ...), status_of() how to tell the browser.
//
// REQUIRES: a whole request.
[[nodiscard]] Result<Request> read_request(const http::RequestReader& reader,
                                           const IpAddress& source);

// The status that says what was wrong with a request that could not be read.
[[nodiscard]] unsigned status_of(const Error& error);

}  // namespace countersign::companion
