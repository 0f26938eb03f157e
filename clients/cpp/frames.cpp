// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/frames.hpp"

#include <string.h>

#include <array>
#include <cstring>

namespace countersign::client {
namespace {

constexpr std::byte kMagic{0xC5};
constexpr std::byte kVersion{1};
constexpr std::size_t kLengthAt = 4;

}  // namespace

Result<std::span<std::byte>> append_frame(std::size_t body_bytes, std::string& out) {
  if (body_bytes > kBodyBytesMax) {
    return Error{ErrorCode::limit_exceeded, "client.request_length"};
  }
  std::array<char, kHeaderBytes> header{static_cast<char>(kMagic), static_cast<char>(kVersion)};
  std::size_t rest = body_bytes;
  for (std::size_t i = kHeaderBytes; i-- > kLengthAt; rest >>= 8) {
    header[i] = static_cast<char>(rest & 0xff);
  }
  out.append(header.data(), header.size());
  const std::size_t at = out.size();
  out.resize(at + body_bytes);
  return std::as_writable_bytes(std::span{out}.subspan(at));
}

Inbox::~Inbox() { ::explicit_bzero(bytes_.data(), end_); }

std::span<std::byte> Inbox::space() {
  if (begin_ == end_) {
    // Everything was taken: an answer stays no longer than until the next one.
    ::explicit_bzero(bytes_.data(), end_);
    begin_ = end_ = 0;
  }
  if (end_ >= bytes_.size() / 2) {
    const std::size_t left = end_ - begin_;
    if (left >= bytes_.size() / 2) {
      Bytes larger(bytes_.size() * 2);
      std::memcpy(larger.data(), bytes_.data() + begin_, left);
      ::explicit_bzero(bytes_.data(), end_);
      bytes_ = std::move(larger);
    } else {
      std::memmove(bytes_.data(), bytes_.data() + begin_, left);
      ::explicit_bzero(bytes_.data() + left, end_ - left);
    }
    begin_ = 0;
    end_ = left;
  }
  return std::span{bytes_}.subspan(end_);
}

Result<std::optional<BytesView>> Inbox::take() {
  const BytesView rest = unread();
  if (rest.size() < kHeaderBytes) return std::optional<BytesView>{};
  const auto length = load_big_endian<std::uint32_t>(rest.subspan(kLengthAt));
  const bool is_frame = rest[0] == kMagic && rest[1] == kVersion && rest[2] == std::byte{0} &&
                        rest[3] == std::byte{0} && length <= kBodyBytesMax;
  if (!is_frame) return Error{ErrorCode::malformed, "client.frame"};
  if (rest.size() < kHeaderBytes + length) return std::optional<BytesView>{};
  begin_ += kHeaderBytes + length;
  return std::optional{rest.subspan(kHeaderBytes, length)};
}

bool Inbox::has_frame() const {
  const BytesView rest = unread();
  if (rest.size() < kHeaderBytes) return false;
  const auto length = load_big_endian<std::uint32_t>(rest.subspan(kLengthAt));
  return length > kBodyBytesMax || rest.size() >= kHeaderBytes + length;
}

}  // namespace countersign::client
