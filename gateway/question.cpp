// SPDX-License-Identifier: Apache-2.0
#include "gateway/question.hpp"

#include "firmware-interface/modhex.hpp"
#include "firmware-interface/yubico_otp.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <charconv>

namespace countersign::gateway {
namespace {

constexpr std::size_t kIdDigitsMax = 10;
constexpr std::size_t kNonceLettersMin = 16;
constexpr std::size_t kNonceLettersMax = 40;
constexpr std::size_t kTimeoutDigitsMax = 10;
constexpr unsigned kSyncLevelMax = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }

bool are_digits(std::string_view text, std::size_t digits_max) {
  return !text.empty() && text.size() <= digits_max && std::ranges::all_of(text, is_digit);
}

// There are no other servers whose agreement could be awaited, but what asks for it must make
// sense.
bool is_sync_level(std::string_view text) {
  if (text.empty() || text == "fast" || text == "secure") return true;
  unsigned level = 0;
  if (!are_digits(text, 3)) return false;
  std::from_chars(text.data(), text.data() + text.size(), level);
  return level >= 1 && level <= kSyncLevelMax;
}

bool is_nonce(std::string_view text) {
  return text.size() >= kNonceLettersMin && text.size() <= kNonceLettersMax &&
         std::ranges::all_of(text, is_alphanumeric);
}

// Only letters and dots (Dvorak's), for it is sent back as it came: no link that a phone would
// open.
bool is_plain_otp(std::string_view text) {
  return text.size() >= kYubicoOtpLettersMin && text.size() <= kYubicoOtpLettersMax &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || c == '.'; });
}

// None where no client can have that number.
std::optional<std::uint32_t> client_id_of(std::string_view digits) {
  std::uint32_t id = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return id;
}

std::optional<Signature> signature_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return from_base64(text).value_or(Signature{});
}

}  // namespace

std::variant<Question, Outcome> read_question(const Parameters& parameters, Version version) {
  const bool is_two = version == Version::two;
  const std::string_view nonce = parameters.value_of("nonce");
  if (is_two && nonce.empty()) return Outcome::missing_parameter;
  if (is_two && !is_sync_level(parameters.value_of("sl"))) return Outcome::missing_parameter;
  const std::string_view timeout = parameters.value_of("timeout");
  if (is_two && !timeout.empty() && !are_digits(timeout, kTimeoutDigitsMax)) {
    return Outcome::missing_parameter;
  }

  const std::string_view typed = parameters.value_of("otp");
  if (typed.empty()) return Outcome::missing_parameter;
  const auto otp = is_plain_otp(typed) ? parse_yubico_otp(typed) : std::nullopt;
  if (!otp) return Outcome::bad_otp;

  const std::string_view id = parameters.value_of("id");
  if (!are_digits(id, kIdDigitsMax)) return Outcome::missing_parameter;
  const auto client_id = client_id_of(id);
  if (client_id == 0) return Outcome::missing_parameter;
  if (is_two && !is_nonce(nonce)) return Outcome::missing_parameter;
  if (!client_id) return Outcome::no_such_client;

  std::string text = parameters.signed_text();
  if (text.size() > kSignedBytesMax) return Outcome::missing_parameter;
  return Question{.version = version,
                  .client_id = *client_id,
                  .otp = std::string{typed},
                  .canonical_otp = otp->public_id + modhex::encode(otp->block),
                  .nonce = is_two ? std::string{nonce} : std::string{},
                  .wants_counters = parameters.value_of("timestamp") == "1",
                  .signed_text = std::move(text),
                  .signature = signature_of(parameters.value_of("h"))};
}

std::string request_id(const Question& question) {
  Bytes input;
  Writer{input}
      .text("countersign gateway request v1")
      .integer(question.client_id)
      .text(question.nonce)
      .text(question.canonical_otp);
  std::string id(kRequestIdBytes, '\0');
  static_assert(kRequestIdBytes == SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(input.data()), input.size(),
         reinterpret_cast<unsigned char*>(id.data()));
  return id;
}

}  // namespace countersign::gateway
