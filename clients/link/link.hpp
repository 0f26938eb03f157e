// SPDX-License-Identifier: Apache-2.0
// One connection to the daemon, kept up: requests leave as they come and are answered in any order.
//
// When it is lost, everything that waits fails, and nothing is asked twice: only the client may
// know whether it wants to.
#pragma once

#include "api/countersign.pb.h"
#include "async/awaitable.hpp"
#include "async/completion.hpp"
#include "async/timer.hpp"
#include "base/error.hpp"
#include "clients/cpp/frames.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace countersign::client {

class Link : public std::enable_shared_from_this<Link> {
 public:
  // An answer that takes longer means that the daemon stands still: the connection is given up.
  static constexpr std::chrono::seconds kAnswerLimit{8};
  static constexpr std::chrono::milliseconds kBackoffMin{20};
  static constexpr std::chrono::milliseconds kBackoffMax{2'000};

  Link(Executor executor, std::string path);

  // Connects, and connects anew, until stop().
  awaitable<void> run();
  void stop();

  // One question and its answer. Fails with `unavailable`, `limit_exceeded`. Several may be under
  // way under one id: each gets one of the answers.
  //
  // REQUIRES: the request has an id; the Link lives until the answer.
  awaitable<Result<v1::Reply>> ask(const v1::Request& request);

  [[nodiscard]] bool is_up() const { return up_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  // Gives the connection up if an answer is overdue.
  void check(SteadyTime now);

 private:
  struct Waiting;
  using Socket = boost::asio::basic_stream_socket<boost::asio::local::stream_protocol, Executor>;

  awaitable<bool> connect();
  awaitable<void> read();
  Status take_answers();
  bool deliver(v1::Reply reply);
  void flush();
  void lose();

  Socket socket_;
  Timer pause_;
  std::string path_;
  bool up_ = false;
  bool stopping_ = false;
  bool answered_ = false;  // since it was connected
  bool missed_ = true;     // it was lost while somebody waited, or never there
  std::string out_;
  std::string writing_;
  bool flush_posted_ = false;
  bool is_writing_ = false;
  std::unique_ptr<Inbox> inbox_;
  std::list<Waiting*> waiting_;  // oldest first
  std::unordered_multimap<std::string_view, Waiting*> by_id_;
};

}  // namespace countersign::client
