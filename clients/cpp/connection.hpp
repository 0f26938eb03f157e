// SPDX-License-Identifier: Apache-2.0
// One connection of a client: frames out, frames in, and a deadline on every wait. Private. Knows
// nothing of what the frames say.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include "clients/cpp/deadline.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace countersign::client {

inline constexpr std::size_t kHeaderBytes = 8;
inline constexpr std::size_t kBodyBytesMax = std::size_t{64} * 1024;

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Deadline deadline);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Buffers one frame; its body is to be written into what is returned, at once. Fails with
  // `limit_exceeded`.
  Result<std::span<std::byte>> append(std::size_t body_bytes);
  [[nodiscard]] bool is_full() const { return out_.size() - sent_ >= kOutBytesMax; }

  // All of these close the connection when they fail.
  Status flush(Deadline deadline);
  // The body of the next frame, which stays valid until the next call.
  Result<BytesView> receive(Deadline deadline);
  Status poll();
  void close();

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
