// SPDX-License-Identifier: Apache-2.0
// What net asks of whoever understands requests. Net itself knows frames, HTTP and nothing about
// what is in them.
//
// A request is handed over with a reply object that the handler keeps until it knows the answer.
// The peer may be gone by then; the reply is dropped, and the handler need not know.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "daemon/net/peer.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace countersign::net {

struct HttpRequest {
  std::string_view operation;        // what follows "/v1/" in the path
  std::string_view body;             // JSON; empty with GET
  std::string_view idempotency_key;  // empty when the header is absent, here and below
  std::string_view session;
};

struct HttpAnswer {
  unsigned status = 503;
  std::string body = R"({"code":"UNAVAILABLE"})";  // an answer nobody filled in still refuses
};

// The session, as seen from a reply.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  virtual std::string& frames_out() = 0;
  // `replied` is false when the handler let go without an answer.
  virtual void frame_answered(bool replied) = 0;
};
class HttpSink {
 public:
  virtual ~HttpSink() = default;
  virtual void http_answered(HttpAnswer answer) = 0;
};

// The right to answer one frame. Append the whole reply frame, header included, to out() and let
// go; replies leave in the order in which they are appended. As long as one of these lives, its
// session does. Letting go without an answer refuses, without an id.
class FrameReply {
 public:
  explicit FrameReply(std::shared_ptr<FrameSink> sink) : sink_{std::move(sink)} {}
  FrameReply(FrameReply&&) noexcept = default;
  FrameReply& operator=(FrameReply&&) = delete;
  ~FrameReply() {
    if (sink_) sink_->frame_answered(replied_);
  }

  // REQUIRES: what is appended is appended before anything else runs on the loop.
  [[nodiscard]] std::string& out() {
    replied_ = true;
    return sink_->frames_out();
  }

 private:
  std::shared_ptr<FrameSink> sink_;
  bool replied_ = false;
};

// The right to answer one HTTP request. Letting go without an answer refuses.
class HttpReply {
 public:
  explicit HttpReply(std::shared_ptr<HttpSink> sink) : sink_{std::move(sink)} {}
  HttpReply(HttpReply&&) noexcept = default;
  HttpReply& operator=(HttpReply&&) = delete;
  ~HttpReply() {
    if (sink_) sink_->http_answered(HttpAnswer{});
  }

  void send(HttpAnswer answer) { std::exchange(sink_, nullptr)->http_answered(std::move(answer)); }

 private:
  std::shared_ptr<HttpSink> sink_;
};

// One a socket. All methods are called on the loop's thread and return without waiting.
class Handler {
 public:
  virtual ~Handler() = default;

  // May this process use this socket at all? Asked once a connection.
  virtual Status admit(const Peer& peer) = 0;

  // `body` and the views in `request` are valid during the call alone, and wiped after it.
  virtual void answer_frame(const Peer& peer, BytesView body, FrameReply reply) = 0;
  virtual void answer_http(const Peer& peer, const HttpRequest& request, HttpReply reply) = 0;

  // The public face of what net refuses by itself: a whole frame appended to `out`, or an answer.
  virtual void refuse_frame(const Error& error, std::string& out) = 0;
  virtual HttpAnswer refuse_http(const Error& error) = 0;
};

}  // namespace countersign::net
