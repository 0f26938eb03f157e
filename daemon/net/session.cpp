// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/session.hpp"

#include <string.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace countersign::net {
namespace {

// Buffers that an unusual reply has blown up are not kept at that size.
constexpr std::size_t kKeptBytesMax = std::size_t{64} * 1024;

void forget(std::string& buffer) {
  ::explicit_bzero(buffer.data(), buffer.size());
  buffer.clear();
  if (buffer.capacity() > kKeptBytesMax) std::string{}.swap(buffer);
}

bool begins_http(std::byte first) { return first >= std::byte{'A'} && first <= std::byte{'Z'}; }

}  // namespace

Session::Session(Socket socket, Peer peer, Handler& handler, std::unique_ptr<Quota::Share> share,
                 std::shared_ptr<Sweep> sweep, const Patience& patience)
    : socket_{std::move(socket)},
      peer_{peer},
      handler_{handler},
      share_{std::move(share)},
      patience_{patience},
      read_watch_{sweep, [this] { read_limit_passed(); }},
      write_watch_{std::move(sweep), [this] { abandon(); }} {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

Session::~Session() {
  forget(out_);
  forget(writing_);
}

awaitable<void> Session::run() {
  const auto self = shared_from_this();
  FrameReader frames;
  idle_ = true;
  const std::size_t count = co_await receive(frames.space(), Sweep::now() + patience_.idle);
  if (count != 0) {
    frames.advance(count);
    if (begins_http(frames.unread().front())) {
      co_await serve_http(frames);
    } else {
      co_await serve_native(frames);
    }
  }
  co_await until_drained();
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.close(ignored);
}

void Session::stop() {
  if (ended_ == Ended::no) ended_ = Ended::by_us;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  signal();
}

awaitable<std::size_t> Session::receive(std::span<std::byte> space, SteadyTime limit) {
  if (ended_ != Ended::no) co_return 0;
  read_watch_.until(limit);
  const boost::asio::mutable_buffer buffer{space.data(), space.size()};
  const auto token = boost::asio::as_tuple(use_awaitable);
  const auto [code, count] = co_await socket_.async_read_some(buffer, token);
  read_watch_.lift();
  if (code && ended_ == Ended::no) ended_ = Ended::by_peer;
  co_return code ? 0 : count;
}

void Session::read_limit_passed() {
  if (idle_ && in_flight_ != 0) {  // the peer waits for us
    read_watch_.within(patience_.idle);
    return;
  }
  if (ended_ == Ended::no) ended_ = idle_ ? Ended::idle : Ended::too_slow;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Session::begin_request() {
  ++in_flight_;
  share_->begin();
}

void Session::end_request() {
  --in_flight_;
  share_->end();
  if (!out_.empty()) flush_soon();
  if (signal_ != nullptr) signal();
}

bool Session::has_room() const {
  return share_->may_begin() && out_.size() + writing_.size() < kOutBytesMax;
}

bool Session::is_drained() const {
  return in_flight_ == 0 && (broken_ || (out_.empty() && writing_.empty()));
}

awaitable<void> Session::until_room() {
  while (!has_room() && !broken_ && ended_ != Ended::by_us) {
    if (!share_->may_begin() && !std::exchange(queued_, true)) share_->wait(weak_from_this());
    co_await until_signal();
  }
}

awaitable<void> Session::until_drained() {
  while (!is_drained()) co_await until_signal();
}

awaitable<void> Session::until_signal() {
  Completion<bool> here;
  signal_ = &here;
  co_await here.wait();
}

// Posted, because whoever signals is in the middle of something of its own; once, because a second
// one would wake whatever run() waits for next.
void Session::signal() {
  if (signal_ == nullptr || std::exchange(wake_posted_, true)) return;
  const auto wake = [self = shared_from_this()] {
    self->wake_posted_ = false;
    std::exchange(self->signal_, nullptr)->complete(true);
    // We have gone as far as we can. Without a whole frame to begin, or with a peer that has gone,
    // room is left, and nobody else may be under way whose end would tell those behind us.
    self->share_->wake_next();
  };
  boost::asio::post(socket_.get_executor(), wake);
}

bool Session::may_go_on() {
  queued_ = false;
  signal();
  return signal_ != nullptr;
}

void Session::flush_soon() {
  if (flush_posted_ || write_waits_) return;
  flush_posted_ = true;
  const auto later = [self = shared_from_this()] {
    self->flush_posted_ = false;
    self->flush();
  };
  boost::asio::post(socket_.get_executor(), later);
}

void Session::flush() {
  while (!broken_ && next_to_write()) {
    const boost::asio::const_buffer rest{writing_.data() + written_, writing_.size() - written_};
    boost::system::error_code code;
    written_ += socket_.write_some(rest, code);
    if (code == boost::asio::error::would_block) {
      wait_until_writable();
      return;
    }
    if (code) broken_ = true;
  }
  write_watch_.lift();
  if (broken_) forget(out_);
  signal();
}

// False when everything has left.
bool Session::next_to_write() {
  if (written_ < writing_.size()) return true;
  forget(writing_);
  written_ = 0;
  std::swap(out_, writing_);
  return !writing_.empty();
}

void Session::wait_until_writable() {
  write_waits_ = true;
  write_watch_.within(patience_.write);
  // An error is found again, and dealt with, by the next attempt to write.
  auto writable = [self = shared_from_this()](const boost::system::error_code&) {
    self->write_waits_ = false;
    self->flush();
  };
  socket_.async_wait(Socket::wait_write, std::move(writable));
}

// A peer that sends and never reads.
void Session::abandon() {
  broken_ = true;
  if (ended_ == Ended::no) ended_ = Ended::by_us;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace countersign::net
