// SPDX-License-Identifier: Apache-2.0
#include "courier/engine/engine.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <utility>

namespace countersign::courier {
namespace {

constexpr int kTurnMilliseconds = 500;
// Servers close what is idle, sooner when they are busy: older connections are not used again.
constexpr long kIdleSecondsMax = 20;
constexpr std::chrono::seconds kGivenBack{1};

std::size_t index_of(Channel channel) { return static_cast<std::size_t>(channel); }

Instant now() { return std::chrono::steady_clock::now(); }

Error failed(Literal call, CURLMcode code) {
  return Error{ErrorCode::unavailable, call, static_cast<std::uint64_t>(code)};
}

// The server may have closed a connection that was used before: that is no failure of anybody.
bool was_stale(CURL* handle, CURLcode code) {
  long connects = 0;
  curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connects);
  return connects == 0 && code != CURLE_OPERATION_TIMEDOUT;
}

}  // namespace

struct Engine::Job {
  Outgoing message;
  Tried tried;
  bool goes_again = false;               // to the same provider, by a fresh connection
  bool has_gone_again = false;           // once is enough
  std::size_t provider = 0;              // whose attempt is under way
  std::unique_ptr<Transfer> transfer{};  // of that attempt
};

Engine::Engine(std::vector<std::unique_ptr<Provider>> providers, const Clock& clock,
               Finished finished, Limits limits)
    : clock_{clock},
      finished_{std::move(finished)},
      limits_{limits},
      roster_{std::move(providers)},
      multi_{curl_multi_init()} {
  turned_at_ = now().time_since_epoch();
  publish();
}

Engine::~Engine() {
  stop();
  sockets_.hang_up_all();
}

Status Engine::start() {
  if (!multi_) return failed("curl_multi_init", CURLM_OUT_OF_MEMORY);
  // More than there can be: to make room libcurl would close one politely, and wait.
  const auto connections = static_cast<long>(kProvidersMax * limits_.slots);
  const CURLMcode code = curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, connections);
  if (code != CURLM_OK) return failed("curl_multi_setopt", code);
  thread_ = std::thread{[this] { run(); }};
  return {};
}

void Engine::stop() {
  stopping_ = true;
  if (multi_) curl_multi_wakeup(multi_.get());
  if (thread_.joinable()) thread_.join();
}

Engine::Admission Engine::add(Outgoing message) {
  auto job = std::make_unique<Job>(Job{.message = std::move(message)});
  {
    const std::lock_guard lock{mutex_};
    std::size_t& held = held_[index_of(job->message.channel)];
    if (ids_.contains(job->message.id)) return Admission::is_here;
    if (held >= limits_.slots + limits_.waiting) return Admission::full;
    ++held;
    ids_.insert(job->message.id);
    incoming_.push_back(std::move(job));
  }
  curl_multi_wakeup(multi_.get());
  return Admission::accepted;
}

Capacity Engine::room() const {
  const std::lock_guard lock{mutex_};
  const std::size_t all = limits_.slots + limits_.waiting;
  return {.sms = all - held_[index_of(Channel::sms)],
          .email = all - held_[index_of(Channel::email)]};
}

std::vector<ProviderReport> Engine::providers() const {
  const std::lock_guard lock{mutex_};
  return reports_;
}

void Engine::run() {
  while (!stopping_ || !running_.empty()) {
    turned_at_ = now().time_since_epoch();
    take_incoming();
    if (!stopping_) fill_slots();
    int running = 0;
    const CURLMcode code = curl_multi_perform(multi_.get(), &running);
    if (code != CURLM_OK) log::error("courier.engine", failed("curl_multi_perform", code));
    settle_ended();
    publish();
    curl_multi_poll(multi_.get(), nullptr, 0, kTurnMilliseconds, nullptr);
  }
  give_back();
}

// Whoever comes after us gets them without a wait for their leases.
void Engine::give_back() {
  take_incoming();
  for (Jobs& jobs : waiting_) {
    for (const auto& job : jobs) {
      finish(*job, {.id = job->message.id, .ending = Ending::deferred, .retry_after = kGivenBack});
    }
    jobs.clear();
  }
}

void Engine::take_incoming() {
  std::vector<std::unique_ptr<Job>> jobs;
  {
    const std::lock_guard lock{mutex_};
    jobs.swap(incoming_);
  }
  for (auto& job : jobs) waiting_[index_of(job->message.channel)].push_back(std::move(job));
}

