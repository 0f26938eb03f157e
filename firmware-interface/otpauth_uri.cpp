// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/otpauth_uri.hpp"

#include "firmware-interface/base32.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

namespace countersign::otpauth {
namespace {

constexpr std::string_view kScheme = "otpauth://";

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
constexpr bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool holds(std::string_view text, char c) { return text.find(c) != std::string_view::npos; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

// What the two halves agree on, asked of keys on their way out and on their way in.
Status check(const Key& key) {
  if (key.account.empty()) return Error{ErrorCode::malformed, "otpauth.account"};
  if (std::max(key.account.size(), key.issuer.size()) > kNameBytesMax) {
    return Error{ErrorCode::limit_exceeded, "otpauth.name"};
  }
  if (std::ranges::any_of(key.account, is_control) || std::ranges::any_of(key.issuer, is_control)) {
    return Error{ErrorCode::malformed, "otpauth.control_character"};
  }
  // Readers split at the first colon, encoded or not.
  if (holds(key.issuer, ':')) return Error{ErrorCode::malformed, "otpauth.issuer"};
  if (key.issuer.empty() && holds(key.account, ':')) {
    return Error{ErrorCode::malformed, "otpauth.account"};
  }
  // Spaces behind the colon belong to it, as the format allows them there.
  if (key.account.front() == ' ') return Error{ErrorCode::malformed, "otpauth.account"};
  if (key.secret.size() < kSecretBytesMin) return Error{ErrorCode::malformed, "otpauth.secret"};
  if (key.secret.size() > kSecretBytesMax) {
    return Error{ErrorCode::limit_exceeded, "otpauth.secret"};
  }
  if (key.digits < oath::Digits::six || key.digits > oath::Digits::eight) {
    return Error{ErrorCode::malformed, "otpauth.digits"};
  }
  if (key.kind == Kind::totp &&
      (key.period_seconds < kPeriodSecondsMin || key.period_seconds > kPeriodSecondsMax)) {
    return Error{ErrorCode::malformed, "otpauth.period"};
  }
  if (key.counter > kCounterMax) return Error{ErrorCode::malformed, "otpauth.counter"};
  return {};
}

std::string_view name_of(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return "SHA1";
    case HashAlgorithm::sha256:
      return "SHA256";
    case HashAlgorithm::sha512:
      return "SHA512";
  }
  return {};
}

// Text in a buffer of fixed size, so that growing never leaves a copy of the secret behind.
class Text {
 public:
  Text& plain(std::string_view text) {
    for (const char c : text) put(c);
    return *this;
  }
  Text& encoded(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    for (const char c : text) {
      if (is_unreserved(c)) {
        put(c);
        continue;
      }
      const auto byte = static_cast<unsigned char>(c);
      put('%');
      put(kHex[byte >> 4]);
      put(kHex[byte & 0xf]);
    }
    return *this;
  }
  Text& number(std::uint64_t value) { return plain(std::to_string(value)); }

  Result<SecretBytes> take() {
    if (overflow_) return Error{ErrorCode::limit_exceeded, "otpauth.length"};
    return SecretBytes{std::as_const(buffer_).expose().first(size_)};
  }

 private:
  void put(char c) {
    overflow_ = overflow_ || size_ == kUriBytesMax;
    if (!overflow_) buffer_.expose()[size_++] = static_cast<std::byte>(c);
  }

  SecretBytes buffer_{kUriBytesMax};
  std::size_t size_ = 0;
  bool overflow_ = false;
};

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (lower(c) >= 'a' && lower(c) <= 'f') return static_cast<unsigned>(lower(c) - 'a' + 10);
  return std::nullopt;
}

// A secret, because every part of the URI may be the secret's.
Result<SecretBytes> percent_decoded(std::string_view text) {
  SecretBytes bytes{text.size()};
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return Error{ErrorCode::malformed, "otpauth.percent"};
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (!high || !low) return Error{ErrorCode::malformed, "otpauth.percent"};
      c = static_cast<char>(*high << 4 | *low);
      i += 2;
    }
    if (is_control(c)) return Error{ErrorCode::malformed, "otpauth.control_character"};
    bytes.expose()[size++] = static_cast<std::byte>(c);
  }
  return SecretBytes{std::as_const(bytes).expose().first(size)};
}

Result<std::string> decoded_name(std::string_view text) {
  CS_TRY(const SecretBytes name, percent_decoded(text));
  return std::string{as_text(name.expose())};
}

Result<std::uint64_t> number_between(std::string_view text, std::uint64_t min, std::uint64_t max) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < min || value > max) {
    return Error{ErrorCode::malformed, "otpauth.number"};
  }
  return value;
}

Result<HashAlgorithm> algorithm_of(std::string_view text) {
  for (const auto algorithm : {HashAlgorithm::sha1, HashAlgorithm::sha256, HashAlgorithm::sha512}) {
    if (equal_ignoring_case(text, name_of(algorithm))) return algorithm;
  }
  return Error{ErrorCode::malformed, "otpauth.algorithm"};
}

// The parameters as they stand in the query, each at most once.
struct Parameters {
  std::optional<std::string_view> secret, issuer, algorithm, digits, period, counter;

