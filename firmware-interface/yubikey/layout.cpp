// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/yubikey/layout.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace countersign::yubikey {
namespace {

constexpr std::string_view kModhex = MODHEX_MAP;
constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kTokenIdentifierLetters = 12;

template <class Array>
void put(Array& place, BytesView bytes) {
  assert(bytes.size() <= sizeof place);
  if (!bytes.empty()) std::memcpy(place, bytes.data(), bytes.size());
}

void set_flag(unsigned char& flags, unsigned flag) {
  flags = static_cast<unsigned char>(flags | flag);
}

bool all_of(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

// How many bytes of a token identifier are spelt in modhex: none, one, two, or all of them.
std::optional<std::size_t> modhex_bytes(std::string_view identifier) {
  if (identifier.size() != kTokenIdentifierLetters) return std::nullopt;
  for (const std::size_t bytes : {0u, 1u, 2u, 6u}) {
    const bool fits = all_of(identifier.substr(0, 2 * bytes), kModhex) &&
                      all_of(identifier.substr(2 * bytes), kDigits);
    if (fits) return bytes;
  }
  return std::nullopt;
}

unsigned modhex_flags(std::size_t bytes) {
  switch (bytes) {
    case 0:
      return 0;
    case 1:
      return CFGFLAG_OATH_FIXED_MODHEX1;
    case 2:
      return CFGFLAG_OATH_FIXED_MODHEX2;
    default:
      return CFGFLAG_OATH_FIXED_MODHEX;
  }
}

}  // namespace

Result<Layout> Layout::of(const Configuration& configuration, Typing typing) {
  Layout layout;
  layout.set_typing(typing);
  CS_CHECK(std::visit([&layout](const auto& kind) { return layout.fill(kind); }, configuration));
  return layout;
}

Layout Layout::of(Typing typing) {
  Layout layout;
  layout.set_typing(typing);
  return layout;
}

void Layout::protect(BytesView access_code) {
  assert(access_code.empty() || access_code.size() == kAccessCodeBytes);
  put(fields_.accCode, access_code);
}

void Layout::set_typing(Typing typing) {
  // The serial number is how keys are told apart; an update is how they are mended.
  set_flag(fields_.extFlags, EXTFLAG_SERIAL_API_VISIBLE | EXTFLAG_ALLOW_UPDATE);
  if (typing.append_return) set_flag(fields_.tktFlags, TKTFLAG_APPEND_CR);
}

Status Layout::fill(const YubicoOtp& otp) {
  if (otp.public_id.size() > kPublicIdBytesMax) {
    return Error{ErrorCode::malformed, "yubikey.public_id"};
  }
  if (otp.private_id.size() != kPrivateIdBytes || otp.aes_key.size() != kAesKeyBytes) {
    return Error{ErrorCode::malformed, "yubikey.secret_length"};
  }
  put(fields_.fixed, otp.public_id);
  fields_.fixedSize = static_cast<unsigned char>(otp.public_id.size());
  put(fields_.uid, otp.private_id.expose());
  put(fields_.key, otp.aes_key.expose());
  return {};
}

Status Layout::fill(const Hotp& hotp) {
  CS_CHECK(put_hmac_key(hotp.secret));
  set_flag(fields_.tktFlags, TKTFLAG_OATH_HOTP);
  if (hotp.digits == HotpDigits::eight) set_flag(fields_.cfgFlags, CFGFLAG_OATH_HOTP8);
  if (hotp.token_identifier.empty()) return {};
  const auto modhex = modhex_bytes(hotp.token_identifier);
  if (!modhex) return Error{ErrorCode::malformed, "yubikey.token_identifier"};
  set_flag(fields_.cfgFlags, modhex_flags(*modhex));
  for (std::size_t i = 0; i < kTokenIdentifierLetters; ++i) {
    const std::string_view alphabet = i < 2 * *modhex ? kModhex : kDigits;
    const auto nibble = static_cast<unsigned>(alphabet.find(hotp.token_identifier[i]));
    auto& byte = fields_.fixed[i / 2];
    byte = static_cast<unsigned char>(byte << 4 | nibble);
  }
  fields_.fixedSize = kTokenIdentifierLetters / 2;
  return {};
}

Status Layout::fill(const ChallengeResponse& response) {
  CS_CHECK(put_hmac_key(response.secret));
  fields_.tktFlags = TKTFLAG_CHAL_RESP;  // it types nothing, and so no return either
  set_flag(fields_.cfgFlags, CFGFLAG_CHAL_HMAC | CFGFLAG_HMAC_LT64);
  if (response.wants_touch) set_flag(fields_.cfgFlags, CFGFLAG_CHAL_BTN_TRIG);
  return {};
}

// Sixteen bytes where the AES key would stand, four where the private id would.
Status Layout::put_hmac_key(const SecretBytes& secret) {
  if (secret.size() != kHmacKeyBytes) return Error{ErrorCode::malformed, "yubikey.secret_length"};
  put(fields_.key, secret.expose().first(KEY_SIZE));
  put(fields_.uid, secret.expose().subspan(KEY_SIZE));
  return {};
}

}  // namespace countersign::yubikey
