// SPDX-License-Identifier: Apache-2.0
// Any text: a key that is read is a key that can be written, and means the same when read again.
#include "firmware-interface/otpauth_uri.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace otpauth = countersign::otpauth;
  const auto key = otpauth::parse({reinterpret_cast<const char*>(data), size});
  if (!key) return 0;
  const auto text = otpauth::build(*key);
  if (!text) std::abort();
  const auto again = otpauth::parse(countersign::as_text(text->expose()));
  if (!again || again->issuer != key->issuer || again->account != key->account) std::abort();
  const auto rebuilt = otpauth::build(*again);
  if (!rebuilt || !std::ranges::equal(rebuilt->expose(), text->expose())) std::abort();
  return 0;
}
