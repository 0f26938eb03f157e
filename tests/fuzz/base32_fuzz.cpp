// SPDX-License-Identifier: Apache-2.0
// Any text: whatever is taken for a secret is one that its own text gives back.
#include "firmware-interface/base32.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace base32 = countersign::base32;
  const auto secret = base32::decode({reinterpret_cast<const char*>(data), size});
  if (!secret) return 0;
  if (secret->size() > base32::kSecretBytesMax) std::abort();
  const auto text = base32::encode(secret->expose(), base32::Padding::full);
  if (!text) std::abort();
  const auto again = base32::decode(countersign::as_text(text->expose()));
  if (!again || !std::ranges::equal(again->expose(), secret->expose())) std::abort();
  return 0;
}
