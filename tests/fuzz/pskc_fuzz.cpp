// SPDX-License-Identifier: Apache-2.0
// Any bytes as a PSKC file, with a key and a passphrase at hand: reading ends, and no key that is
// given out breaks the limits.
#include "firmware-interface/files/pskc.hpp"

#include <cstdlib>

namespace {

// Those of the figures in the corpus.
constexpr unsigned char kKey[] = {0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56,
                                  0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace files = countersign::files;
  files::PskcUnlock unlock{countersign::SecretBytes{std::as_bytes(std::span{kKey})},
                           countersign::SecretBytes{countersign::as_bytes("qwerty")}};
  auto reader = files::PskcReader::open(std::as_bytes(std::span{data, size}), std::move(unlock));
  while (reader) {
    const auto key = reader->next();
    if (!key || !*key) break;
    if ((*key)->row && (*key)->row->serial.size() > files::kSerialCharactersMax) std::abort();
  }
  return 0;
}
