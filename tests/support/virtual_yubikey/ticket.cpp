// SPDX-License-Identifier: Apache-2.0
// What leaves a virtual YubiKey: tickets, HOTP codes, responses.
#include "tests/support/virtual_yubikey/slot.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace countersign::test::yubikey {
namespace {

constexpr std::string_view kModhex = "cbdefghijklnrtuv";
constexpr std::string_view kHex = "0123456789abcdef";

enum class Mode { yubico_otp, hotp, static_ticket, hmac_challenge, yubico_challenge };

Mode mode_of(const Slot& slot) {
  const bool oath = (slot.tkt_flags & 0x40) != 0;
  const bool challenge = (slot.cfg_flags & 0x20) != 0;
  if (oath && challenge) {
    return (slot.cfg_flags & 0x22) == 0x22 ? Mode::hmac_challenge : Mode::yubico_challenge;
  }
  if (oath) return Mode::hotp;
  return challenge ? Mode::static_ticket : Mode::yubico_otp;
}

std::string spell(std::span<const Byte> bytes, std::string_view alphabet) {
  std::string text;
  for (const Byte b : bytes) {
    text += alphabet[b >> 4];
    text += alphabet[b & 0x0f];
  }
  return text;
}

std::array<Byte, 20> hmac_sha1(const Slot& slot, std::span<const Byte> message) {
  std::array<Byte, 20> key{};
  std::ranges::copy(slot.key, key.begin());
  std::copy_n(slot.uid.begin(), 4, key.begin() + 16);
  std::array<Byte, 20> mac{};
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(),
       mac.data(), &size);
  return mac;
}

std::array<Byte, 16> encrypt(const std::array<Byte, 16>& key, const std::array<Byte, 16>& block) {
  std::array<Byte, 16> out{};
  int size = 0;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  const bool done =
      EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), nullptr, key.data(), nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
      EVP_EncryptUpdate(context, out.data(), &size, block.data(), 16) == 1;
  EVP_CIPHER_CTX_free(context);
  if (!done) throw std::runtime_error{"AES failed"};
  return out;
}

void count_use(Slot& slot) {
  const bool wraps = slot.used_since_power_up && slot.session_use == 0xff;
  if (!slot.used_since_power_up || wraps) {
    slot.use_counter = static_cast<std::uint16_t>(std::min(slot.use_counter + 1, 0x7fff));
  }
  slot.session_use = !slot.used_since_power_up ? Byte{0}
                     : wraps                   ? Byte{1}
                                               : Byte(slot.session_use + 1);
  slot.used_since_power_up = true;
}

// The sixteen bytes that change with every touch, encrypted.
std::array<Byte, 16> ticket(const KeyState& state, Slot& slot, std::span<const Byte, 6> uid) {
  count_use(slot);
  const std::uint64_t eighths = (now_ms() - state.powered_at_ms) / 125;
  std::array<Byte, 16> block{};
  std::ranges::copy(uid, block.begin());
  block[6] = static_cast<Byte>(slot.use_counter & 0xff);
  block[7] = static_cast<Byte>(slot.use_counter >> 8);
  for (unsigned i = 0; i < 3; ++i) block[8 + i] = static_cast<Byte>(eighths >> (8 * i));
  block[11] = slot.session_use;
  RAND_bytes(&block[12], 2);
  const unsigned crc = ~static_cast<unsigned>(crc16(std::span{block}.first(14)));
  block[14] = static_cast<Byte>(crc & 0xff);
  block[15] = static_cast<Byte>(crc >> 8 & 0xff);
  return encrypt(slot.key, block);
}

std::string hotp(Slot& slot) {
  std::array<Byte, 8> counter{};
  std::uint64_t rest = slot.moving_factor++;
  for (std::size_t i = counter.size(); i-- > 0; rest >>= 8) counter[i] = rest & 0xff;
  const auto mac = hmac_sha1(slot, counter);
  const std::size_t at = mac[19] & 0x0f;
  const unsigned number = (mac[at] & 0x7fu) << 24 | unsigned{mac[at + 1]} << 16 |
                          unsigned{mac[at + 2]} << 8 | mac[at + 3];
  const std::string digits = std::string(8, '0') + std::to_string(number);
  return digits.substr(digits.size() - ((slot.cfg_flags & 0x02) != 0 ? 8 : 6));
}

// A HOTP slot's identifier: bytes of it as modhex, the rest as digits.
std::string identifier(const Slot& slot) {
  const auto fixed = std::span{slot.fixed}.first(slot.fixed_size);
  const bool one = (slot.cfg_flags & 0x10) != 0;
  const bool two = (slot.cfg_flags & 0x40) != 0;
  const std::size_t modhex = std::min<std::size_t>(fixed.size(), one && two ? fixed.size()
                                                                 : two      ? 2
                                                                 : one      ? 1
                                                                            : 0);
  return spell(fixed.first(modhex), kModhex) + spell(fixed.subspan(modhex), kHex);
}

// With the flag LT64 the message ends where its last byte begins to repeat itself.
std::span<const Byte> message_of(const Slot& slot, std::span<const Byte, kPayloadBytes> payload) {
  std::span<const Byte> message = payload;
  if ((slot.cfg_flags & 0x04) == 0) return message;
  const Byte filler = payload.back();
  while (!message.empty() && message.back() == filler) message = message.first(message.size() - 1);
  return message;
}

template <class Array>
std::vector<Byte> bytes_of(const Array& array) {
  return {array.begin(), array.end()};
}

}  // namespace

std::string type(KeyState& state, int number) {
  Slot& slot = state.slots.at(static_cast<std::size_t>(number - 1));
  constexpr Byte kDormant = 0x40;
  if (!slot.valid || (slot.ext_flags & kDormant) != 0) return {};
  std::string first;
  std::string second;
  switch (mode_of(slot)) {
    case Mode::yubico_otp:
      first = spell(std::span{slot.fixed}.first(slot.fixed_size), kModhex);
      second = spell(ticket(state, slot, slot.uid), kModhex);
      break;
    case Mode::hotp:
      first = identifier(slot);
      second = hotp(slot);
      break;
    case Mode::static_ticket:
      throw std::runtime_error{"static tickets are not modelled"};
    case Mode::hmac_challenge:
    case Mode::yubico_challenge:
      return {};
  }
  const auto flag = [&slot](unsigned bit, const char* text) {
    return std::string{(slot.tkt_flags & bit) != 0 ? text : ""};
  };
  return flag(0x01, "\t") + first + flag(0x02, "\t") + second + flag(0x04, "\t") + flag(0x20, "\n");
}

std::optional<std::vector<Byte>> respond(KeyState& state, Command command,
                                         std::span<const Byte, kPayloadBytes> payload) {
  const bool first = command == Command::hmac_challenge_1 || command == Command::yubico_challenge_1;
  const bool hmac = command == Command::hmac_challenge_1 || command == Command::hmac_challenge_2;
  Slot& slot = state.slots[first ? 0 : 1];
  if (!slot.valid) return std::nullopt;
  if (mode_of(slot) != (hmac ? Mode::hmac_challenge : Mode::yubico_challenge)) return std::nullopt;
  if (hmac) return bytes_of(hmac_sha1(slot, message_of(slot, payload)));
  std::array<Byte, 6> uid = slot.uid;
  for (std::size_t i = 0; i < uid.size(); ++i) uid[i] = static_cast<Byte>(uid[i] ^ payload[i]);
  return bytes_of(ticket(state, slot, uid));
}

}  // namespace countersign::test::yubikey
