// SPDX-License-Identifier: Apache-2.0
// countersign-web, put together: the loop, the daemon, words and pages, the server, and what
// systemd is told.
#pragma once

#include "companion/daemon.hpp"
#include "companion/front_desk.hpp"
#include "companion/settings/settings.hpp"
#include "http/server/server.hpp"

#include <boost/asio/basic_signal_set.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace countersign::companion {

class Companion {
 public:
  explicit Companion(Settings settings);

  // Serves until SIGTERM; reads the certificate again on SIGHUP. Returns the exit status.
  int run();

 private:
  using Signals = boost::asio::basic_signal_set<Executor>;

  // What is read from files once, and then shared by all requests.
  struct Pages {
    Languages languages;
    std::unique_ptr<Templates> templates;
    StaticFiles files;
  };

  awaitable<void> live();
  Status start();
  Status read_pages();
  Status open_door();
  Status load_certificate();
  void tick();

  Settings settings_;
  boost::asio::io_context loop_{1};
  Signals signals_;
  Timer ticking_;
  SystemClock clock_;
  Daemon daemon_;
  Realms realms_;
  std::optional<Pages> pages_;
  std::optional<House> house_;
  std::optional<Router> router_;
  std::optional<FrontDesk> desk_;
  http::ServerSettings server_settings_;
  std::optional<http::Server> server_;
  bool stopping_ = false;
  std::chrono::microseconds watchdog_{0};
  SteadyTime fed_at_{};
  int exit_status_ = 0;
};

}  // namespace countersign::companion
