// SPDX-License-Identifier: Apache-2.0
// One connection, from its first byte to its last reply.
//
// The first byte decides: 0xC5 speaks native frames, many under way at once and answered in any
// order; a capital letter speaks HTTP/1.1, one request at a time. Reading is one coroutine. Replies
// gather in one buffer that leaves once a turn of the loop, so that a batch that comes back from
// the store costs one write.
//
// Lives as long as its coroutine or one of its replies: a request that reached the handler is
// always finished, and its reply dropped if the peer has gone.
#pragma once

#include "async/awaitable.hpp"
#include "async/completion.hpp"
#include "daemon/net/frame.hpp"
#include "daemon/net/handler.hpp"
#include "daemon/net/http.hpp"
#include "daemon/net/quota.hpp"
#include "daemon/net/within.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace countersign::net {

using Socket = boost::asio::basic_stream_socket<boost::asio::local::stream_protocol, Executor>;

// How long a peer may take.
struct Patience {
  std::chrono::milliseconds header{2'000};   // from its first byte to its last
  std::chrono::milliseconds request{5'000};  // the same, with the body
  std::chrono::milliseconds idle{60'000};    // with nothing under way
  std::chrono::milliseconds write{5'000};    // for a peer that does not read
};

// So many bytes of replies may wait for the peer before its next request is looked at.
inline constexpr std::size_t kOutBytesMax = std::size_t{1024} * 1024;

class Session final : public FrameSink,
                      public HttpSink,
                      public Waiting,
                      public std::enable_shared_from_this<Session> {
 public:
  // REQUIRES: `handler` outlives the session.
  Session(Socket socket, Peer peer, Handler& handler, std::unique_ptr<Quota::Share> share,
          std::shared_ptr<Sweep> sweep, const Patience& patience);
  ~Session() override;

  // Serves the connection until either side ends it and every reply has left.
  awaitable<void> run();

  // Begins nothing any more; what has begun is answered. run() then ends by itself.
  void stop();

  // For replies.
  std::string& frames_out() override { return out_; }
  void frame_answered(bool replied) override;
  void http_answered(HttpAnswer answer) override;
  bool may_go_on() override;

 private:
  // session_native.cpp
  awaitable<void> serve_native(FrameReader& frames);
  awaitable<bool> answer_frames(FrameReader& frames);
  void refuse_frame(const Error& error);
  // session_http.cpp
  awaitable<void> serve_http(FrameReader& first);
  awaitable<void> answer_http(const HttpRequest& request, HttpReader& reader);
  void refuse_http(const Error& error);

  // Whatever arrives before `limit`; 0 when nothing comes any more, for the reason in `ended_`.
  awaitable<std::size_t> receive(std::span<std::byte> space, SteadyTime limit);
  awaitable<void> until_room();
  awaitable<void> until_drained();
  awaitable<void> until_signal();

  void begin_request();
  void end_request();
  [[nodiscard]] bool has_room() const;
  [[nodiscard]] bool is_drained() const;
  void signal();

  void flush_soon();
  void flush();
  void wait_until_writable();
  bool next_to_write();
  void abandon();

  void read_limit_passed();

  enum class Ended : std::uint8_t { no, by_peer, too_slow, idle, by_us };

  Socket socket_;
  Peer peer_;
  Handler& handler_;
  std::unique_ptr<Quota::Share> share_;
  Patience patience_;
  Watch read_watch_;
  Watch write_watch_;

  Ended ended_ = Ended::no;
  bool idle_ = false;  // the limit that runs is the idle one
  std::uint32_t in_flight_ = 0;
  bool queued_ = false;  // has a place among those who wait for their user's share

  std::string out_;      // replies of this turn
  std::string writing_;  // what is on its way
  std::size_t written_ = 0;
  bool flush_posted_ = false;
  bool write_waits_ = false;
  bool broken_ = false;  // nothing can be written any more

  Completion<bool>* signal_ = nullptr;             // run() waits for a change
  bool wake_posted_ = false;                       // and is about to be told of one
  Completion<HttpAnswer>* http_answer_ = nullptr;  // serve_http() waits for its answer
};

}  // namespace countersign::net
