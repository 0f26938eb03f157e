// SPDX-License-Identifier: Apache-2.0
// Every socket of the daemon and every connection on it.
#pragma once

#include "async/awaitable.hpp"
#include "async/completion.hpp"
#include "daemon/net/handler.hpp"
#include "daemon/net/listener.hpp"
#include "daemon/net/quota.hpp"
#include "daemon/net/session.hpp"

#include <list>
#include <memory>
#include <unordered_set>

namespace countersign::net {

class Server {
 public:
  Server(Executor executor, Limits limits, Patience patience = {});
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Takes connections from `listener` from now on, for `handler`.
  // REQUIRES: `handler` and the Server live until stop() is complete.
  void serve(Listener listener, Handler& handler);

  // Serves one connection that is already there.
  void adopt(Socket socket, Handler& handler);

  // New limits apply to what comes.
  void set(Limits limits) { quota_->set(limits); }

  // Takes no connection and begins no request any more, and is complete when everything that had
  // begun is answered and every connection closed. REQUIRES: called once.
  awaitable<void> stop();

  [[nodiscard]] std::size_t connections() const { return sessions_.size(); }
  // Places of connections that are held back because of their user's limit.
  [[nodiscard]] std::size_t waiting() const { return quota_->waiting(); }

 private:
  struct Door {
    Listener listener;
    Handler& handler;
  };

  awaitable<void> accept_all(Door& door);
  void session_ended(const std::shared_ptr<Session>& session, std::exception_ptr failure);
  void accepting_ended(std::exception_ptr failure);
  void check_stopped();

  Executor executor_;
  Patience patience_;
  std::shared_ptr<Quota> quota_;
  std::shared_ptr<Sweep> sweep_;
  std::list<Door> doors_;
  std::size_t accepting_ = 0;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  bool stopping_ = false;
  bool stopped_said_ = false;
  Completion<bool> stopped_;
};

}  // namespace countersign::net
