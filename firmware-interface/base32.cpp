// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/base32.hpp"

#include <liboath/oath.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace countersign::base32 {
namespace {

constexpr std::size_t kGroupCharacters = 8;
constexpr std::size_t kGroupBytes = 5;

// What liboath allocates is ours to wipe and to free.
class OathBuffer {
 public:
  OathBuffer() = default;
  OathBuffer(const OathBuffer&) = delete;
  OathBuffer& operator=(const OathBuffer&) = delete;
  ~OathBuffer() {
    if (text == nullptr) return;
    ::explicit_bzero(text, size);
    std::free(text);
  }
  [[nodiscard]] BytesView view() const { return as_bytes({text, size}); }

  char* text = nullptr;
  std::size_t size = 0;
};

Status check(int status, Literal call) {
  if (status == OATH_OK) return {};
  const auto code = status == OATH_INVALID_BASE32 ? ErrorCode::malformed : ErrorCode::unavailable;
  return Error{code, call, static_cast<std::uint64_t>(-status)};
}

// The library's own words say that nothing else may be called before this.
Status initialise() {
  static const int kStatus = ::oath_init();
  return check(kStatus, "oath_init");
}

constexpr bool is_base32(char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); }
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// A last group of one, three or six characters holds no whole number of bytes.
bool is_group_length(std::size_t characters) {
  static constexpr std::array<bool, kGroupCharacters> kPossible{true, false, true,  false,
                                                                true, true,  false, true};
  return kPossible[characters % kGroupCharacters];
}

// Upper case, without spaces and padding. Fails with `malformed`.
Result<SecretBytes> canonical(std::string_view text) {
  SecretBytes characters{text.size()};
  std::size_t count = 0;
  std::size_t padding = 0;
  for (const char typed : text) {
    const char c = upper(typed);
    if (c == ' ') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    if (!is_base32(c)) return Error{ErrorCode::malformed, "base32.alphabet"};
    if (padding > 0) return Error{ErrorCode::malformed, "base32.padding"};
    characters.expose()[count++] = static_cast<std::byte>(c);
  }
  if (!is_group_length(count)) return Error{ErrorCode::malformed, "base32.length"};
  const std::size_t missing = (kGroupCharacters - count % kGroupCharacters) % kGroupCharacters;
  if (padding != 0 && padding != missing) return Error{ErrorCode::malformed, "base32.padding"};
  return SecretBytes{characters.expose().first(count)};
}

Status decode_group(std::string_view group, std::span<std::byte> secret, std::size_t& size) {
  OathBuffer bytes;
  CS_CHECK(check(::oath_base32_decode(group.data(), group.size(), &bytes.text, &bytes.size),
                 "oath_base32_decode"));
  if (bytes.size > secret.size() - size) return Error{ErrorCode::malformed, "oath_base32_decode"};
  std::ranges::copy(bytes.view(), secret.subspan(size).begin());
  size += bytes.size;
  return {};
}

}  // namespace

Result<SecretBytes> encode(BytesView secret, Padding padding) {
  if (secret.size() > kSecretBytesMax) return Error{ErrorCode::limit_exceeded, "base32.secret"};
  if (secret.empty()) return SecretBytes{};
  CS_CHECK(initialise());
  OathBuffer text;
  const std::string_view raw = as_text(secret);
  CS_CHECK(check(::oath_base32_encode(raw.data(), raw.size(), &text.text, &text.size),
                 "oath_base32_encode"));
  std::string_view wanted = as_text(text.view());
  if (padding == Padding::none) wanted = wanted.substr(0, wanted.find('='));
  return SecretBytes{as_bytes(wanted)};
}

Result<SecretBytes> decode(std::string_view text) {
  if (text.size() > kTextBytesMax) return Error{ErrorCode::limit_exceeded, "base32.text"};
  CS_CHECK(initialise());
  CS_TRY(const SecretBytes characters, canonical(text));

  // Group by group, and one group of zeros at the end: liboath frees its copy of the text without
  // wiping it. A copy of eight characters lies where the next one is put, and none is left over.
  SecretBytes secret{characters.size() / kGroupCharacters * kGroupBytes + kGroupBytes};
  std::size_t size = 0;
  std::string_view rest = as_text(characters.expose());
  while (!rest.empty()) {
    const std::string_view group = rest.substr(0, kGroupCharacters);
    CS_CHECK(decode_group(group, secret.expose(), size));
    rest.remove_prefix(group.size());
  }
  std::array<std::byte, kGroupBytes> zeros{};
  std::size_t ignored = 0;
  CS_CHECK(decode_group("AAAAAAAA", zeros, ignored));

  if (size > kSecretBytesMax) return Error{ErrorCode::limit_exceeded, "base32.secret"};
  return SecretBytes{std::as_const(secret).expose().first(size)};
}

}  // namespace countersign::base32
