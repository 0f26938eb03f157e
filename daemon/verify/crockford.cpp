// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/crockford.hpp"

#include <algorithm>
#include <cassert>

namespace countersign::crockford {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr unsigned kDigitBits = 5;
constexpr unsigned kByteBits = 8;
constexpr char kNone = '\0';

// The character that is meant; kNone when it is none of ours.
char meant(char typed) {
  const char upper = typed >= 'a' && typed <= 'z' ? static_cast<char>(typed - 'a' + 'A') : typed;
  if (upper == 'O') return '0';
  if (upper == 'I' || upper == 'L') return '1';
  return kAlphabet.find(upper) == std::string_view::npos ? kNone : upper;
}

}  // namespace

SecretBytes encode(BytesView random, std::size_t characters) {
  assert(characters * kDigitBits <= random.size() * kByteBits);
  SecretBytes text{characters};
  unsigned bits = 0;
  unsigned count = 0;
  std::size_t taken = 0;
  for (std::byte& digit : text.expose()) {
    if (count < kDigitBits) {
      bits = bits << kByteBits | std::to_integer<unsigned>(random[taken++]);
      count += kByteBits;
    }
    count -= kDigitBits;
    digit = static_cast<std::byte>(kAlphabet[bits >> count & 31U]);
  }
  return text;
}

std::optional<SecretBytes> canonical(std::string_view typed) {
  if (!is_written(typed)) return std::nullopt;
  SecretBytes text{typed.size()};
  std::ranges::transform(typed, text.expose().begin(),
                         [](char c) { return static_cast<std::byte>(meant(c)); });
  return text;
}

bool is_written(std::string_view typed) {
  return std::ranges::all_of(typed, [](char c) { return meant(c) != kNone; });
}

SecretBytes grouped(const SecretBytes& canonical) {
  const BytesView characters = canonical.expose();
  const std::size_t hyphens = characters.empty() ? 0 : (characters.size() - 1) / kGroup;
  SecretBytes text{characters.size() + hyphens};
  std::size_t place = 0;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    if (i != 0 && i % kGroup == 0) text.expose()[place++] = std::byte{'-'};
    text.expose()[place++] = characters[i];
  }
  return text;
}

}  // namespace countersign::crockford
