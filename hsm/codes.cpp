// SPDX-License-Identifier: Apache-2.0
#include "hsm/codes.hpp"

#include <algorithm>

namespace countersign::hsm {
namespace {

constexpr std::string_view kDomain = "countersign code v1";

// Of a byte's 256 values, 250 give each digit 25 times; the others are thrown away.
constexpr unsigned kFairValues = 250;
constexpr std::size_t kDrawnBytes = 16;
// A second draw is rare. A generator that gives nothing of use so often is broken.
constexpr int kDrawsMax = 8;

}  // namespace

Result<SecretBytes> make_code(Session& session, std::uint8_t digits) {
  if (digits < kCodeDigitsMin || digits > kCodeDigitsMax) {
    return Error{ErrorCode::malformed, "code.digits", digits};
  }
  SecretBytes code{std::size_t{digits}};
  SecretBytes drawn{kDrawnBytes};
  std::size_t made = 0;
  for (int draw = 0; draw < kDrawsMax; ++draw) {
    CS_CHECK(session.random(drawn.expose()));
    for (const std::byte byte : drawn.expose()) {
      const auto value = std::to_integer<unsigned>(byte);
      if (value >= kFairValues) continue;
      code.expose()[made++] = static_cast<std::byte>('0' + value % 10);
      if (made == digits) return code;
    }
  }
  return Error{ErrorCode::unavailable, "C_GenerateRandom.values"};
}

Status check_context(BytesView context) {
  if (context.empty()) return Error{ErrorCode::malformed, "code.context"};
  if (context.size() <= kCodeContextBytesMax) return {};
  return Error{ErrorCode::limit_exceeded, "code.context", context.size()};
}

Result<Mac> mac_of_code(MacKeys& keys, BytesView context, BytesView code) {
  Bytes what_for;
  Writer{what_for}.raw(as_bytes(kDomain)).blob(context);
  SecretBytes input{what_for.size() + code.size()};
  const auto behind = std::ranges::copy(what_for, input.expose().begin()).out;
  std::ranges::copy(code, behind);
  return keys.mac(MacKey::pepper, input.expose());
}

}  // namespace countersign::hsm
