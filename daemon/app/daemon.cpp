// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/daemon.hpp"

#include "base/log.hpp"
#include "daemon/app/policy_file.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>

#include <string.h>
#include <array>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

namespace countersign::app {
namespace {

using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr std::chrono::milliseconds kHsmPoll{10};
constexpr std::chrono::seconds kSweepPeriod{1};
constexpr std::size_t kDecoySecrets = store::StoreFile::kDecoySecretsMax;
constexpr int kExitFatal = 70;  // EX_SOFTWARE: systemd starts us again

// What the daemon's own keys are derived from; another text is another key.
constexpr std::string_view kMovingKeyLabel = "countersign moving rows v1";
constexpr std::string_view kPrintKeyLabel = "countersign message prints v1";

struct Door {
  Role role;
  const char* name;  // systemd's FileDescriptorName; with ".sock", the file
};
constexpr std::array<Door, kRoleCount> kDoors{{{Role::verify, "verify"},
                                               {Role::provision, "provision"},
                                               {Role::admin, "admin"},
                                               {Role::courier, "courier"},
                                               {Role::enroll, "enroll"}}};

net::Limits limits_of(const policies::Policy& policy) {
  return {.connections_per_uid = policy.limits.connections_per_uid,
          .in_flight_per_uid = policy.limits.in_flight_per_uid};
}

// As they are at the start: a policy that is read again changes nothing about the threads.
Argon2Pool::Limits limits_of(const policies::Hashing& policy) {
  return {.threads = policy.threads, .queue_max = policy.queue_max};
}

void rethrow(const std::exception_ptr& thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace

Daemon::Daemon(Settings settings, CurrentPolicy policy)
    : settings_{std::move(settings)},
      policy_{std::move(policy)},
      signals_{loop_, SIGTERM, SIGINT, SIGHUP},
      early_end_{loop_, SIGTERM, SIGINT},
      supervision_{loop_.get_executor()},
      hsm_{loop_.get_executor(), settings_.hsm_socket},
      record_macs_{hsm_},
      hasher_{loop_.get_executor(), limits_of(policy_->hashing)},
      server_{loop_.get_executor(), limits_of(*policy_)} {}

int Daemon::run() {
  boost::asio::co_spawn(loop_.get_executor(), live(), &rethrow);
  loop_.run();
  return exit_status_;
}

awaitable<void> Daemon::live() {
  auto end_early = [this](const boost::system::error_code& cancelled, int) {
    if (!cancelled) ends_early_ = true;
  };
  early_end_.async_wait(end_early);
  const Status started = co_await start();
  early_end_.cancel();
  if (!started) {
    log::error("daemon.cannot_start", started.error());
    exit_status_ = EXIT_FAILURE;
    co_await stop();
    co_return;
  }
  if (!ends_early_) co_await serve();
  log::info("daemon.stopping");
  supervision_.stopping();
  co_await stop();
}

awaitable<void> Daemon::serve() {
  log::info("daemon.ready", {{"hsm_workers", hsm_.workers_ready()}});
  supervision_.ready();
  boost::asio::co_spawn(loop_.get_executor(), sweep(), &rethrow);
  for (;;) {
    const auto [failed, signal] =
        co_await signals_.async_wait(boost::asio::as_tuple(use_awaitable));
    if (failed || signal != SIGHUP) break;
    co_await reload();
  }
  sweeping_ = false;
  next_sweep_.ring();
  co_await swept_.wait();
}

// It ends before the store does.
awaitable<void> Daemon::sweep() {
  while (sweeping_) {
    co_await service_->sweep();
    if (sweeping_) co_await next_sweep_.wait(kSweepPeriod);
  }
  swept_.complete(true);
}

awaitable<Status> Daemon::start() {
  CS_CO_CHECK(co_await wait_for_hsm());
  if (ends_early_) co_return Status{};
  CS_CO_CHECK(co_await open_store());
  CS_CO_TRY(SecretBytes print_key, co_await derived_key(kPrintKeyLabel));
  auto health = [this] {
    return HsmHealth{static_cast<std::uint32_t>(hsm_.workers_ready()),
                     static_cast<std::uint32_t>(hsm_.workers())};
  };
  service_.emplace(Service::Surroundings{.store = *store_,
                                         .accounts = *store_,
                                         .hsm = hsm_,
                                         .hasher = hasher_,
                                         .policy = policy_,
                                         .clock = clock_,
                                         .print_key = std::move(print_key),
                                         .hsm_health = health});
  CS_CO_CHECK(co_await service_->start());
  co_await note(Event::daemon_started);
  co_return open_doors();
}

// Also returns when it is to end before a worker is there.
awaitable<Status> Daemon::wait_for_hsm() {
  const auto deadline = std::chrono::steady_clock::now() + kHsmPatience;
  Timer timer{loop_.get_executor()};
  for (bool said = false; hsm_.workers_ready() == 0 && !ends_early_; said = true) {
    if (!said) {
      log::info("hsm.waiting", {{"socket", log::ConfigText{settings_.hsm_socket}}});
    }
    if (std::chrono::steady_clock::now() > deadline) {
      co_return Error{ErrorCode::unavailable, "hsm.no_worker"};
    }
    timer.expires_after(kHsmPoll);
    co_await timer.async_wait(use_awaitable);
  }
  co_return Status{};
}

awaitable<Status> Daemon::make_decoys(store::StoreFile& file) {
  store::DecoySecrets sealed;
  for (std::size_t i = 0; i < kDecoySecrets; ++i) {
    CS_CO_TRY(hsm::Generated totp, co_await hsm_.generate_oath(HashAlgorithm::sha1));
    sealed.totp.push_back(std::move(totp.sealed));
    CS_CO_TRY(hsm::GeneratedYubico yubico, co_await hsm_.generate_yubico());
    sealed.yubico.push_back(std::move(yubico.sealed));
    CS_CO_TRY(hsm::Generated response, co_await hsm_.generate_response_key());
    sealed.challenge_response.push_back(std::move(response.sealed));
  }
  co_return file.keep_decoys(std::move(sealed));
}

awaitable<Status> Daemon::open_store() {
  std::optional<store::StoreFile> file;
  CS_CO_CHECK(co_await open_store_file(file));
  if (!file->has_decoys()) CS_CO_CHECK(co_await make_decoys(*file));

  // Nobody knows what the disk holds: only a fresh start, which reads it, may answer again.
  auto fatal = [] { std::_Exit(kExitFatal); };
  std::string explanation;
  auto made = store::make_store(loop_.get_executor(), std::move(*file),
                                {.cached_subjects = policy_->limits.cached_subjects,
                                 .macs = record_macs_,
                                 .clock = clock_,
                                 .on_fatal = fatal},
                                explanation);
  if (!made) {
    log::error("store.unusable", {{"why", log::ConfigText{explanation}}});
    co_return made.error();
  }
  store_ = std::move(*made);
  co_return Status{};
}

// A key of our own, made of the HSM's record key: it is the same at every start, and nobody who has
// the database has it.
awaitable<Result<SecretBytes>> Daemon::derived_key(std::string_view label) {
  CS_CO_TRY(hsm::Mac mac, co_await hsm_.mac(hsm::MacKey::record, as_bytes(label)));
  SecretBytes key{mac};
  ::explicit_bzero(mac.data(), mac.size());
  co_return key;
}

awaitable<Status> Daemon::open_store_file(std::optional<store::StoreFile>& file) {
  std::error_code failed;
  std::filesystem::create_directories(settings_.state_directory, failed);
  CS_CO_TRY(SecretBytes moving_key, co_await derived_key(kMovingKeyLabel));
  std::string explanation;
  auto opened =
      store::StoreFile::open(settings_.state_directory, std::move(moving_key), explanation);
  if (!opened) {
    log::error("store.unusable", {{"why", log::ConfigText{explanation}},
                                  {"directory", log::ConfigText{settings_.state_directory}}});
    co_return opened.error();
  }
  file.emplace(std::move(*opened));
  co_return Status{};
}

Status Daemon::open_doors() {
  for (const Door& door : kDoors) {
    CS_TRY(std::optional<net::Listener> listener,
           net::Listener::inherit(loop_.get_executor(), door.name));
    if (!listener) {
      const std::string path = settings_.run_directory + "/" + door.name + ".sock";
      auto bound = net::Listener::bind(loop_.get_executor(), path);
      if (!bound) {
        log::error("door.socket", bound.error(), {{"path", log::ConfigText{path}}});
        return bound.error();
      }
      listener.emplace(std::move(*bound));
    }
    FrontDoor& front = doors_.emplace_back(loop_, door.role, *service_, policy_);
    server_.serve(std::move(*listener), front);
  }
  return {};
}

awaitable<void> Daemon::stop() {
  if (service_) service_->stop();
  co_await server_.stop();
  if (store_) co_await note(Event::daemon_stopped);
  store_.reset();
  co_await hsm_.stop();
  hasher_.close();
  signals_.cancel();
  log::info("daemon.stopped");
}

awaitable<void> Daemon::reload() {
  supervision_.reloading();
  if (auto policy = load_policy(settings_.policy_file)) {
    policy_ = std::move(*policy);
    server_.set(limits_of(*policy_));
    co_await note(Event::policy_loaded);
    log::info("policy.loaded", {{"realms", policy_->realms.size()}});
  } else {
    log::warning("policy.kept");
  }
  supervision_.reloaded();
}

// A journal record of the daemon's own doing.
awaitable<void> Daemon::note(Event event) {
  // Named first: GCC 12 copies a braced temporary inside co_await bit by bit.
  JournalEntry entry{.at = clock_.now(), .event = event};
  const Status noted = co_await store_->journal(std::move(entry));
  if (!noted) log::error("journal.note", noted.error());
}

}  // namespace countersign::app
