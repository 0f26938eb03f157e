// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/session.hpp"

#include <string.h>

#include <optional>
#include <utility>

namespace countersign::net {
namespace {

// What was read to find out who speaks belongs to the HTTP reader, as far as that has room.
void move_bytes(FrameReader& from, HttpReader& to) {
  if (from.unread().empty()) return;
  from.skip(to.take(from.unread()));
  static_cast<void>(from.space());  // wipes
}

}  // namespace

awaitable<void> Session::serve_http(FrameReader& first) {
  if (const Status admitted = handler_.admit(peer_); !admitted) {
    refuse_http(admitted.error());
    co_return;
  }
  HttpReader reader;
  SteadyTime begun = Sweep::now();
  for (;;) {
    move_bytes(first, reader);
    const Result<std::optional<HttpRequest>> request = reader.next();
    if (!request) {
      refuse_http(request.error());
      co_return;
    }
    if (*request) {
      const bool goes_on = reader.keeps_alive();
      co_await answer_http(**request, reader);
      if (!goes_on || broken_ || ended_ != Ended::no) co_return;
      begun = Sweep::now();
      continue;
    }
    if (!first.unread().empty()) continue;
    if (reader.takes_expectation()) {
      out_ += http::kContinue;
      flush_soon();
    }
    idle_ = !reader.has_begun();
    const SteadyTime limit = idle_                 ? Sweep::now() + patience_.idle
                             : reader.has_header() ? begun + patience_.request
                                                   : begun + patience_.header;
    const std::size_t count = co_await receive(reader.space(), limit);
    if (count == 0) break;
    if (idle_) begun = Sweep::now();
    reader.advance(count);
  }
  if (ended_ == Ended::too_slow) refuse_http(Error{ErrorCode::malformed, "net.slow"});
  if (ended_ == Ended::by_peer && reader.has_begun()) {
    refuse_http(Error{ErrorCode::malformed, "http.truncated"});
  }
}

// Waits for room, for the answer, and forgets the request as soon as the handler has it.
awaitable<void> Session::answer_http(const HttpRequest& request, HttpReader& reader) {
  const bool keeps_alive = reader.keeps_alive();
  if (!has_room()) co_await until_room();
  if (broken_ || ended_ == Ended::by_us) co_return;

  Completion<HttpAnswer> answered;
  http_answer_ = &answered;
  begin_request();
  handler_.answer_http(peer_, request, HttpReply{shared_from_this()});
  reader.restart();

  HttpAnswer answer = co_await answered.wait();
  write_http(answer, keeps_alive && ended_ == Ended::no, out_);
  ::explicit_bzero(answer.body.data(), answer.body.size());
  flush_soon();
}

void Session::http_answered(HttpAnswer answer) {
  end_request();
  std::exchange(http_answer_, nullptr)->complete(std::move(answer));
}

void Session::refuse_http(const Error& error) {
  write_http(handler_.refuse_http(error), false, out_);
  flush_soon();
}

}  // namespace countersign::net
