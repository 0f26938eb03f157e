// SPDX-License-Identifier: Apache-2.0
// Any bytes as a PSKC file, with a key and a passphrase at hand and without: reading ends, and no
// key that is given out breaks the limits.
#include "firmware-interface/files/pskc.hpp"

#include <cstdlib>

namespace {

// Those of the figures in the corpus.
constexpr unsigned char kKey[] = {0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56,
                                  0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12};

namespace files = countersign::files;

void read(std::span<const std::uint8_t> bytes, files::PskcUnlock unlock) {
  auto reader = files::PskcReader::open(std::as_bytes(bytes), std::move(unlock));
  while (reader) {
    const auto key = reader->next();
    if (!key || !*key) return;
    if ((*key)->row && (*key)->row->serial.size() > files::kSerialCharactersMax) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({data, size}, {});
  read({data, size}, {countersign::SecretBytes{std::as_bytes(std::span{kKey})},
                      countersign::SecretBytes{countersign::as_bytes("qwerty")}});
  return 0;
}
