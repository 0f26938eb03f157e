// SPDX-License-Identifier: Apache-2.0
// Native frames, as a client writes and reads them, without any input or output of their own and
// without knowing what they say.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace countersign::client {

inline constexpr std::size_t kHeaderBytes = 8;
inline constexpr std::size_t kBodyBytesMax = std::size_t{64} * 1024;

// Appends one frame; its body is to be written into what is returned, at once. Fails with
// `limit_exceeded`; then nothing was appended.
Result<std::span<std::byte>> append_frame(std::size_t body_bytes, std::string& out);

// What has arrived and nobody has taken yet. Wiped as it is taken: enrolments hold secrets.
class Inbox {
 public:
  Inbox() : bytes_(kBytesMin) {}
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  ~Inbox();

  // Where the next bytes belong; never empty. Invalidates the bodies taken so far.
  [[nodiscard]] std::span<std::byte> space();
  // REQUIRES: count <= space().size().
  void advance(std::size_t count) { end_ += count; }

  // The next body, valid until space(); nothing when more bytes are needed. Fails with `malformed`
  // when what has arrived is no frame: then the stream is out of step for good.
  Result<std::optional<BytesView>> take();
  // True if take() can answer, or fail, without more bytes.
  [[nodiscard]] bool has_frame() const;

 private:
  static constexpr std::size_t kBytesMin = kHeaderBytes + kBodyBytesMax;

  [[nodiscard]] BytesView unread() const {
    return BytesView{bytes_}.subspan(begin_, end_ - begin_);
  }

  Bytes bytes_;  // grows with the answers that nobody has taken yet
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace countersign::client
