// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/files/pskc_values.hpp"

#include "firmware-interface/files/pskc_crypto.hpp"
#include "firmware-interface/files/text.hpp"

#include <utility>

namespace countersign::files {
namespace {

constexpr std::string_view kPbkdf2Suffix = "#pbkdf2";

Error malformed(Literal why) { return {ErrorCode::malformed, why}; }
Error denied(Literal why) { return {ErrorCode::denied, why}; }
Error denied_for(const Error& error) {
  return error.code == ErrorCode::malformed ? denied(error.operation) : error;
}

Result<SecretBytes> base64_in(const std::optional<xml::Element>& element, Literal why) {
  if (!element) return malformed(why);
  const SecretBytes text = element->text();
  auto bytes = decode_base64(as_text(text.expose()));
  if (!bytes) return malformed(why);
  return *std::move(bytes);
}

Result<std::uint64_t> number_in(const std::optional<xml::Element>& element, Literal why) {
  if (!element) return malformed(why);
  const SecretBytes text = element->text();
  const auto number = parse_number(as_text(text.expose()));
  if (!number) return malformed(why);
  return *number;
}

Result<HashAlgorithm> prf_of(const xml::Element& params) {
  const auto prf = params.child("PRF");
  const auto address = prf ? prf->attribute("Algorithm") : std::nullopt;
  if (!address) return HashAlgorithm::sha1;  // what RFC 8018 says an absent one means
  const auto algorithm = hmac_algorithm(*address);
  if (!algorithm) return malformed("The file derives its key with a hash that is not known here.");
  return *algorithm;
}

Result<SecretBytes> derived_key(const xml::Element& method, BytesView passphrase) {
  const std::string algorithm = method.attribute("Algorithm").value_or("");
  const auto params = method.child("PBKDF2-params");
  if (!algorithm.ends_with(kPbkdf2Suffix) || !params) {
    return malformed("The file derives its key by another method than PBKDF2.");
  }
  CS_TRY(const SecretBytes salt,
         base64_in(params->at({"Salt", "Specified"}), "The file's salt cannot be read."));
  CS_TRY(const std::uint64_t iterations,
         number_in(params->child("IterationCount"), "The file has no iteration count."));
  CS_TRY(const std::uint64_t size,
         number_in(params->child("KeyLength"), "The file has no key length."));
  CS_TRY(const HashAlgorithm prf, prf_of(*params));
  if (iterations == 0 || iterations > kPbkdf2IterationsMax || salt.size() > kSaltBytesMax) {
    return Error{ErrorCode::limit_exceeded, "The file asks for too much work to derive its key."};
  }
  if (size != 16 && size != 24 && size != 32)
    return malformed("The file's key length is no AES's.");
  return derive_key(prf, passphrase, salt.expose(), iterations, size);
}

// `element` is an EncryptedDataType. Its bytes are checked first, if there is a MAC for them.
Result<SecretBytes> decrypt(const xml::Element& element, const SecretBytes* mac,
                            const PskcLock& lock) {
  if (lock.encryption_key.size() == 0) {
    return denied("The file is encrypted and says not with which key.");
  }
  const auto method = element.child("EncryptionMethod");
  const auto key_bytes =
      aes_cbc_key_bytes(method ? method->attribute("Algorithm").value_or("") : std::string{});
  if (!key_bytes) return malformed("The file is encrypted by another algorithm than AES-CBC.");
  if (*key_bytes != lock.encryption_key.size()) {
    return denied("The key does not have the length that the file's algorithm needs.");
  }
  CS_TRY(const SecretBytes text, base64_in(element.at({"CipherData", "CipherValue"}),
                                           "An encrypted value cannot be read."));
  if (mac != nullptr) {
    CS_CHECK(check_mac(*lock.mac_algorithm, lock.mac_key.expose(), text.expose(), mac->expose()));
  }
  return decrypt_cbc(lock.encryption_key.expose(), text.expose());
}

// A value that cannot be read is not authenticated either: every error is about the file.
Result<SecretBytes> decrypt_value(const xml::Element& value, const xml::Element& encrypted,
                                  const PskcLock& lock) {
  auto clear = Result<SecretBytes>{SecretBytes{}};
  const auto mac_element = value.child("ValueMAC");
  if (!lock.mac_algorithm) {
    clear = decrypt(encrypted, nullptr, lock);
  } else if (!mac_element) {
    return denied("An encrypted value is not authenticated, as the file says it is.");
  } else {
    const auto mac = base64_in(mac_element, "A value's MAC cannot be read.");
    if (!mac) return denied_for(mac.error());
    clear = decrypt(encrypted, &*mac, lock);
  }
  if (!clear) return denied_for(clear.error());
  return clear;
}

}  // namespace

Status read_encryption_key(const xml::Element& element, const PskcUnlock& unlock, PskcLock& lock) {
  lock.has_encryption_key = true;
  const auto method = element.at({"DerivedKey", "KeyDerivationMethod"});
  if (!method) {
    if (unlock.key.size() == 0) return denied("The file is encrypted: it needs its key.");
    lock.encryption_key = SecretBytes{unlock.key.expose()};
    return {};
  }
  if (unlock.passphrase.size() == 0)
    return denied("The file is encrypted: it needs its passphrase.");
  CS_TRY(lock.encryption_key, derived_key(*method, unlock.passphrase.expose()));
  return {};
}

Status read_mac_method(const xml::Element& element, PskcLock& lock) {
  lock.mac_algorithm = hmac_algorithm(element.attribute("Algorithm").value_or(""));
  if (!lock.mac_algorithm) {
    return malformed("The file authenticates its values by an algorithm that is not known here.");
  }
  const auto key = element.child("MACKey");
  if (key) {
    CS_TRY(lock.mac_key, decrypt(*key, nullptr, lock));
    return {};
  }
  // Then the encryption key is meant.
  lock.mac_key = SecretBytes{std::as_const(lock.encryption_key).expose()};
  if (lock.mac_key.size() == 0) return malformed("The file has no key to authenticate its values.");
  return {};
}

Result<std::optional<SecretBytes>> read_bytes(const xml::Element& data, std::string_view name,
                                              const PskcLock& lock) {
  const auto value = data.child(name);
  if (!value) return std::optional<SecretBytes>{};
  if (const auto encrypted = value->child("EncryptedValue")) {
    CS_TRY(SecretBytes clear, decrypt_value(*value, *encrypted, lock));
    return std::optional{std::move(clear)};
  }
  // Or else whoever can change the file could put secrets of their own into it.
  if (lock.has_encryption_key) {
    return denied("A secret stands in clear in a file that encrypts its values.");
  }
  CS_TRY(SecretBytes plain, base64_in(value->child("PlainValue"), "Its secret cannot be read."));
  return std::optional{std::move(plain)};
}

Result<std::optional<std::uint64_t>> read_number(const xml::Element& data, std::string_view name,
                                                 const PskcLock& lock) {
  const auto value = data.child(name);
  if (!value) return std::optional<std::uint64_t>{};
  if (const auto encrypted = value->child("EncryptedValue")) {
    CS_TRY(const SecretBytes clear, decrypt_value(*value, *encrypted, lock));
    if (clear.size() > sizeof(std::uint64_t)) return malformed("A number has more than 64 bits.");
    std::uint64_t number = 0;
    for (const std::byte byte : clear.expose()) {
      number = number << 8 | std::to_integer<std::uint64_t>(byte);
    }
    return std::optional{number};
  }
  CS_TRY(const std::uint64_t number,
         number_in(value->child("PlainValue"), "Its counter or period is no number."));
  return std::optional{number};
}

}  // namespace countersign::files
