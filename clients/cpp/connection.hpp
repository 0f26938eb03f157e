// SPDX-License-Identifier: Apache-2.0
// One connection of a client: frames out, frames in, and a deadline on every wait. Private.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include "clients/cpp/countersign_client.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace countersign::client {

inline constexpr std::size_t kHeaderBytes = 8;
inline constexpr std::size_t kBodyBytesMax = std::size_t{64} * 1024;

class Client::Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Deadline deadline);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Buffers one frame. Fails with `limit_exceeded`.
  Status append(const v1::Request& request);
  [[nodiscard]] bool is_full() const { return out_.size() - sent_ >= kOutBytesMax; }

  // All of these close the connection when they fail.
  Status flush(Deadline deadline);
  Status receive(v1::Reply& reply, Deadline deadline);
  Status poll();

  // A whole frame has arrived, or what has arrived can be no frame.
  [[nodiscard]] bool has_answer() const;
  [[nodiscard]] int native_handle() const { return fd_; }

 private:
  static constexpr std::size_t kOutBytesMax = std::size_t{64} * 1024;
  static constexpr std::size_t kInBytesMin = kHeaderBytes + kBodyBytesMax;

  explicit Connection(int fd);

  // Whether anything moved; nothing moves when it would have to wait.
  Result<bool> send_some();
  Result<bool> receive_some();
  Status wait(short events, Deadline deadline);
  Result<std::optional<BytesView>> take_frame();
  Status fail(Error error);
  [[nodiscard]] BytesView unread() const { return BytesView{in_}.subspan(begin_, end_ - begin_); }
  void make_room();

  int fd_;
  std::string out_;
  std::size_t sent_ = 0;
  Bytes in_;  // grows with the answers that nobody has taken yet
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace countersign::client
