// SPDX-License-Identifier: Apache-2.0
// How much one user may have under way: connections, and requests that were begun and not answered.
//
// Shared by all sockets, counted by uid. A connection too many is refused; a request too many waits
// unread in its connection until another one of the same user has been answered.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

namespace countersign::net {

struct Limits {
  std::uint32_t connections_per_uid = 256;
  std::uint32_t in_flight_per_uid = 4096;
};

// A session that waits until it may begin another request.
class Waiting {
 public:
  virtual ~Waiting() = default;
  // False if it does not wait any more, and another one may go on in its stead. Called on the
  // loop's thread; must not begin anything before it returns.
  virtual bool may_go_on() = 0;
};

class Quota : public std::enable_shared_from_this<Quota> {
  struct Usage {
    std::uint32_t connections = 0;
    std::uint32_t in_flight = 0;
    std::deque<std::weak_ptr<Waiting>> waiting;
  };

 public:
  explicit Quota(Limits limits) : limits_{limits} {}

  // One connection's share, given back when it goes.
  class Share {
   public:
    Share(std::shared_ptr<Quota> quota, uid_t uid);
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share();

    [[nodiscard]] bool may_begin() const;
    void begin();
    // Wakes one session that waits, if there is room now.
    void end();
    // The same, for a session that was woken and left some of the room.
    void wake_next();
    // Takes the last place in the queue of this user's sessions to be woken, each once.
    // REQUIRES: `session`, the owner of this Share, has no place in it.
    void wait(std::weak_ptr<Waiting> session);

   private:
    std::shared_ptr<Quota> quota_;
    uid_t uid_;
    Usage* usage_;  // a node of the map: stays where it is
  };

  // Null when the user has as many connections as allowed.
  [[nodiscard]] std::unique_ptr<Share> connect(uid_t uid);

  // Places in the queues: at most one a connection.
  [[nodiscard]] std::size_t waiting() const;

  // Applies to what comes; what is there stays.
  void set(Limits limits) { limits_ = limits; }

 private:
  Limits limits_;
  std::unordered_map<uid_t, Usage> usage_;  // of users who are connected
};

}  // namespace countersign::net
