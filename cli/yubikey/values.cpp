// SPDX-License-Identifier: Apache-2.0
#include "cli/yubikey/values.hpp"

#include "cli/secret.hpp"
#include "firmware-interface/files/text.hpp"
#include "firmware-interface/modhex.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace countersign::cli {
namespace {

constexpr std::string_view kSeparators = " ,\t";

std::vector<std::string_view> parts_of(std::string_view line) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t begin = line.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return parts;
    const std::size_t end = std::min(line.find_first_of(kSeparators, begin), line.size());
    parts.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

Trouble malformed(const char* message) { return {v1::MALFORMED, message}; }

Outcome<SlotValues> yubico_values(const std::vector<std::string_view>& parts) {
  constexpr const char* kWanted =
      "A Yubico OTP's values are one line: public id in modhex, private id (12 hexadecimal "
      "digits), AES key (32).";
  if (parts.size() != 3 || !modhex::decode(parts[0])) return malformed(kWanted);
  auto private_id = files::decode_hex(parts[1]);
  auto aes_key = files::decode_hex(parts[2]);
  if (!private_id || private_id->size() != yubikey::kPrivateIdBytes) return malformed(kWanted);
  if (!aes_key || aes_key->size() != yubikey::kAesKeyBytes) return malformed(kWanted);
  return SlotValues{std::string{parts[0]}, *std::move(private_id), *std::move(aes_key)};
}

Outcome<SlotValues> hotp_values(const std::vector<std::string_view>& parts) {
  constexpr const char* kWanted =
      "A HOTP slot's values are one line: its token identifier, if it types one, and the secret "
      "(40 hexadecimal digits).";
  if (parts.empty() || parts.size() > 2) return malformed(kWanted);
  auto secret = files::decode_hex(parts.back());
  if (!secret || secret->size() != yubikey::kHmacKeyBytes) return malformed(kWanted);
  const std::string_view identifier = parts.size() == 2 ? parts[0] : std::string_view{};
  return SlotValues{std::string{identifier}, SecretBytes{}, *std::move(secret)};
}

}  // namespace

Outcome<SecretBytes> read_access_code(const std::string& file) {
  const auto line = read_secret(file, "Access code");
  auto code = line ? files::decode_hex(as_text(line->expose())) : std::nullopt;
  if (!code || code->size() != yubikey::kAccessCodeBytes) {
    return malformed("An access code is twelve hexadecimal digits.");
  }
  return *std::move(code);
}

Outcome<SlotValues> read_slot_values(const std::string& file, v1::FactorKind kind) {
  const auto line = read_secret(file, "The slot's values");
  if (!line) return malformed("There are no values.");
  const auto parts = parts_of(as_text(line->expose()));
  return kind == v1::YUBICO_OTP ? yubico_values(parts) : hotp_values(parts);
}

}  // namespace countersign::cli