  std::optional<std::string_view>* find(std::string_view name) {
    if (name == "secret") return &secret;
    if (name == "issuer") return &issuer;
    if (name == "algorithm") return &algorithm;
    if (name == "digits") return &digits;
    if (name == "period") return &period;
    if (name == "counter") return &counter;
    return nullptr;
  }
};

Result<Parameters> split(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return Error{ErrorCode::malformed, "otpauth.parameter"};
    auto* value = parameters.find(pair.substr(0, equals));
    if (value == nullptr) return Error{ErrorCode::malformed, "otpauth.unknown_parameter"};
    if (*value) return Error{ErrorCode::malformed, "otpauth.repeated_parameter"};
    *value = pair.substr(equals + 1);
  }
  return parameters;
}

Status read_label(std::string_view label, const Parameters& parameters, Key& key) {
  CS_TRY(const std::string text, decoded_name(label));
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    key.account = text;
  } else {
    key.issuer = text.substr(0, colon);
    const std::size_t start = text.find_first_not_of(' ', colon + 1);
    if (start != std::string::npos) key.account = text.substr(start);
    if (key.issuer.empty()) return Error{ErrorCode::malformed, "otpauth.issuer"};
  }
  if (!parameters.issuer) return {};
  CS_TRY(const std::string issuer, decoded_name(*parameters.issuer));
  if (!key.issuer.empty() && issuer != key.issuer) {
    return Error{ErrorCode::malformed, "otpauth.issuers_differ"};
  }
  key.issuer = issuer;
  return {};
}

Status read_secret(const Parameters& parameters, Key& key) {
  if (!parameters.secret) return Error{ErrorCode::malformed, "otpauth.secret"};
  CS_TRY(const SecretBytes text, percent_decoded(*parameters.secret));
  CS_TRY(key.secret, base32::decode(as_text(text.expose())));
  return {};
}

Status read_numbers(const Parameters& parameters, Key& key) {
  if (parameters.algorithm) {
    CS_TRY(key.algorithm, algorithm_of(*parameters.algorithm));
  }
  if (parameters.digits) {
    CS_TRY(const auto digits,
           number_between(*parameters.digits, oath::kDigitsMin, oath::kDigitsMax));
    key.digits = static_cast<oath::Digits>(digits);
  }
  const bool is_hotp = key.kind == Kind::hotp;
  // HOTP needs its counter, TOTP has none; a period is TOTP's alone.
  if (parameters.counter.has_value() != is_hotp) {
    return Error{ErrorCode::malformed, "otpauth.counter"};
  }
  if (is_hotp) {
    if (parameters.period) return Error{ErrorCode::malformed, "otpauth.period"};
    CS_TRY(key.counter, number_between(*parameters.counter, 0, kCounterMax));
  }
  if (parameters.period) {
    CS_TRY(const auto period,
           number_between(*parameters.period, kPeriodSecondsMin, kPeriodSecondsMax));
    key.period_seconds = static_cast<std::uint16_t>(period);
  }
  return {};
}

Result<Kind> kind_of(std::string_view text) {
  if (equal_ignoring_case(text, "totp")) return Kind::totp;
  if (equal_ignoring_case(text, "hotp")) return Kind::hotp;
  return Error{ErrorCode::malformed, "otpauth.kind"};
}

}  // namespace

Result<SecretBytes> build(const Key& key) {
  CS_CHECK(check(key));
  CS_TRY(const SecretBytes secret, base32::encode(key.secret.expose()));

  Text text;
  text.plain(kScheme).plain(key.kind == Kind::totp ? "totp/" : "hotp/");
  if (!key.issuer.empty()) text.encoded(key.issuer).plain(":");
  text.encoded(key.account).plain("?secret=").plain(as_text(secret.expose()));
  if (!key.issuer.empty()) text.plain("&issuer=").encoded(key.issuer);
  text.plain("&algorithm=").plain(name_of(key.algorithm));
  text.plain("&digits=").number(static_cast<std::uint64_t>(key.digits));
  if (key.kind == Kind::totp) {
    text.plain("&period=").number(key.period_seconds);
  } else {
    text.plain("&counter=").number(key.counter);
  }
  return text.take();
}

Result<Key> parse(std::string_view text) {
  if (text.size() > kUriBytesMax) return Error{ErrorCode::limit_exceeded, "otpauth.length"};
  if (!equal_ignoring_case(text.substr(0, kScheme.size()), kScheme)) {
    return Error{ErrorCode::malformed, "otpauth.scheme"};
  }
  std::string_view rest = text.substr(kScheme.size());
  if (holds(rest, '#')) return Error{ErrorCode::malformed, "otpauth.fragment"};
  const std::size_t slash = rest.find('/');
  const std::size_t question = rest.find('?');
  if (slash == std::string_view::npos || question == std::string_view::npos || slash > question) {
    return Error{ErrorCode::malformed, "otpauth.shape"};
  }

  Key key;
  CS_TRY(key.kind, kind_of(rest.substr(0, slash)));
  CS_TRY(const Parameters parameters, split(rest.substr(question + 1)));
  CS_CHECK(read_label(rest.substr(slash + 1, question - slash - 1), parameters, key));
  CS_CHECK(read_secret(parameters, key));
  CS_CHECK(read_numbers(parameters, key));
  CS_CHECK(check(key));
  return key;
}

}  // namespace countersign::otpauth
