// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/files/token_csv.hpp"

#include "firmware-interface/files/text.hpp"
#include "firmware-interface/modhex.hpp"
#include "firmware-interface/oath_identifier.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <span>

namespace countersign::files {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kKsmHeading = "# ykksm 1";
constexpr std::string_view kLogHeading = "LOGGING START";
constexpr std::string_view kYubicoEvent = "Yubico OTP";
constexpr std::string_view kHotpEvent = "OATH-HOTP";
constexpr std::string_view kOtherEvents[] = {"Static Password", "Challenge-Response",
                                             "Configuration Update", "Configuration Swap"};
constexpr std::size_t kColumnsMax = 32;

Error refused(Literal why) { return {ErrorCode::malformed, why}; }

// The columns of a line, without the spaces around them. A line with too many has none.
struct Columns {
  explicit Columns(std::string_view line) {
    for (;;) {
      if (count == kColumnsMax) {
        count = 0;
        return;
      }
      const std::size_t comma = line.find(',');
      texts[count++] = trimmed(line.substr(0, comma));
      if (comma == std::string_view::npos) return;
      line.remove_prefix(comma + 1);
    }
  }
  // Empty where there is no such column.
  std::string_view operator[](std::size_t i) const { return i < count ? texts[i] : ""; }

  std::array<std::string_view, kColumnsMax> texts;
  std::size_t count = 0;
};

bool is_comment(std::string_view line) { return line.empty() || line.starts_with('#'); }

bool is_other_event(std::string_view event) {
  return std::ranges::any_of(kOtherEvents,
                             [event](std::string_view other) { return event.starts_with(other); });
}

Result<SecretBytes> hex_column(std::string_view text, Literal why) {
  auto bytes = decode_hex(text);
  if (!bytes) return refused(why);
  return *std::move(bytes);
}

Result<TokenRow> yubico_row(std::string_view serial, std::string_view public_id,
                            std::string_view private_id, std::string_view aes_key) {
  TokenRow row;
  row.kind = TokenKind::yubico_otp;
  row.serial = serial;
  row.public_id = lower_case(public_id);
  CS_TRY(row.secret, hex_column(aes_key, "Its AES key is not hexadecimal."));
  CS_TRY(row.private_id, hex_column(private_id, "Its private id is not hexadecimal."));
  return checked(std::move(row));
}

Result<TokenRow> parse_yubico(const Columns& columns) {
  if (columns.count < 4) return refused("It has fewer than 4 columns.");
  const std::string_view third = columns[2];
  // A private id has 12 digits; a counter has fewer, as it cannot pass 16 x 65535.
  if (third.size() >= 2 * 6) return yubico_row(columns[0], columns[1], third, columns[3]);
  const auto counter = parse_number(third);
  if (!counter) return refused("It has neither a private id nor a counter: no Yubico OTP or HOTP.");
  if (!columns[1].empty()) {
    return refused("This format does not say how its token identifier is typed: use PSKC.");
  }
  TokenRow row;
  row.kind = TokenKind::hotp;
  row.serial = columns[0];
  row.counter = *counter;
  CS_TRY(row.secret, hex_column(columns[3], "Its secret is not hexadecimal."));
  return checked(std::move(row));
}

// The token identifier as it is typed: so many of its letters in modhex, the others as digits.
std::optional<std::string> typed_identifier(std::string_view modhex_text, std::size_t letters) {
  const std::string text = lower_case(modhex_text);
  if (!modhex::decode(text) || letters > text.size()) return std::nullopt;
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string typed = text.substr(0, letters);
  for (const char c : text.substr(letters)) typed += kHex[modhex::kAlphabet.find(c)];
  return canonical_oath_identifier(typed);
}

// `columns` from the slot on: the time in front of it may have commas of its own.
Result<TokenRow> traditional_hotp(std::span<const std::string_view> columns) {
  const std::string_view identifier = columns[1];
  TokenRow row;
  row.kind = TokenKind::hotp;
  if (identifier.empty()) return refused("It has no token identifier, and no serial number.");
  const std::size_t letters = columns[8] == "1"   ? identifier.size()
                              : columns[7] == "1" ? 4
                              : columns[6] == "1" ? 2
                                                  : 0;
  const auto typed = typed_identifier(identifier, letters);
  if (!typed) return refused("Its token identifier is not 12 letters and digits.");
  row.public_id = *typed;
  row.serial = *typed;  // the log has no other
  const auto digits = parse_number(columns[9]);
  const auto counter = parse_number(columns[10]);
  if (!digits || *digits > 8) return refused("Its number of digits is not 6 or 8.");
  if (!counter) return refused("Its counter is no number.");
  row.digits = static_cast<std::uint8_t>(*digits);
  row.counter = *counter;
  CS_TRY(row.secret, hex_column(columns[3], "Its secret is not hexadecimal."));
  return checked(std::move(row));
}

Result<TokenRow> parse_traditional(const Columns& columns) {
  static constexpr std::size_t kColumnsFromSlot = 16;
  static constexpr std::size_t kColumnsMin = 2 + kColumnsFromSlot;
  const std::string_view event = columns[0];
  if (is_other_event(event)) return refused("It is a static password or another event: no token.");
  if (event != kYubicoEvent && event != kHotpEvent) return refused("Its event is not known.");
  if (columns.count < kColumnsMin) return refused("It has fewer than 18 columns.");
  const auto from_slot =
      std::span{columns.texts}.subspan(columns.count - kColumnsFromSlot, kColumnsFromSlot);
  if (event == kHotpEvent) return traditional_hotp(from_slot);
  return yubico_row("", from_slot[1], from_slot[2], from_slot[3]);
}

std::optional<HashAlgorithm> algorithm_of(std::string_view text) {
  const std::string name = lower_case(text);
  if (name.empty() || name == "sha1") return HashAlgorithm::sha1;
  if (name == "sha256") return HashAlgorithm::sha256;
  if (name == "sha512") return HashAlgorithm::sha512;
  return std::nullopt;
}

Result<TokenRow> parse_oath(const Columns& columns) {
  TokenRow row;
  const std::string type = lower_case(columns[2]);
  if (!type.empty() && type != "hotp" && type != "totp") {
    return refused("Its type is neither hotp nor totp.");
  }
  if (columns.count > 6 && !columns[6].empty()) return refused("It has more than 6 columns.");
  row.kind = type == "totp" ? TokenKind::totp : TokenKind::hotp;
  row.serial = columns[0];
  CS_TRY(row.secret, hex_column(columns[1], "Its seed is not hexadecimal."));
  const auto digits = columns[3].empty() ? 6 : parse_number(columns[3]);
  if (!digits || *digits > 8) return refused("Its number of digits is not 6, 7 or 8.");
  row.digits = static_cast<std::uint8_t>(*digits);
  if (!columns[4].empty()) {
    const auto moving = parse_number(columns[4]);
    if (!moving) return refused("Its counter or period is no number.");
    if (row.kind == TokenKind::hotp) row.counter = *moving;
    if (row.kind == TokenKind::totp) {
      row.period_seconds =
          static_cast<std::uint16_t>(std::min<std::uint64_t>(*moving, kPeriodSecondsMax + 1));
    }
  }
  const auto algorithm = algorithm_of(columns[5]);
  if (!algorithm) return refused("Its hash is none of sha1, sha256 and sha512.");
  row.algorithm = *algorithm;
  return checked(std::move(row));
}

std::optional<TokenFormat> format_of(const Columns& columns) {
  if (columns[0] == kLogHeading || columns[0] == kYubicoEvent || columns[0] == kHotpEvent ||
      is_other_event(columns[0])) {
    return TokenFormat::yubico_traditional;
  }
  if (columns.count >= 4 && columns[3].size() >= 32 && decode_hex(columns[3])) {
    return TokenFormat::yubico;
  }
  if (columns.count >= 2 && columns[1].size() >= 2 * kOathSecretBytesMin &&
      decode_hex(columns[1])) {
    return TokenFormat::oath;
  }
  return std::nullopt;
}

}  // namespace

