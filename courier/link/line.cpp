// SPDX-License-Identifier: Apache-2.0
#include "courier/link/line.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <utility>

namespace countersign::courier {
namespace {

// The daemon is on this machine, and its kernel takes a request at once or not at all.
constexpr std::chrono::milliseconds kConnectLimit{1'000};

}  // namespace

void Line::ask(v1::Request request, Instant now) {
  const Status sent = connect_and_send(request);
  if (!sent) {
    static_cast<void>(pause(now, sent.error()));
    return;
  }
  is_waiting_ = true;
  asked_at_ = now;
}

Status Line::connect_and_send(v1::Request& request) {
  if (!client_) {
    CS_TRY(client_, client::Client::connect(path_, client::within(kConnectLimit)));
  }
  CS_TRY(asked_, client::new_request_id());
  request.set_request_id(asked_);
  CS_CHECK(client_->send(request));
  return client_->flush(client::within(kConnectLimit));
}

Result<std::optional<v1::Reply>> Line::take_answer(Instant now) {
  if (const Status polled = client_->poll(); !polled) return pause(now, polled.error());
  if (!client_->has_answer()) {
    if (now - asked_at_ < limit_) return std::optional<v1::Reply>{};
    return pause(now, Error{ErrorCode::unavailable, "line.too_slow"});
  }
  v1::Reply reply;
  const Status received = client_->receive(reply);
  if (!received) return pause(now, received.error());
  if (reply.has_error()) {
    const auto code = static_cast<std::uint64_t>(reply.error().code());
    return pause(now, Error{ErrorCode::denied, "line.refused", code});
  }
  if (reply.request_id() != asked_) return pause(now, Error{ErrorCode::malformed, "line.reply"});
  if (pause_.count() > 0) log::info("courier.daemon_found");
  pause_ = std::chrono::milliseconds{0};
  is_waiting_ = false;
  return std::optional{std::move(reply)};
}

Error Line::pause(Instant now, Error error) {
  // Once, when it begins: a daemon that is away for hours fills no log.
  if (pause_.count() == 0) log::warning("courier.daemon_lost", error);
  lose();
  pause_ = std::clamp(2 * pause_, kPauseMin, kPauseMax);
  not_before_ = now + pause_;
  return error;
}

void Line::lose() {
  client_.reset();
  is_waiting_ = false;
}

}  // namespace countersign::courier
