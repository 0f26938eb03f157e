// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/files/pskc.hpp"

#include "firmware-interface/files/pskc_values.hpp"
#include "firmware-interface/files/text.hpp"
#include "firmware-interface/oath_identifier.hpp"

#include <algorithm>

namespace countersign::files {
namespace {

constexpr std::string_view kNamespace = "urn:ietf:params:xml:ns:keyprov:pskc";
constexpr std::string_view kVersion = "1.0";
constexpr std::string_view kYubicoAlgorithm = "http://www.yubico.com/#yubikey-aes";

Error malformed(Literal why) { return {ErrorCode::malformed, why}; }

std::string text_of(const std::optional<xml::Element>& element) {
  if (!element) return {};
  const SecretBytes text = element->text();
  return std::string{as_text(text.expose())};
}

std::optional<TokenKind> kind_of(std::string_view algorithm) {
  // Drafts of the RFC wrote a number sign where it has a colon, and some makers still do.
  if (algorithm.starts_with(kNamespace) && algorithm.size() > kNamespace.size() + 1) {
    const char separator = algorithm[kNamespace.size()];
    const std::string name = lower_case(algorithm.substr(kNamespace.size() + 1));
    if (separator != ':' && separator != '#') return std::nullopt;
    if (name == "hotp") return TokenKind::hotp;
    if (name == "totp") return TokenKind::totp;
    return std::nullopt;
  }
  if (algorithm == kYubicoAlgorithm) return TokenKind::yubico_otp;
  return std::nullopt;
}

std::optional<HashAlgorithm> suite_of(std::string_view text) {
  std::string name = lower_case(text);
  std::erase(name, '-');
  if (name.starts_with("hmac")) name.erase(0, 4);
  if (name.empty() || name == "sha1") return HashAlgorithm::sha1;
  if (name == "sha256") return HashAlgorithm::sha256;
  if (name == "sha512") return HashAlgorithm::sha512;
  return std::nullopt;
}

// The length counts the token identifier too, if the token types one. Yubico's tool then writes it
// as the key's id.
Status read_length(std::uint64_t length, std::string_view key_id, TokenRow& row) {
  if (length > 8 && row.kind == TokenKind::hotp) {
    const auto identifier = canonical_oath_identifier(key_id);
    if (!identifier || length <= kOathIdentifierCharacters) {
      return malformed("Its codes have not 6, 7 or 8 digits.");
    }
    row.public_id = *identifier;
    length -= kOathIdentifierCharacters;
  }
  if (length > 8) return malformed("Its codes have not 6, 7 or 8 digits.");
  row.digits = static_cast<std::uint8_t>(length);
  return {};
}

Status read_parameters(const xml::Element& key, TokenRow& row) {
  const auto parameters = key.child("AlgorithmParameters");
  if (!parameters) return {};
  const auto suite = suite_of(text_of(parameters->child("Suite")));
  if (!suite) return malformed("Its suite is none of HMAC-SHA1, HMAC-SHA256 and HMAC-SHA512.");
  row.algorithm = *suite;
  const auto format = parameters->child("ResponseFormat");
  if (!format) return {};
  if (format->attribute("Encoding").value_or("DECIMAL") != "DECIMAL") {
    return malformed("Its codes are not decimal.");
  }
  const std::string check_digits = format->attribute("CheckDigits").value_or("false");
  if (check_digits != "false" && check_digits != "0") {
    return malformed("Its codes have a check digit.");
  }
  const auto length = parse_number(format->attribute("Length").value_or(""));
  if (!length) return malformed("The length of its codes is no number.");
  return read_length(*length, key.attribute("Id").value_or(""), row);
}

// A key that may be used for something else alone is no token. Absent: for everything.
Status check_usage(const xml::Element& key) {
  auto usage = key.at({"Policy", "KeyUsage"});
  if (!usage) return {};
  for (; usage; usage = usage->next_sibling("KeyUsage")) {
    if (text_of(usage) == "OTP") return {};
  }
  return malformed("Its policy does not allow one-time passwords.");
}

// Yubico's tool writes both ids as the names of a user: CN=<public id>, UID=<private id>.
Status read_yubico_ids(const xml::Element& key, TokenRow& row) {
  const std::string user = text_of(key.child("UserId"));
  const std::string_view view = user;
  const auto name = [view](std::string_view prefix) {
    const std::size_t start = view.find(prefix);
    if (start == std::string_view::npos) return std::string_view{};
    const std::string_view rest = view.substr(start + prefix.size());
    return trimmed(rest.substr(0, rest.find(',')));
  };
  row.public_id = lower_case(name("CN="));
  auto private_id = decode_hex(name("UID="));
  if (row.public_id.empty() || !private_id || private_id->size() == 0) {
    return malformed("Its public and private ids are missing.");
  }
  row.private_id = *std::move(private_id);
  return {};
}

struct Values {
  std::optional<SecretBytes> secret;
  std::optional<std::uint64_t> counter;
  std::optional<std::uint64_t> period;
};

Result<Values> read_values(const xml::Element& data, const PskcLock& lock) {
  Values values;
  CS_TRY(values.secret, read_bytes(data, "Secret", lock));
  CS_TRY(values.counter, read_number(data, "Counter", lock));
  CS_TRY(values.period, read_number(data, "TimeInterval", lock));
  return values;
}

// Everything but the values: what is wrong here is wrong with this key alone.
Result<TokenRow> describe(const xml::Element& package, const xml::Element& key) {
  TokenRow row;
  const auto kind = kind_of(key.attribute("Algorithm").value_or(""));
  if (!kind) return malformed("Its algorithm is none of HOTP, TOTP and Yubico OTP.");
  row.kind = *kind;
  CS_CHECK(check_usage(key));
  row.serial = text_of(package.at({"DeviceInfo", "SerialNo"}));
  if (row.kind == TokenKind::yubico_otp) {
    CS_CHECK(read_yubico_ids(key, row));
    return row;
  }
  if (row.serial.empty()) row.serial = key.attribute("Id").value_or("");
  CS_CHECK(read_parameters(key, row));
  return row;
}

// `malformed` is about the key, every other error about the file.
Result<TokenRow> read_key(const xml::Element& package, const PskcLock& lock) {
  const auto key = package.child("Key");
  const auto data = key ? key->child("Data") : std::nullopt;
  if (!data) return malformed("It has no key with a value.");
  if (key->next_sibling("Key")) return malformed("It has more than one key.");
  // First of all, so that a forged value is found in whatever key it stands.
  CS_TRY(Values values, read_values(*data, lock));
  CS_TRY(TokenRow row, describe(package, *key));
  if (!values.secret) return malformed("It has no secret.");
  row.secret = *std::move(values.secret);
  if (row.kind == TokenKind::hotp) row.counter = values.counter.value_or(0);
  if (row.kind == TokenKind::totp) {
    const std::uint64_t period = values.period.value_or(row.period_seconds);
    row.period_seconds =
        static_cast<std::uint16_t>(std::min<std::uint64_t>(period, kPeriodSecondsMax + 1));
  }
  return checked(std::move(row));
}

}  // namespace

struct PskcReader::State {
  xml::Reader reader;
  PskcUnlock unlock;
  PskcLock lock;
  bool in_keys = false;

