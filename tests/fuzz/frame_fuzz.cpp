// SPDX-License-Identifier: Apache-2.0
// Any bytes, in any chunks: the reader never overruns, and never hands out a body longer than it
// promised.
#include "daemon/net/frame.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using countersign::net::FrameReader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FrameReader reader;
  while (size > 0) {
    const auto space = reader.space();
    if (space.empty()) std::abort();
    const std::size_t chunk = std::min({space.size(), size, std::size_t{1} + data[0] % 97u});
    std::memcpy(space.data(), data, chunk);
    data += chunk;
    size -= chunk;
    reader.advance(chunk);

    for (;;) {
      const auto body = reader.next();
      if (!body) return 0;
      if (!*body) break;
      if ((*body)->empty() || (*body)->size() > FrameReader::kBodyBytesMax) std::abort();
    }
  }
  return 0;
}
