// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/oath.hpp"

#include <cassert>

namespace countersign::oath {

std::array<std::byte, 8> counter_bytes(std::uint64_t counter) {
  std::array<std::byte, 8> bytes{};
  for (std::size_t i = bytes.size(); i-- > 0; counter >>= 8) {
    bytes[i] = static_cast<std::byte>(counter & 0xff);
  }
  return bytes;
}

Code truncate(BytesView mac, Digits digits) {
  assert(mac.size() >= 20);
  assert(digits >= Digits::six && digits <= Digits::eight);

  // The low nibble of the last byte picks the window, so the window starts at
  // 15 at the latest and always fits into the shortest MAC.
  const auto offset = std::to_integer<std::size_t>(mac.back() & std::byte{0x0f});
  auto number = load_big_endian<std::uint32_t>(mac.subspan(offset, 4));
  number &= 0x7fff'ffff;  // the sign bit is dropped, as the RFC asks

  Code code;
  code.size = static_cast<std::uint8_t>(digits);
  for (std::size_t i = code.size; i-- > 0; number /= 10) {
    code.text[i] = static_cast<char>('0' + number % 10);
  }
  return code;
}

}  // namespace countersign::oath
