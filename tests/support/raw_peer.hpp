// SPDX-License-Identifier: Apache-2.0
// A peer that speaks to a socket byte by byte: HTTP, and whatever no proper client would send.
#pragma once

#include "api/countersign.pb.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::test {

// A native frame around these bytes, whatever they are.
[[nodiscard]] std::string frame_of(std::string_view body);
[[nodiscard]] std::string frame_of(const v1::Request& request);
// The bare eight bytes that announce a body.
[[nodiscard]] std::string frame_header(std::uint32_t body_bytes);
// POST /v1/<operation>, for a connection that stays open.
[[nodiscard]] std::string http_post(std::string_view operation, std::string_view json);

struct HttpReply {
  int status = 0;
  std::string body;
};

class RawPeer {
 public:
  // Connects; fails the test if that is impossible.
  explicit RawPeer(const std::string& socket_path);
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;
  ~RawPeer();

  // Sends everything; false once the other side has hung up.
  bool send(std::string_view bytes);
  // Says that nothing more will come. Answers can still be read.
  void finish_sending();

  // One whole answer of either kind; none when the other side hangs up before.
  std::optional<v1::Reply> frame();
  std::optional<HttpReply> http();
  // The same, byte by byte as they came.
  std::optional<std::string> frame_bytes();
  std::optional<std::string> http_bytes();
  // Nothing has arrived and nothing will: the other side has hung up.
  bool has_ended();

 private:
  bool read_until(std::size_t bytes);
  std::string take(std::size_t bytes);

  int fd_ = -1;
  std::string in_;
};

// One request over HTTP on a connection of its own.
[[nodiscard]] HttpReply post(const std::string& socket_path, std::string_view operation,
                             std::string_view json);

}  // namespace countersign::test
