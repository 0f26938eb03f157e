// SPDX-License-Identifier: Apache-2.0
#include "clients/link/link.hpp"

#include "base/log.hpp"

#include <string.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace countersign::client {
namespace {

const auto kAsTuple = boost::asio::as_tuple(use_awaitable);

Error lost() { return Error{ErrorCode::unavailable, "daemon.lost"}; }

}  // namespace

struct Link::Waiting {
  std::string id;
  SteadyTime limit;
  std::list<Waiting*>::iterator place;
  Completion<std::optional<v1::Reply>> answer;
};

Link::Link(Executor executor, std::string path)
    : socket_{executor}, pause_{executor}, path_{std::move(path)} {}

awaitable<void> Link::run() {
  const auto self = shared_from_this();
  auto backoff = kBackoffMin;
  while (!stopping_) {
    const bool connected = co_await connect();
    if (connected) {
      co_await read();
      // The daemon hangs up on who says nothing for long, which nobody misses.
      missed_ = !waiting_.empty();
      lose();
      if (!stopping_ && missed_) log::warning("link.lost");
      if (answered_) backoff = kBackoffMin;
    }
    if (stopping_) break;
    pause_.expires_after(backoff);
    co_await pause_.async_wait(kAsTuple);
    backoff = std::min(2 * backoff, kBackoffMax);
  }
}

awaitable<bool> Link::connect() {
  socket_ = Socket{socket_.get_executor()};
  boost::system::error_code failed;
  socket_.open(boost::asio::local::stream_protocol{}, failed);
  if (failed) co_return false;
  const boost::asio::local::stream_protocol::endpoint endpoint{path_};
  const auto [refused] = co_await socket_.async_connect(endpoint, kAsTuple);
  if (refused || stopping_) co_return false;
  inbox_ = std::make_unique<Inbox>();
  answered_ = false;
  up_ = true;
  if (std::exchange(missed_, false)) log::info("link.found");
  co_return true;
}

awaitable<void> Link::read() {
  for (;;) {
    const auto space = inbox_->space();
    const boost::asio::mutable_buffer room{space.data(), space.size()};
    const auto [failed, count] = co_await socket_.async_read_some(room, kAsTuple);
    if (failed || !up_) co_return;
    inbox_->advance(count);
    if (const Status taken = take_answers(); !taken) {
      log::warning("link.refuses", taken.error());
      co_return;
    }
  }
}

Status Link::take_answers() {
  for (;;) {
    CS_TRY(const std::optional<BytesView> body, inbox_->take());
    if (!body) return {};
    v1::Reply reply;
    if (!reply.ParseFromArray(body->data(), static_cast<int>(body->size()))) {
      return Error{ErrorCode::malformed, "daemon.reply"};
    }
    // Without an id it is about the connection as a whole: we may not connect, or are too many.
    if (reply.request_id().empty()) return Error{ErrorCode::denied, "daemon.refusal"};
    answered_ = true;
    deliver(std::move(reply));
    if (!up_) return {};
  }
}

// False if nobody waits for it any more.
bool Link::deliver(v1::Reply reply) {
  const auto found = by_id_.find(reply.request_id());
  if (found == by_id_.end()) return false;
  Waiting& waiting = *found->second;
  by_id_.erase(found);
  waiting_.erase(waiting.place);
  waiting.answer.complete(std::move(reply));
  return true;
}

awaitable<Result<v1::Reply>> Link::ask(const v1::Request& request) {
  if (!up_) co_return lost();
  CS_CO_TRY(const auto body, append_frame(request.ByteSizeLong(), out_));
  request.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(body.data()));
  Waiting waiting{.id = request.request_id(),
                  .limit = std::chrono::steady_clock::now() + kAnswerLimit};
  waiting.place = waiting_.insert(waiting_.end(), &waiting);
  by_id_.emplace(waiting.id, &waiting);
  if (!std::exchange(flush_posted_, true)) {
    auto write_all = [self = shared_from_this()] {
      self->flush_posted_ = false;
      self->flush();
    };
    boost::asio::post(socket_.get_executor(), std::move(write_all));
  }
  std::optional<v1::Reply> reply = co_await waiting.answer.wait();
  if (!reply) co_return lost();
  co_return std::move(*reply);
}

// What several requests of one turn of the loop have to say leaves as one write.
void Link::flush() {
  if (is_writing_ || out_.empty() || !up_) return;
  is_writing_ = true;
  std::swap(out_, writing_);
  auto written = [self = shared_from_this()](const boost::system::error_code& failed, std::size_t) {
    ::explicit_bzero(self->writing_.data(), self->writing_.size());  // passcodes
    self->writing_.clear();
    self->is_writing_ = false;
    if (failed) {
      self->lose();
    } else {
      self->flush();
    }
  };
  boost::asio::async_write(socket_, boost::asio::buffer(writing_), std::move(written));
}

// Everything that waits fails. run() then sees the socket closed, and goes on.
void Link::lose() {
  if (!std::exchange(up_, false)) return;
  boost::system::error_code ignored;
  socket_.close(ignored);
  ::explicit_bzero(out_.data(), out_.size());
  out_.clear();
  by_id_.clear();
  // Who is told may ask again at once: of a list that is no longer ours.
  for (Waiting* waiting : std::exchange(waiting_, {})) waiting->answer.complete(std::nullopt);
}

void Link::check(SteadyTime now) {
  if (waiting_.empty() || waiting_.front()->limit > now) return;
  log::warning("link.silent", {{"waiting", waiting_.size()}});
  lose();
}

void Link::stop() {
  stopping_ = true;
  pause_.cancel();
  boost::system::error_code ignored;
  if (!up_) socket_.close(ignored);
  lose();
}

}  // namespace countersign::client
