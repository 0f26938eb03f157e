// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/frame.hpp"

#include <string.h>

#include <cassert>
#include <cstring>

namespace countersign::net {
namespace {

constexpr std::size_t kLengthAt = 4;

// Looks at as much of the header as is there: a wrong first byte needs no second.
Status check_header(BytesView header) {
  if (header[0] != FrameReader::kMagic) return Error{ErrorCode::malformed, "frame.magic"};
  if (header.size() > 1 && header[1] != FrameReader::kVersion) {
    return Error{ErrorCode::malformed, "frame.version"};
  }
  for (std::size_t i = 2; i < kLengthAt && i < header.size(); ++i) {
    if (header[i] != std::byte{0}) return Error{ErrorCode::malformed, "frame.flags"};
  }
  return {};
}

}  // namespace

// Left uninitialised: most connections never touch most of it.
FrameReader::FrameReader() : buffer_{new std::byte[kBufferBytes]} {}

FrameReader::~FrameReader() { ::explicit_bzero(buffer_.get(), end_); }

std::span<std::byte> FrameReader::space() {
  const std::size_t left = end_ - begin_;
  if (begin_ != 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, left);
    ::explicit_bzero(buffer_.get() + left, end_ - left);
    begin_ = 0;
    end_ = left;
  }
  assert(end_ < kBufferBytes);
  return {buffer_.get() + end_, kBufferBytes - end_};
}

void FrameReader::advance(std::size_t count) {
  assert(count <= kBufferBytes - end_);
  end_ += count;
}

Result<std::optional<BytesView>> FrameReader::next() {
  const BytesView rest = unread();
  if (rest.empty()) return std::optional<BytesView>{};
  CS_CHECK(check_header(rest.first(std::min(rest.size(), kHeaderBytes))));
  if (rest.size() < kHeaderBytes) return std::optional<BytesView>{};

  const auto length = load_big_endian<std::uint32_t>(rest.subspan(kLengthAt));
  if (length == 0) return Error{ErrorCode::malformed, "frame.empty"};
  if (length > kBodyBytesMax) return Error{ErrorCode::limit_exceeded, "frame.length"};
  if (rest.size() < kHeaderBytes + length) return std::optional<BytesView>{};
  begin_ += kHeaderBytes + length;
  return std::optional{rest.subspan(kHeaderBytes, length)};
}

}  // namespace countersign::net
