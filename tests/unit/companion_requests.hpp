// SPDX-License-Identifier: Apache-2.0
// Requests of browsers, from the bytes that they send.
#pragma once

#include "companion/request/request.hpp"

#include <string>
#include <string_view>

namespace countersign::companion::test {

inline constexpr std::string_view kOrigin = "https://accounts.example.com";
inline constexpr std::string_view kClient = "192.0.2.7";

inline Result<Request> read(const std::string& bytes) {
  http::RequestReader reader{Request::kBodyBytesMax};
  BytesView left = as_bytes(bytes);
  for (;;) {
    CS_TRY(const bool whole, reader.read());
    if (whole) return read_request(reader, *IpAddress::from(kClient));
    if (left.empty()) return Error{ErrorCode::unavailable, "request.not_whole"};
    left = left.subspan(reader.take(left));
  }
}

// `headers`: whole lines.
inline std::string get_bytes(std::string_view target, std::string_view headers = {}) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: accounts.example.com\r\n" +
         std::string{headers} + "\r\n";
}
inline std::string post_bytes(std::string_view target, std::string_view body,
                              std::string_view headers = {}) {
  return "POST " + std::string{target} + " HTTP/1.1\r\nHost: accounts.example.com\r\n" +
         "Content-Type: application/x-www-form-urlencoded\r\n" +
         "Content-Length: " + std::to_string(body.size()) + "\r\n" + std::string{headers} + "\r\n" +
         std::string{body};
}

}  // namespace countersign::companion::test
