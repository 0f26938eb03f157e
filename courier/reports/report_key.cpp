// SPDX-License-Identifier: Apache-2.0
#include "courier/reports/report_key.hpp"

#include "base/bytes.hpp"
#include "base/passcode.hpp"
#include "courier/settings/secret_file.hpp"
#include "courier/settings/settings.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include <array>
#include <cerrno>

namespace countersign::courier {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kTokenBytes = 16;
constexpr std::string_view kPurpose = "countersign delivery report v1";

// One for the whole process: who writes the addresses and who reads them need the same.
Result<SecretBytes> key_of_this_start() {
  static const SecretBytes key = [] {
    SecretBytes random{kKeyBytes};
    const ssize_t count = ::getrandom(random.expose().data(), kKeyBytes, 0);
    return count == ssize_t{kKeyBytes} ? std::move(random) : SecretBytes{};
  }();
  if (key.size() == 0) return Error{ErrorCode::unavailable, "getrandom"};
  return SecretBytes{key.expose()};
}

std::string hex(BytesView bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<std::size_t>(byte >> 4)];
    text += kDigits[std::to_integer<std::size_t>(byte & std::byte{0xf})];
  }
  return text;
}

}  // namespace

Result<ReportKey> ReportKey::from(const DeliveryReportSettings& settings) {
  if (settings.key_file.empty()) {
    CS_TRY(SecretBytes made, key_of_this_start());
    return ReportKey{std::move(made)};
  }
  CS_TRY(SecretBytes read, read_secret(settings.key_file));
  if (read.size() < kKeyBytes) return Error{ErrorCode::malformed, "report_key.length"};
  return ReportKey{std::move(read)};
}

std::string ReportKey::token(std::string_view provider, MessageId message) const {
  Bytes text;
  Writer{text}.text(kPurpose).text(provider).integer(message);
  std::array<std::byte, EVP_MAX_MD_SIZE> mac{};
  HMAC(EVP_sha256(), key_.expose().data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), nullptr);
  return hex(BytesView{mac}.first(kTokenBytes));
}

std::string ReportKey::path(std::string_view provider, MessageId message) const {
  return std::string{kReportsPath} + std::string{provider} + '/' +
         std::to_string(static_cast<std::uint64_t>(message)) + '/' + token(provider, message);
}

bool ReportKey::matches(std::string_view given, std::string_view provider,
                        MessageId message) const {
  return equal_in_constant_time(given, token(provider, message));
}

}  // namespace countersign::courier
