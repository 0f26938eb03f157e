// SPDX-License-Identifier: Apache-2.0
// Forms that are sent twice: by a second press of the button, by a YubiKey that types Enter again,
// by a browser that repeats a request whose answer was lost.
//
// Each page's form bears a number of its own, so that the same bytes from the same browser are the
// same form. The second one waits for the first one's answer and gets it too, cookies included: the
// browser, which forgets the first answer, is none the worse. For moments only, and a bounded
// number of them: who is too late is answered by the daemon, to which nothing is good twice.
#pragma once

#include "async/completion.hpp"
#include "companion/request/response.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace countersign::companion {

class Repeats {
 public:
  static constexpr std::chrono::seconds kAge{10};
  static constexpr std::size_t kMax = 1024;
  // A form whose answer so many others wait for is not somebody's second press any more.
  static constexpr std::size_t kWaitingMax = 8;

  using Key = std::array<unsigned char, 32>;
  using Time = std::chrono::steady_clock::time_point;

  // Of everything that makes a form the same: from whom, where to, and what.
  [[nodiscard]] static Key key(std::initializer_list<std::string_view> parts);

  enum class Turn : std::uint8_t { first, repeated, refused };
  // `first`: who asks has to call done(), whatever happens. `repeated`: answer_to() has the answer.
  [[nodiscard]] Turn begin(const Key& key, Time now);
  void done(const Key& key, const Response& response);

  // REQUIRES: begin() said `repeated`.
  awaitable<Response> answer_to(Key key);

 private:
  struct Entry {
    std::optional<Response> response;
    std::list<Completion<Response>*> waiting;
  };
  void forget_old(Time now);

  std::map<Key, Entry> entries_;
  std::deque<std::pair<Time, Key>> ages_;  // oldest first
};

}  // namespace countersign::companion
