// SPDX-License-Identifier: Apache-2.0
// countersignd, put together: the one place that knows every part.
//
//   loop ── HSM client ── store ── service ── four doors ── server
//
// Starts in that order and stops in the other: no more connections, what has begun is finished, the
// journal says so, the store is closed.
#pragma once

#include "async/alarm.hpp"
#include "async/completion.hpp"
#include "daemon/app/front_door.hpp"
#include "daemon/app/record_macs.hpp"
#include "daemon/app/settings.hpp"
#include "daemon/app/supervision.hpp"
#include "daemon/hashing/argon2_pool.hpp"
#include "daemon/net/server.hpp"
#include "daemon/service/service.hpp"
#include "daemon/store/store_file.hpp"
#include "hsm/client/client.hpp"

#include <boost/asio/basic_signal_set.hpp>
#include <boost/asio/io_context.hpp>

#include <list>
#include <memory>
#include <optional>

namespace countersign::app {

class Daemon {
 public:
  // How long the HSM's workers may take to answer for the first time.
  static constexpr std::chrono::seconds kHsmPatience{60};

  Daemon(Settings settings, CurrentPolicy policy);

  // Serves until SIGTERM, also while it still waits for the HSM. Returns the exit status.
  int run();

 private:
  using Signals = boost::asio::basic_signal_set<Executor>;

  awaitable<Status> start();
  awaitable<Status> wait_for_hsm();
  awaitable<Status> open_store();
  awaitable<Status> make_decoys(store::StoreFile& file);
  awaitable<Status> open_store_file(std::optional<store::StoreFile>& file);
  awaitable<Result<SecretBytes>> derived_key(std::string_view label);
  Status open_doors();
  awaitable<void> sweep();
  awaitable<void> live();
  awaitable<void> serve();
  awaitable<void> stop();
  awaitable<void> reload();
  awaitable<void> note(Event event);

  Settings settings_;
  CurrentPolicy policy_;
  SystemClock clock_;
  boost::asio::io_context loop_{1};
  Signals signals_;
  Signals early_end_;  // heard while it starts, when nobody takes from `signals_` yet
  bool ends_early_ = false;
  Supervision supervision_;
  hsm::Client hsm_;
  HsmRecordMacs record_macs_;
  Argon2Pool hasher_;
  std::unique_ptr<WholeStore> store_;
  std::optional<Service> service_;
  std::list<FrontDoor> doors_;
  net::Server server_;
  Alarm next_sweep_;
  Completion<bool> swept_;
  bool sweeping_ = true;
  int exit_status_ = 0;
};

}  // namespace countersign::app
