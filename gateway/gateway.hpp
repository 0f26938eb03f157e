// SPDX-License-Identifier: Apache-2.0
// countersign-gateway, put together: the loop, the daemon, the server, and what systemd is told.
#pragma once

#include "gateway/daemon.hpp"
#include "gateway/desk.hpp"
#include "gateway/settings.hpp"
#include "http/server/server.hpp"

#include <boost/asio/basic_signal_set.hpp>
#include <boost/asio/io_context.hpp>

namespace countersign::gateway {

class Gateway {
 public:
  explicit Gateway(Settings settings);

  // Serves until SIGTERM; reads the certificate again on SIGHUP. Returns the exit status.
  int run();

 private:
  using Signals = boost::asio::basic_signal_set<Executor>;

  awaitable<void> live();
  Status start();
  Status load_certificate();
  void tick();

  Settings settings_;
  boost::asio::io_context loop_{1};
  Signals signals_;
  Timer ticking_;
  SystemClock clock_;
  Daemon daemon_;
  Desk desk_;
  http::Server server_;
  bool stopping_ = false;
  std::chrono::microseconds watchdog_{0};
  SteadyTime fed_at_{};
  int exit_status_ = 0;
};

}  // namespace countersign::gateway
