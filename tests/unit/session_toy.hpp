// SPDX-License-Identifier: Apache-2.0
// A server with a toy behind it, on a loop of its own thread, and peers that talk to it byte by
// byte.
#pragma once

#include "daemon/net/server.hpp"

#include <gtest/gtest.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace countersign::net {

inline std::string frame(std::string_view body) {
  std::string bytes{"\xC5\x01\x00\x00", 4};
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(body.size() >> shift & 0xff);
  }
  return bytes.append(body);
}

// Answers "x" with "x!" at once; keeps "hold…" until it is told "release", then answers the last
// one first; lets "drop" go unanswered; answers "long" with 60 000 bytes.
class Toy final : public Handler {
 public:
  Status admit(const Peer&) override {
    if (denies) return Error{ErrorCode::denied, "toy"};
    return {};
  }
  void answer_frame(const Peer&, BytesView body, FrameReply reply) override {
    ++begun;
    const std::string text{as_text(body)};
    if (text == "drop") return;
    if (text.starts_with("hold")) {
      held_frames_.emplace_back(text, std::move(reply));
      return;
    }
    if (text == "release") release();
    reply.out() += frame(text == "long" ? std::string(60'000, 'x') : text + "!");
  }
  void answer_http(const Peer&, const HttpRequest& request, HttpReply reply) override {
    ++begun;
    if (request.operation == "drop") return;
    if (request.operation == "hold") {
      held_http_.push_back(std::move(reply));
      return;
    }
    reply.send({.status = 200, .body = std::string{request.body} + "!"});
  }
  void refuse_frame(const Error& error, std::string& out) override {
    out += frame(error.operation.view());
  }
  HttpAnswer refuse_http(const Error& error) override {
    return {.status = 400, .body = std::string{error.operation.view()}};
  }

  void release() {
    while (!held_frames_.empty()) {
      auto [text, reply] = std::move(held_frames_.back());
      held_frames_.pop_back();
      reply.out() += frame(text + "!");
    }
    while (!held_http_.empty()) {
      HttpReply reply = std::move(held_http_.back());
      held_http_.pop_back();
      reply.send({.status = 200, .body = "held!"});
    }
  }

  std::atomic<int> begun = 0;
  std::atomic<bool> denies = false;

 private:
  std::vector<std::pair<std::string, FrameReply>> held_frames_;
  std::vector<HttpReply> held_http_;
};

// What a test speaks with. Waits at most some seconds for anything.
class TestPeer {
 public:
  explicit TestPeer(const std::string& path) : fd_{::socket(AF_UNIX, SOCK_STREAM, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  TestPeer(const TestPeer&) = delete;
  TestPeer& operator=(const TestPeer&) = delete;
  ~TestPeer() { close(); }

  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  // Sends what fits without waiting; the number of bytes that did.
  [[nodiscard]] std::size_t send_some(std::string_view bytes) const {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  void end_sending() const { ::shutdown(fd_, SHUT_WR); }

  // Exactly so many bytes, or what came before the end.
  [[nodiscard]] std::string receive(std::size_t wanted) const {
    std::string bytes;
    while (bytes.size() < wanted && readable()) {
      std::string some(wanted - bytes.size(), '\0');
      const ssize_t count = ::recv(fd_, some.data(), some.size(), 0);
      if (count <= 0) break;
      bytes.append(some, 0, static_cast<std::size_t>(count));
    }
    return bytes;
  }
  // Everything until the server hangs up.
  [[nodiscard]] std::string receive_all() const { return receive(std::size_t{1} << 24); }

  [[nodiscard]] std::string receive_frame() const {
    const std::string header = receive(8);
    if (header.size() < 8) return "(end)";
    return receive(load_big_endian<std::uint32_t>(as_bytes(header).subspan(4)));
  }
  [[nodiscard]] bool readable(int milliseconds = 10'000) const {
    pollfd waiting{fd_, POLLIN, 0};
    return ::poll(&waiting, 1, milliseconds) == 1;
  }

 private:
  int fd_;
};

class SessionTest : public testing::Test {
 protected:
  explicit SessionTest(Limits limits = {}, Patience patience = {}) {
    std::string pattern = std::filesystem::temp_directory_path() / "net-test-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    path = folder / "s";
    server = std::make_unique<Server>(loop.get_executor(), limits, patience);
    auto listener = Listener::bind(loop.get_executor(), path);
    EXPECT_TRUE(listener);
    server->serve(std::move(*listener), toy);
    thread = std::thread{[this] { loop.run(); }};
  }
  ~SessionTest() override {
    if (!stopped.valid()) stop();
    on_loop([this] { toy.release(); });
    EXPECT_EQ(stopped.wait_for(std::chrono::seconds{10}), std::future_status::ready);
    work.reset();
    thread.join();
    server.reset();
    std::filesystem::remove_all(folder);
  }

  // Begins to stop the server; `stopped` becomes ready when it has.
  void stop() {
    auto done = std::make_shared<std::promise<void>>();
    stopped = done->get_future();
    auto finish = [done](const std::exception_ptr&) { done->set_value(); };
    boost::asio::co_spawn(loop, server->stop(), finish);
  }
  void on_loop(std::function<void()> action) {
    std::promise<void> done;
    boost::asio::post(loop, [&] {
      action();
      done.set_value();
    });
    done.get_future().wait();
  }
  // Waits until the toy has seen so many requests.
  bool has_begun(int requests) {
    for (int i = 0; i < 10'000 && toy.begun < requests; ++i) ::usleep(1000);
    return toy.begun >= requests;
  }

  std::filesystem::path folder;
  std::string path;
  boost::asio::io_context loop{1};
  boost::asio::executor_work_guard<Executor> work{loop.get_executor()};
  Toy toy;
  std::unique_ptr<Server> server;
  std::future<void> stopped;
  std::thread thread;
};

}  // namespace countersign::net
