// SPDX-License-Identifier: Apache-2.0
#include "companion/companion.hpp"

#include "base/log.hpp"
#include "companion/pages/account.hpp"
#include "companion/pages/activated.hpp"
#include "companion/pages/activity.hpp"
#include "companion/pages/authenticator.hpp"
#include "companion/pages/device.hpp"
#include "companion/pages/factor_change.hpp"
#include "companion/pages/factors.hpp"
#include "companion/pages/forgotten.hpp"
#include "companion/pages/language.hpp"
#include "companion/pages/link.hpp"
#include "companion/pages/new_link.hpp"
#include "companion/pages/password.hpp"
#include "companion/pages/portal.hpp"
#include "companion/pages/profile.hpp"
#include "companion/pages/prove.hpp"
#include "companion/pages/question.hpp"
#include "companion/pages/recovery_codes.hpp"
#include "companion/pages/reset.hpp"
#include "companion/pages/second_step.hpp"
#include "companion/pages/sent_factor.hpp"
#include "companion/pages/sessions.hpp"
#include "companion/pages/sign_in.hpp"
#include "companion/pages/unlock.hpp"
#include "companion/pages/yubikey.hpp"
#include "http/server/source.hpp"
#include "http/server/tls.hpp"

#include <systemd/sd-daemon.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <utility>
#include <vector>

namespace countersign::companion {
namespace {

void rethrow(const std::exception_ptr& thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

std::vector<Routes> all_routes() {
  return {
      sign_in_routes(),        second_step_routes(), prove_routes(),       language_routes(),
      link_routes(),           new_link_routes(),    password_routes(),    question_routes(),
      forgotten_routes(),      reset_routes(),       unlock_routes(),      factors_routes(),
      authenticator_routes(),  yubikey_routes(),     sent_factor_routes(), factor_change_routes(),
      activated_routes(),      portal_routes(),      account_routes(),     profile_routes(),
      recovery_codes_routes(), activity_routes(),    sessions_routes(),    device_routes()};
}

}  // namespace

Companion::Companion(Settings settings)
    : settings_{std::move(settings)},
      signals_{loop_, SIGTERM, SIGINT, SIGHUP},
      ticking_{loop_.get_executor()},
      daemon_{loop_.get_executor(), settings_.socket},
      realms_{daemon_, clock_} {}

int Companion::run() {
  boost::asio::co_spawn(loop_.get_executor(), live(), &rethrow);
  loop_.run();
  return exit_status_;
}

awaitable<void> Companion::live() {
  if (const Status started = start(); !started) {
    log::error("web.cannot_start", started.error());
    exit_status_ = EXIT_FAILURE;
    signals_.cancel();
    co_return;
  }
  const auto token = boost::asio::as_tuple(use_awaitable);
  for (;;) {
    const auto [failed, signal] = co_await signals_.async_wait(token);
    if (failed || signal != SIGHUP) break;
    if (const Status loaded = load_certificate(); !loaded) {
      log::warning("web.certificate_kept", loaded.error());
    }
  }
  log::info("web.stopping");
  ::sd_notify(0, "STOPPING=1");
  co_await server_->stop();
  daemon_.stop();
  stopping_ = true;
  ticking_.cancel();
  log::info("web.stopped");
}

Status Companion::read_pages() {
  CS_TRY(Languages languages, Languages::load(settings_.share + "/texts"));
  CS_TRY(auto templates, Templates::load(settings_.share + "/templates", languages));
  CS_TRY(StaticFiles files, StaticFiles::load(settings_.share + "/static", settings_.brands));
  pages_.emplace(std::move(languages), std::move(templates), std::move(files));
  return {};
}

Status Companion::open_door() {
  CS_CHECK(http::read_listen(settings_.listen, server_settings_));
  for (const std::string& text : settings_.trusted_proxies) {
    CS_TRY(const Network network, http::parse_proxies(text));
    server_settings_.trusted_proxies.push_back(network);
  }
  server_settings_.connections = settings_.connections;
  server_settings_.connections_per_source = settings_.connections_per_source;
  server_settings_.body_bytes_max = Request::kBodyBytesMax;
  house_.emplace(House{.backend = daemon_,
                       .realms = realms_,
                       .clock = clock_,
                       .languages = pages_->languages,
                       .templates = *pages_->templates,
                       .style_url = pages_->files.url_of("style.css"),
                       .script_url = pages_->files.url_of("app.js")});
  router_.emplace(settings_.brands, *house_, all_routes(), &ask_for_proof);
  const http::Rate rate{.per_second = static_cast<double>(settings_.requests_per_second),
                        .burst = static_cast<double>(settings_.burst)};
  desk_.emplace(settings_.brands, pages_->files, *router_, rate);
  server_.emplace(loop_.get_executor(), server_settings_, *desk_);
  CS_CHECK(load_certificate());
  return server_->open();
}

Status Companion::start() {
  CS_CHECK(read_pages());
  CS_CHECK(open_door());
  if (settings_.certificate.empty() && !server_->address().is_loopback()) {
    log::warning("web.plain_http");
  }
  daemon_.start();
  server_->start();
  std::uint64_t limit = 0;
  if (::sd_watchdog_enabled(0, &limit) > 0) watchdog_ = std::chrono::microseconds{limit};
  tick();
  log::info("web.ready", {{"port", server_->port()}});
  ::sd_notify(0, "READY=1");
  return {};
}

Status Companion::load_certificate() {
  if (settings_.certificate.empty()) return {};
  CS_TRY(http::TlsContext tls, http::load_tls(settings_.certificate, settings_.key));
  server_->set(std::move(tls));
  log::info("web.certificate_loaded");
  return {};
}

void Companion::tick() {
  const auto now = std::chrono::steady_clock::now();
  server_->check(now);
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

}  // namespace countersign::companion