  // Whoever brings a key expects a file that nobody else could have written.
  [[nodiscard]] bool is_less_than_expected() const {
    return !lock.has_encryption_key && (unlock.key.size() > 0 || unlock.passphrase.size() > 0);
  }
};

PskcReader::PskcReader(std::unique_ptr<State> state) : state_{std::move(state)} {}
PskcReader::PskcReader(PskcReader&&) noexcept = default;
PskcReader& PskcReader::operator=(PskcReader&&) noexcept = default;
PskcReader::~PskcReader() = default;

Result<PskcReader> PskcReader::open(BytesView file, PskcUnlock unlock) {
  CS_TRY(xml::Reader reader, xml::Reader::open(file));
  const xml::Element root = reader.root();
  if (root.name() != "KeyContainer" || root.name_space() != kNamespace) {
    return malformed("The file is XML, but no PSKC.");
  }
  if (root.attribute("Version").value_or("") != kVersion) {
    return malformed("The file is PSKC of another version than 1.0.");
  }
  return PskcReader{
      std::make_unique<State>(State{std::move(reader), std::move(unlock), {}, false})};
}

Result<std::optional<PskcKey>> PskcReader::next() {
  for (;;) {
    CS_TRY(const auto element, state_->reader.next());
    if (!element) return std::optional<PskcKey>{};
    if (element->name_space() != kNamespace) continue;  // extensions, signatures
    if (element->name() == "EncryptionKey" || element->name() == "MACMethod") {
      // A second one, or one behind a key, would say something else about values already read.
      const bool repeated = element->name() == "MACMethod" ? state_->lock.mac_algorithm.has_value()
                                                           : state_->lock.has_encryption_key;
      if (repeated || state_->in_keys) return malformed("The file's elements are out of order.");
      CS_CHECK(element->name() == "MACMethod"
                   ? read_mac_method(*element, state_->lock)
                   : read_encryption_key(*element, state_->unlock, state_->lock));
      continue;
    }
    if (element->name() != "KeyPackage") continue;
    state_->in_keys = true;
    if (state_->is_less_than_expected()) {
      return Error{ErrorCode::denied,
                   "The file is not encrypted, though a key or passphrase was given."};
    }
    Result<TokenRow> row = read_key(*element, state_->lock);
    if (!row && row.error().code != ErrorCode::malformed) return row.error();
    return std::optional{PskcKey{element->line(), std::move(row)}};
  }
}

}  // namespace countersign::files
