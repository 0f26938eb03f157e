// SPDX-License-Identifier: Apache-2.0
// One connection of a client: frames out, frames in, and a deadline on every wait. Private. Knows
// nothing of what the frames say.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include "clients/cpp/deadline.hpp"
#include "clients/cpp/frames.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace countersign::client {

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Deadline deadline);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Buffers one frame; its body is to be written into what is returned, at once. Fails with
  // `limit_exceeded`.
  Result<std::span<std::byte>> append(std::size_t body_bytes) {
    return append_frame(body_bytes, out_);
  }
  [[nodiscard]] bool is_full() const { return out_.size() - sent_ >= kOutBytesMax; }

  // All of these close the connection when they fail.
  Status flush(Deadline deadline);
  // The body of the next frame, which stays valid until the next call.
  Result<BytesView> receive(Deadline deadline);
  Status poll();
  void close();

  // A whole frame has arrived, or what has arrived can be no frame.
  [[nodiscard]] bool has_answer() const { return in_.has_frame(); }
  [[nodiscard]] int native_handle() const { return fd_; }

 private:
  static constexpr std::size_t kOutBytesMax = std::size_t{64} * 1024;

  explicit Connection(int fd) : fd_{fd} {}

  // Whether anything moved; nothing moves when it would have to wait.
  Result<bool> send_some();
  Result<bool> receive_some();
  Status wait(short events, Deadline deadline);
  Status fail(Error error);

  int fd_;
  std::string out_;
  std::size_t sent_ = 0;
  Inbox in_;
};

}  // namespace countersign::client
