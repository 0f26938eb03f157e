// SPDX-License-Identifier: Apache-2.0
// Bytes as they lie in packets, rows and MAC inputs: big-endian, bounded, checked.
#pragma once

#include "base/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign {

using BytesView = std::span<const std::byte>;
using Bytes = std::vector<std::byte>;

[[nodiscard]] inline BytesView as_bytes(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}
[[nodiscard]] inline std::string_view as_text(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class Integer>
[[nodiscard]] constexpr Integer load_big_endian(BytesView bytes) {
  Integer value{};
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value = static_cast<Integer>(value << 8 | std::to_integer<Integer>(bytes[i]));
  }
  return value;
}

// Appends to a buffer that it does not own. Texts and blobs get a length in front, so that two
// different sequences of writes never give the same bytes (which is what a MAC input needs).
template <class Buffer>
class Writer {
 public:
  explicit Writer(Buffer& out) : out_{out} {}

  template <class Integer>
  requires std::is_integral_v<Integer> || std::is_enum_v<Integer> Writer& integer(Integer value) {
    auto rest = static_cast<std::uint64_t>(value);
    std::array<std::byte, sizeof(Integer)> bytes;
    for (std::size_t i = bytes.size(); i-- > 0; rest >>= 8) bytes[i] = std::byte(rest & 0xff);
    return raw(bytes);
  }
  // REQUIRES: bytes.size() < 65536.
  Writer& blob(BytesView bytes) {
    integer(static_cast<std::uint16_t>(bytes.size()));
    return raw(bytes);
  }
  Writer& text(std::string_view text) { return blob(as_bytes(text)); }
  Writer& raw(BytesView bytes) {
    // Hot: a copy by memcpy, which insert() does not become.
    const std::size_t at = out_.size();
    out_.resize(at + bytes.size());
    if (!bytes.empty()) std::memcpy(out_.data() + at, bytes.data(), bytes.size());
    return *this;
  }

 private:
  Buffer& out_;
};

// Reads what Writer wrote. Running off the end is remembered, not undefined: read everything,
// then ask `whole()`.
class Reader {
 public:
  explicit Reader(BytesView bytes) : rest_{bytes} {}

  template <class Integer>
  requires std::is_integral_v<Integer> Integer integer() {
    const BytesView bytes = raw(sizeof(Integer));
    return bytes.empty() ? Integer{} : load_big_endian<Integer>(bytes);
  }
  BytesView blob() { return raw(integer<std::uint16_t>()); }
  BytesView raw(std::size_t count) {
    if (count > rest_.size()) {
      short_ = true;
      rest_ = {};
      return {};
    }
    const BytesView bytes = rest_.first(count);
    rest_ = rest_.subspan(count);
    return bytes;
  }

  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  // No read ran off the end.
  [[nodiscard]] bool good() const { return !short_; }
  // Every read succeeded and nothing is left over.
  [[nodiscard]] bool whole() const { return !short_ && rest_.empty(); }

 private:
  BytesView rest_;
  bool short_ = false;
};

}  // namespace countersign
