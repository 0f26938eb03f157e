// SPDX-License-Identifier: Apache-2.0
#include "courier/courier.hpp"

#include "base/log.hpp"
#include "courier/options.hpp"
#include "courier/providers.hpp"

#include <systemd/sd-daemon.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace countersign::courier {
namespace {

using namespace std::chrono_literals;

// A template that is missing may be put there; until then nobody is asked again and again.
constexpr std::chrono::seconds kTemplatePause{60};
constexpr std::chrono::seconds kFullPause{2};
// A thread that has not turned for so long hangs, and systemd may start us anew.
constexpr std::chrono::seconds kTurnLimit{15};
constexpr std::chrono::milliseconds kTick{250};

std::uint64_t number(MessageId id) { return static_cast<std::uint64_t>(id); }

// What is too long once stays so.
Report unrendered(MessageId id, const Error& error) {
  if (error.code == ErrorCode::limit_exceeded) return {.id = id, .ending = Ending::undeliverable};
  return {.id = id, .ending = Ending::deferred, .provider = {}, .retry_after = kTemplatePause};
}

}  // namespace

Courier::Courier(Settings settings)
    : settings_{std::move(settings)}, link_{settings_.socket, *this} {}

int Courier::run() {
  if (const Status loaded = load(); !loaded) return kExitConfiguration;
  if (const Status started = start(); !started) {
    log::error("courier.cannot_start", started.error());
    stop();
    return EXIT_FAILURE;
  }
  log::info("courier.ready");
  ::sd_notify(0, "READY=1");
  watch();
  log::info("courier.stopping");
  ::sd_notify(0, "STOPPING=1");
  stop();
  log::info("courier.stopped");
  return EXIT_SUCCESS;
}

Status Courier::load() {
  auto templates = load_templates(settings_.templates);
  if (!templates) {
    log::error("courier.templates_unusable", templates.error(),
               {{"directory", log::ConfigText{settings_.templates.directory}}});
    return templates.error();
  }
  templates_ = std::move(*templates);

  std::vector<std::unique_ptr<Provider>> providers;
  for (const ProviderSettings& described : settings_.providers) {
    auto provider = make_provider(described, settings_.delivery_reports, clock_);
    if (!provider) {
      log::error("courier.provider_unusable", provider.error(),
                 {{"provider", log::ConfigText{described.name}}});
      return provider.error();
    }
    providers.push_back(std::move(*provider));
  }
  auto on_finished = [this](const Report& report, const std::string& reference) {
    finished(report, reference);
  };
  engine_.emplace(std::move(providers), clock_, on_finished, Engine::Limits{});
  return {};
}

Status Courier::start() {
  if (!settings_.delivery_reports.listen.empty()) {
    auto on_delivery = [this](const DeliveryReport& told) {
      const bool arrived = told.arrival == Arrival::delivered;
      link_.report({.id = told.message,
                    .ending = arrived ? Ending::delivered : Ending::undeliverable,
                    .provider = told.provider});
    };
    CS_TRY(reports_, listen_for_delivery_reports(settings_, on_delivery));
  }
  CS_CHECK(engine_->start());
  return link_.start();
}

void Courier::accept(Message message) {
  const MessageId id = message.id;
  auto content = templates_->render(message);
  if (!content) {
    log::error("courier.not_rendered", content.error(), {{"message", number(id)}});
    return link_.report(unrendered(id, content.error()));
  }
  const auto admission = engine_->add({.id = id,
                                       .channel = message.channel,
                                       .destination = std::move(message.destination),
                                       .content = std::move(*content),
                                       .expires_at = message.expires_at});
  if (admission != Engine::Admission::full) return;
  link_.report({.id = id, .ending = Ending::deferred, .provider = {}, .retry_after = kFullPause});
}

void Courier::finished(const Report& report, const std::string& reference) {
  if (reports_ && !reference.empty()) reports_->expect(report.provider, reference, report.id);
  if (report.ending == Ending::sent) {
    log::info("courier.sent",
              {{"message", number(report.id)}, {"provider", log::ConfigText{report.provider}}});
  }
  if (report.ending == Ending::too_late) {
    log::warning("courier.too_late", {{"message", number(report.id)}});
  }
  link_.report(report);
}

void Courier::watch() {
  std::uint64_t microseconds = 0;
  const bool is_watched = ::sd_watchdog_enabled(0, &microseconds) > 0;
  const std::chrono::microseconds interval{microseconds / 2};
  Instant fed_at{};
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  const timespec tick{0, std::chrono::nanoseconds{kTick}.count()};
  while (::sigtimedwait(&ends, nullptr, &tick) < 0) {
    const Instant now = std::chrono::steady_clock::now();
    const Instant turned = std::min(engine_->turned_at(), link_.turned_at());
    if (!is_watched || now - turned > kTurnLimit || now - fed_at < interval) continue;
    fed_at = now;
    ::sd_notify(0, "WATCHDOG=1");
  }
}

void Courier::stop() {
  link_.stop_taking();
  if (engine_) engine_->stop();
  reports_.reset();
  link_.stop();
}

}  // namespace countersign::courier
