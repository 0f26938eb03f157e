// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/session.hpp"

#include <optional>

namespace countersign::net {

awaitable<void> Session::serve_native(FrameReader& frames) {
  if (const Status admitted = handler_.admit(peer_); !admitted) {
    refuse_frame(admitted.error());
    co_return;
  }
  std::optional<SteadyTime> begun;  // when the frame that is incomplete began to arrive
  for (;;) {
    const std::size_t unread_before = frames.unread().size();
    if (!co_await answer_frames(frames)) co_return;

    const std::size_t left = frames.unread().size();
    idle_ = left == 0;
    if (idle_) begun.reset();
    if (!idle_ && (!begun || left < unread_before)) begun = Sweep::now();
    const SteadyTime limit = idle_                              ? Sweep::now() + patience_.idle
                             : left < FrameReader::kHeaderBytes ? *begun + patience_.header
                                                                : *begun + patience_.request;
    const std::size_t count = co_await receive(frames.space(), limit);
    if (count == 0) break;
    frames.advance(count);
  }
  if (ended_ == Ended::too_slow) refuse_frame(Error{ErrorCode::malformed, "net.slow"});
  if (ended_ == Ended::by_peer && !frames.unread().empty()) {
    refuse_frame(Error{ErrorCode::malformed, "frame.truncated"});
  }
}

// Hands every whole frame to the handler. False when nothing more is to be read.
awaitable<bool> Session::answer_frames(FrameReader& frames) {
  for (;;) {
    if (!has_room()) co_await until_room();
    if (broken_ || ended_ == Ended::by_us) co_return false;
    const Result<std::optional<BytesView>> body = frames.next();
    if (!body) {
      refuse_frame(body.error());
      co_return false;
    }
    if (!*body) co_return true;
    begin_request();
    handler_.answer_frame(peer_, **body, FrameReply{shared_from_this()});
  }
}

void Session::refuse_frame(const Error& error) {
  handler_.refuse_frame(error, out_);
  flush_soon();
}

void Session::frame_answered(bool replied) {
  if (!replied) refuse_frame(Error{ErrorCode::unavailable, "net.unanswered"});
  end_request();
}

}  // namespace countersign::net
