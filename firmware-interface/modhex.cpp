// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/modhex.hpp"

#include <yubikey.h>

namespace countersign::modhex {

std::string encode(BytesView bytes) {
  std::string text(2 * bytes.size() + 1, '\0');  // libyubikey writes a NUL behind the letters
  ::yubikey_modhex_encode(text.data(), as_text(bytes).data(), bytes.size());
  text.pop_back();
  return text;
}

std::optional<Bytes> decode(std::string_view text) {
  // libyubikey takes what it does not know for zeros.
  if (text.size() % 2 != 0) return std::nullopt;
  if (text.find_first_not_of(kAlphabet) != std::string_view::npos) return std::nullopt;
  if (text.empty()) return Bytes{};
  const std::string terminated{text};  // it reads up to a NUL
  Bytes bytes(text.size() / 2);
  ::yubikey_modhex_decode(reinterpret_cast<char*>(bytes.data()), terminated.c_str(), bytes.size());
  return bytes;
}

}  // namespace countersign::modhex