void Engine::fill_slots() {
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    Jobs& jobs = waiting_[channel];
    while (!jobs.empty() && running_count_[channel] < limits_.slots) {
      auto job = std::move(jobs.front());
      jobs.pop_front();
      begin_next(std::move(job));
    }
  }
}

void Engine::begin_next(std::unique_ptr<Job> job) {
  const MessageId id = job->message.id;
  const Channel channel = job->message.channel;
  for (;;) {
    if (clock_.now() >= job->message.expires_at) {
      // The provider that it was meant for again is as it was: neither well nor ill.
      return finish(*job, {.id = id, .ending = Ending::too_late});
    }
    if (!std::exchange(job->goes_again, false)) {
      const auto chosen = roster_.choose(channel, job->tried, now());
      if (!chosen) {
        const auto pause = roster_.down_for(channel, now());
        return finish(*job, {.id = id, .ending = Ending::deferred, .retry_after = pause});
      }
      job->provider = *chosen;
    }
    const Status begun = begin(*job);
    if (begun) {
      CURL* handle = job->transfer->handle();
      ++running_count_[index_of(channel)];
      running_.emplace(handle, std::move(job));
      return;
    }
    const Fate fate =
        begun.error().code == ErrorCode::malformed ? Fate::undeliverable : Fate::provider_failed;
    const Outcome outcome{fate, begun.error().operation, begun.error().native, {}};
    if (conclude(*job, outcome)) return;
  }
}

Status Engine::begin(Job& job) {
  CS_TRY(job.transfer, roster_.provider(job.provider).begin(job.message));
  // What would be sent when nobody can use it any more is given up in time.
  const auto left = job.message.expires_at - clock_.now();
  const auto limit =
      std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds{1}, limits_.attempt);
  job.transfer->use(sockets_);
  CURL* handle = job.transfer->handle();
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect.count()));
  curl_easy_setopt(handle, CURLOPT_MAXAGE_CONN, kIdleSecondsMax);
  curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, job.has_gone_again ? 1L : 0L);
  const CURLMcode code = curl_multi_add_handle(multi_.get(), handle);
  if (code != CURLM_OK) return failed("curl_multi_add_handle", code);
  return {};
}

void Engine::settle_ended() {
  int left = 0;
  while (const CURLMsg* ended = curl_multi_info_read(multi_.get(), &left)) {
    if (ended->msg != CURLMSG_DONE) continue;
    const CURLcode code = ended->data.result;
    auto node = running_.extract(ended->easy_handle);
    curl_multi_remove_handle(multi_.get(), node.key());
    --running_count_[index_of(node.mapped()->message.channel)];
    settle(std::move(node.mapped()), code);
  }
}

void Engine::settle(std::unique_ptr<Job> job, CURLcode code) {
  CURL* handle = job->transfer->handle();
  long response = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &response);
  const Outcome outcome = job->transfer->judge(code, response);
  const bool stale = outcome.fate == Fate::provider_failed && was_stale(handle, code);
  job->transfer.reset();
  if (stale && !job->has_gone_again) {
    job->goes_again = job->has_gone_again = true;
  } else if (conclude(*job, outcome)) {
    return;
  }
  begin_next(std::move(job));
}

bool Engine::conclude(Job& job, const Outcome& outcome) {
  const std::string& provider = roster_.provider(job.provider).name();
  const MessageId id = job.message.id;
  roster_.settle(job.provider, outcome, now());
  job.tried.set(job.provider);
  job.has_gone_again = false;
  publish();
  if (outcome.fate == Fate::sent) {
    finish(job, {.id = id, .ending = Ending::sent, .provider = provider}, outcome.reference);
    return true;
  }
  log::warning("courier.refused", {{"message", static_cast<std::uint64_t>(id)},
                                   {"provider", log::ConfigText{provider}},
                                   {"problem", outcome.problem},
                                   {"native", outcome.native}});
  if (outcome.fate != Fate::undeliverable) return false;
  finish(job, {.id = id, .ending = Ending::undeliverable, .provider = provider});
  return true;
}

void Engine::finish(const Job& job, const Report& report, const std::string& reference) {
  // Its report is on its way before anybody can hand it in again.
  finished_(report, reference);
  const std::lock_guard lock{mutex_};
  --held_[index_of(job.message.channel)];
  ids_.erase(job.message.id);
}

void Engine::publish() {
  auto reports = roster_.report(now());
  const std::lock_guard lock{mutex_};
  reports_ = std::move(reports);
}

}  // namespace countersign::courier
