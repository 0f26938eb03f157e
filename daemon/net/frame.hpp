// SPDX-License-Identifier: Apache-2.0
// Native frames, without any input or output of their own.
//
//   +-------+---------+----------+---------+------------------------+
//   | magic | version | flags    | length  | body, `length` bytes,  |
//   | C5    | 01      | 00 00    | 4 bytes | 1 to kBodyBytesMax     |
//   +-------+---------+----------+---------+------------------------+
//
// Numbers are big-endian. Feed it bytes as they arrive, in any chunks; it hands out every frame
// that is whole. Bodies hold passcodes: what has been handed out is wiped on the next call to
// space().
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace countersign::net {

class FrameReader {
 public:
  static constexpr std::size_t kHeaderBytes = 8;
  static constexpr std::size_t kBodyBytesMax = 64 * 1024;
  static constexpr std::byte kMagic{0xC5};
  static constexpr std::byte kVersion{1};

  FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;
  ~FrameReader();

  // Where the next bytes belong. Invalidates the bodies handed out so far.
  //
  // REQUIRES: next() has said that it needs more. ENSURES: never empty.
  [[nodiscard]] std::span<std::byte> space();

  // Tells the reader that `count` bytes were written into space().
  void advance(std::size_t count);

  // The next body, or nothing when more bytes are needed. Valid until space(). Fails with
  // `malformed` or `limit_exceeded` as soon as the header is wrong, before its body has arrived;
  // then the stream is out of step for good.
  Result<std::optional<BytesView>> next();

  // What has arrived and was not handed out.
  [[nodiscard]] BytesView unread() const { return {buffer_.get() + begin_, end_ - begin_}; }

  // Counts bytes as handed out that somebody else understands.
  // REQUIRES: count <= unread().size().
  void skip(std::size_t count) { begin_ += count; }

 private:
  static constexpr std::size_t kBufferBytes = kHeaderBytes + kBodyBytesMax;

  std::unique_ptr<std::byte[]> buffer_;
  std::size_t begin_ = 0;  // of what was not handed out
  std::size_t end_ = 0;    // of what has arrived
};

}  // namespace countersign::net
