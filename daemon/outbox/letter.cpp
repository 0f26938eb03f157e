// SPDX-License-Identifier: Apache-2.0
#include "daemon/outbox/letter.hpp"

#include <algorithm>

namespace countersign::outbox {
namespace {

constexpr std::size_t kPhoneBytesMin = 4;
constexpr std::size_t kPhoneBytesMax = 16;  // E.164: a plus sign and 15 digits

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

bool is_kind(std::uint8_t number) {
  switch (static_cast<MessageKind>(number)) {
    case MessageKind::sign_in:
    case MessageKind::confirmation:
    case MessageKind::reset:
    case MessageKind::unlock:
    case MessageKind::transaction:
    case MessageKind::address:
    case MessageKind::factor_added:
    case MessageKind::factor_removed:
    case MessageKind::password_changed:
    case MessageKind::question_changed:
    case MessageKind::address_changed:
    case MessageKind::recovery_codes_made:
    case MessageKind::recovery_code_used:
    case MessageKind::device_remembered:
    case MessageKind::device_stolen:
    case MessageKind::unlocked:
    case MessageKind::suspended:
    case MessageKind::factor_changed:
    case MessageKind::activation:
    case MessageKind::reset_link:
    case MessageKind::test:
      return true;
  }
  return false;
}

// One code point in UTF-8, in its only spelling, off the front; 0: there is none.
char32_t take_code_point(std::string_view& text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text.size() < size) return 0;
  char32_t point = size == 1 ? first : first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
    point = point << 6 | (byte(i) & 0x3fU);
  }
  text.remove_prefix(size);
  const bool is_overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  const bool is_surrogate = point >= 0xd800 && point < 0xe000;
  return is_overlong || is_surrogate || point > 0x10ffff ? 0 : point;
}

// UTF-8 without control characters.
bool is_text(std::string_view text) {
  while (!text.empty()) {
    const char32_t point = take_code_point(text);
    if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return false;
    if (point == 0x2028 || point == 0x2029) return false;
  }
  return true;
}

bool is_phone(std::string_view text) {
  if (text.size() < kPhoneBytesMin || text.size() > kPhoneBytesMax || text[0] != '+') return false;
  return text[1] != '0' && std::ranges::all_of(text.substr(1), is_digit);
}

bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == text.npos || at == 0 || at + 1 == text.size()) return false;
  return text.size() <= Destination::kBytesMax && is_text(text);
}

bool is_destination(const Destination& destination) {
  if (destination.channel == FactorKind::sms) return is_phone(destination.text);
  return destination.channel == FactorKind::email && is_email(destination.text);
}

bool is_language(std::string_view text) {
  return text.size() <= Letter::kLanguageBytesMax &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

bool is_value(const MessageValue& value) {
  const auto may_be_in_name = [](char c) { return is_lower(c) || c == '_'; };
  return !value.name.empty() && value.name.size() <= Letter::kNameBytesMax &&
         std::ranges::all_of(value.name, may_be_in_name) &&
         value.value.size() <= Letter::kValueBytesMax && is_text(value.value);
}

Status check(const Letter& letter) {
  const Error malformed{ErrorCode::malformed, "letter"};
  if (!is_destination(letter.destination)) return malformed;
  if (!is_kind(static_cast<std::uint8_t>(letter.kind))) return malformed;
  const auto realm = Realm::from(letter.realm);
  if (!realm || realm->text() != letter.realm) return malformed;
  if (!is_language(letter.language)) return malformed;
  if (letter.values.size() > Letter::kValuesMax) return malformed;
  if (!std::ranges::all_of(letter.values, is_value)) return malformed;
  return {};
}

std::string text_of(BytesView bytes) { return std::string{as_text(bytes)}; }

}  // namespace

Result<SecretBytes> write(const Letter& letter) {
  CS_CHECK(check(letter));
  Bytes bytes;
  bytes.reserve(Letter::kBytesMax);
  Writer writer{bytes};
  writer.integer(Letter::kVersion)
      .integer(letter.destination.channel)
      .integer(letter.kind)
      .text(letter.destination.text)
      .text(letter.realm)
      .text(letter.language)
      .integer(static_cast<std::uint8_t>(letter.values.size()));
  for (const MessageValue& value : letter.values) writer.text(value.name).text(value.value);
  SecretBytes written{BytesView{bytes}};
  ::explicit_bzero(bytes.data(), bytes.size());
  if (written.size() > Letter::kBytesMax) return Error{ErrorCode::limit_exceeded, "letter"};
  return written;
}

Result<Letter> read_letter(BytesView bytes) {
  const Error malformed{ErrorCode::malformed, "letter"};
  if (bytes.size() > Letter::kBytesMax) return malformed;
  Reader reader{bytes};
  if (reader.integer<std::uint8_t>() != Letter::kVersion) return malformed;
  Letter letter;
  letter.destination.channel = static_cast<FactorKind>(reader.integer<std::uint8_t>());
  letter.kind = static_cast<MessageKind>(reader.integer<std::uint8_t>());
  letter.destination.text = text_of(reader.blob());
  letter.realm = text_of(reader.blob());
  letter.language = text_of(reader.blob());
  const std::size_t count = reader.integer<std::uint8_t>();
  if (count > Letter::kValuesMax) return malformed;
  for (std::size_t i = 0; i < count; ++i) {
    MessageValue value;
    value.name = text_of(reader.blob());
    value.value = text_of(reader.blob());
    letter.values.push_back(std::move(value));
  }
  if (!reader.whole()) return malformed;
  CS_CHECK(check(letter));
  return letter;
}

}  // namespace countersign::outbox
