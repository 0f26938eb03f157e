// SPDX-License-Identifier: Apache-2.0
#include "gateway/gateway.hpp"

#include "base/log.hpp"

#include <systemd/sd-daemon.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <utility>

namespace countersign::gateway {
namespace {

void rethrow(const std::exception_ptr& thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace

Gateway::Gateway(Settings settings)
    : settings_{std::move(settings)},
      signals_{loop_, SIGTERM, SIGINT, SIGHUP},
      ticking_{loop_.get_executor()},
      daemon_{loop_.get_executor(), settings_.socket},
      desk_{daemon_, clock_, settings_.rate},
      server_{loop_.get_executor(), settings_.server, desk_} {}

int Gateway::run() {
  boost::asio::co_spawn(loop_.get_executor(), live(), &rethrow);
  loop_.run();
  return exit_status_;
}

awaitable<void> Gateway::live() {
  if (const Status started = start(); !started) {
    log::error("gateway.cannot_start", started.error());
    exit_status_ = EXIT_FAILURE;
    signals_.cancel();
    co_return;
  }
  const auto token = boost::asio::as_tuple(use_awaitable);
  for (;;) {
    const auto [failed, signal] = co_await signals_.async_wait(token);
    if (failed || signal != SIGHUP) break;
    if (const Status loaded = load_certificate(); !loaded) {
      log::warning("gateway.certificate_kept", loaded.error());
    }
  }
  log::info("gateway.stopping");
  ::sd_notify(0, "STOPPING=1");
  co_await server_.stop();
  daemon_.stop();
  stopping_ = true;
  ticking_.cancel();
  log::info("gateway.stopped");
}

Status Gateway::start() {
  CS_CHECK(load_certificate());
  CS_CHECK(server_.open());
  if (settings_.certificate.empty() && !server_.address().is_loopback()) {
    log::warning("gateway.plain_http");
  }
  daemon_.start();
  server_.start();
  std::uint64_t limit = 0;
  if (::sd_watchdog_enabled(0, &limit) > 0) watchdog_ = std::chrono::microseconds{limit};
  tick();
  log::info("gateway.ready", {{"port", server_.port()}});
  ::sd_notify(0, "READY=1");
  return {};
}

Status Gateway::load_certificate() {
  if (settings_.certificate.empty()) return {};
  CS_TRY(http::TlsContext tls, http::load_tls(settings_.certificate, settings_.key));
  server_.set(std::move(tls));
  log::info("gateway.certificate_loaded");
  return {};
}

void Gateway::tick() {
  const auto now = std::chrono::steady_clock::now();
  server_.check(now);
  daemon_.check(now);
  if (watchdog_.count() > 0 && now - fed_at_ > watchdog_ / 2 - http::Server::kTick) {
    fed_at_ = now;
    ::sd_notify(0, "WATCHDOG=1");
  }
  ticking_.expires_after(http::Server::kTick);
  auto again = [this](const boost::system::error_code& cancelled) {
    if (!cancelled && !stopping_) tick();
  };
  ticking_.async_wait(again);
}

}  // namespace countersign::gateway