std::optional<TokenFormat> detect_token_file(std::string_view start) {
  if (start.starts_with(kByteOrderMark)) start.remove_prefix(kByteOrderMark.size());
  if (trimmed(start).starts_with('<')) return TokenFormat::pskc;
  while (!start.empty()) {
    const std::size_t end = start.find('\n');
    const std::string_view line = trimmed(start.substr(0, end));
    start.remove_prefix(end == std::string_view::npos ? start.size() : end + 1);
    if (line.starts_with(kKsmHeading)) return TokenFormat::ykksm;
    if (!is_comment(line)) return format_of(Columns{line});
  }
  return std::nullopt;
}

std::optional<Result<TokenRow>> parse_token_line(TokenFormat format, std::string_view line) {
  assert(format != TokenFormat::pskc);
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  line = trimmed(line);
  if (is_comment(line)) return std::nullopt;
  if (line.size() > kLineBytesMax) return refused("The line is longer than 4096 bytes.");
  const Columns columns{line};
  if (columns.count == 0) return refused("It has more than 32 columns.");
  switch (format) {
    case TokenFormat::yubico_traditional:
      if (columns[0] == kLogHeading) return std::nullopt;
      return parse_traditional(columns);
    case TokenFormat::oath:
      return parse_oath(columns);
    default:
      return parse_yubico(columns);
  }
}

}  // namespace countersign::files
