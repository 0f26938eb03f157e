// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/message_fields.hpp"

#include "daemon/wire/numbers.hpp"
#include "daemon/wire/shown_text.hpp"
#include "daemon/wire/wipe.hpp"

#include <algorithm>

namespace countersign::wire {
namespace {

constexpr TextLimits kUserAgent{.characters_max = Session::kUserAgentBytesMax,
                                .bytes_max = Session::kUserAgentBytesMax};
constexpr std::size_t kBearerBytesMax = Request::kSessionBytesMax;
// A device's has two numbers and a MAC in it.
constexpr std::size_t kDeviceBytesMax = 64;

bool is_base64url(std::byte byte) {
  const auto c = std::to_integer<char>(byte);
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool is_bearer(BytesView text, std::size_t bytes_max) {
  return text.size() <= bytes_max && std::ranges::all_of(text, is_base64url);
}

}  // namespace

Result<FactorId> factor_from(std::uint64_t id) {
  if (id == 0) return Error{ErrorCode::malformed, "factor_id.missing"};
  if (id > kStoredNumberMax) return Error{ErrorCode::malformed, "factor_id.range"};
  return FactorId{static_cast<std::int64_t>(id)};
}

SecretBytes taken_from(std::string& bytes) {
  SecretBytes taken{as_bytes(bytes)};
  wipe(bytes);
  return taken;
}

Result<SecretBytes> typed_text_from(std::string& typed) {
  SecretBytes text = taken_from(typed);
  if (text.size() > kTypedTextBytesMax) return Error{ErrorCode::malformed, "typed_text.length"};
  return text;
}

Result<SecretBytes> session_from(BytesView text) {
  if (!is_bearer(text, kBearerBytesMax)) return Error{ErrorCode::malformed, "session.text"};
  return SecretBytes{text};
}

Result<SecretBytes> ticket_from(std::string& text) {
  SecretBytes ticket = taken_from(text);
  if (ticket.size() == 0) return Error{ErrorCode::malformed, "ticket.missing"};
  if (!is_bearer(ticket.expose(), kBearerBytesMax)) {
    return Error{ErrorCode::malformed, "ticket.text"};
  }
  return ticket;
}

Result<SecretBytes> device_from(std::string& text) {
  SecretBytes device = taken_from(text);
  if (!is_bearer(device.expose(), kDeviceBytesMax)) {
    return Error{ErrorCode::malformed, "device.text"};
  }
  return device;
}

Result<std::string> user_agent_from(std::string& text) {
  if (!check_shown_text(text, kUserAgent)) return Error{ErrorCode::malformed, "user_agent"};
  return std::move(text);
}

}  // namespace countersign::wire
