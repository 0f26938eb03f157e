// SPDX-License-Identifier: Apache-2.0
#include "companion/request/guard.hpp"

#include <sodium.h>

#include <array>
#include <cstdlib>

namespace countersign::companion {
namespace {

constexpr std::size_t kSecretBytes = 16;
constexpr std::size_t kSecretLetters = 22;

bool are_same(std::string_view one, std::string_view other) {
  return one.size() == other.size() && ::sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

bool is_from_here(const Request& request, std::string_view origin) {
  if (!request.origin.empty()) return request.origin == origin;
  return request.fetch_site == "same-origin";
}

}  // namespace

Guarded guard(const Request& request, std::string_view origin) {
  if (!is_from_here(request, origin)) return Guarded::foreign;
  const std::string_view secret = form_secret_of(request);
  const bool repeats = are_same(secret, request.form.value_of(kFormSecretField));
  return !secret.empty() && repeats ? Guarded::passes : Guarded::stale;
}

std::string fresh_secret() {
  std::array<unsigned char, kSecretBytes> bytes{};
  ::randombytes_buf(bytes.data(), bytes.size());
  std::string text(kSecretLetters + 1, '\0');
  const char* const written =
      ::sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (written == nullptr) std::abort();
  text.resize(kSecretLetters);
  return text;
}

std::string_view form_secret_of(const Request& request) {
  const std::string_view secret = request.cookies.value_of(kFormCookie);
  return secret.size() == kSecretLetters ? secret : std::string_view{};
}

}  // namespace countersign::companion
