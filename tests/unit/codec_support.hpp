// SPDX-License-Identifier: Apache-2.0
// Requests in the making: Protobuf's wire format piece by piece, so that tests can spoil any of it.
#pragma once

#include "daemon/wire/codec.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::wire {

inline constexpr std::string_view kId = "0123456789abcdef";

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes += static_cast<char>(value);
}
inline std::string number_field(unsigned field, std::uint64_t value) {
  return varint(field << 3) + varint(value);
}
inline std::string bytes_field(unsigned field, std::string_view bytes) {
  return varint(field << 3 | 2) + varint(bytes.size()) + std::string{bytes};
}

// Numbers of api/countersign.proto.
inline constexpr unsigned kVerify = 10, kHealth = 11, kCreateSubject = 20, kEnrolOath = 30,
                          kConfirm = 31, kRename = 33, kRevoke = 36, kResynchronise = 37,
                          kCheckStore = 50;

inline std::string request(unsigned operation, std::string_view message) {
  return bytes_field(1, kId) + bytes_field(operation, message);
}
inline std::string subject(std::string_view username) {
  return bytes_field(1, bytes_field(2, username));
}
inline std::string verify_message(std::string_view passcode = "123456") {
  return subject("alice") + bytes_field(3, passcode);
}

// Why a request is refused; empty when it is not.
inline std::string_view native_failure(std::string_view body) {
  const auto decoded = decode_frame(as_bytes(body));
  return decoded ? std::string_view{} : decoded.error().operation.view();
}
inline std::string_view json_failure(std::string_view operation, std::string_view json,
                                     std::string_view key = kId) {
  const auto decoded = decode_json(operation, json, key);
  return decoded ? std::string_view{} : decoded.error().operation.view();
}

}  // namespace countersign::wire
