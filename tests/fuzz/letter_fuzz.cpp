// SPDX-License-Identifier: Apache-2.0
// Any bytes: what is a letter is written again as the very same bytes.
#include "daemon/outbox/letter.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace outbox = countersign::outbox;
  const countersign::BytesView bytes{reinterpret_cast<const std::byte*>(data), size};
  const auto letter = outbox::read_letter(bytes);
  if (!letter) return 0;
  const auto written = outbox::write(*letter);
  if (!written || !std::ranges::equal(written->expose(), bytes)) std::abort();
  return 0;
}
