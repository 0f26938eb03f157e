// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/strangers.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace countersign::test {
namespace {

constexpr std::chrono::seconds kAnswerLimit{120};
constexpr int kPlaces = 250;

}  // namespace

std::string spelling(int n) {
  std::string name;
  int bit = 0;
  for (const char c : std::string_view{"alexandra"}) {
    const bool capital = (n >> bit++ & 1) != 0;
    if (c == 'x' && n % 3 == 0) {
      name += capital ? "\uFF38" : "\uFF58";
    } else {
      name += static_cast<char>(capital ? c - 'a' + 'A' : c);
    }
  }
  return n % 5 == 0 ? " " + name + " " : name;
}

std::string strange_place(int n) { return "198.51.100." + std::to_string(n % kPlaces); }

Strangers::Strangers(const Appliance& appliance, const std::string& socket, std::size_t connections,
                     Guess guess)
    : guess_{std::move(guess)} {
  for (std::size_t i = 0; i < connections; ++i) {
    connections_.push_back({appliance.connect(socket), 0});
  }
}

void Strangers::send(std::size_t guesses) {
  for (std::size_t i = 0; i < guesses; ++i) {
    Connection& one = connections_[i % connections_.size()];
    v1::Request request = guess_(next_++);
    request.set_request_id(*client::new_request_id());
    if (!one.client.send(request)) throw std::runtime_error{"send"};
    ++one.outstanding;
  }
  for (Connection& one : connections_) {
    if (!one.client.flush(client::within(kAnswerLimit))) throw std::runtime_error{"flush"};
  }
}

void Strangers::take_until(const std::function<bool(const Tally&)>& enough) {
  const auto waits = [](const Connection& one) { return one.outstanding > 0; };
  while (!enough(tally_) && std::ranges::any_of(connections_, waits)) {
    for (Connection& one : connections_) {
      if (one.outstanding > 0 && !enough(tally_)) take(one);
    }
  }
}

void Strangers::take_all() {
  for (Connection& one : connections_) {
    while (one.outstanding > 0) take(one);
  }
}

void Strangers::take(Connection& from) {
  v1::Reply reply;
  if (!from.client.receive(reply, client::within(kAnswerLimit))) {
    throw std::runtime_error{"receive"};
  }
  --from.outstanding;
  count(reply);
}

void Strangers::count(const v1::Reply& reply) {
  const v1::ErrorCode error = reply.error().code();
  if (reply.verdict().reason() == v1::WRONG_CODE) {
    ++tally_.evaluated;
  } else if (reply.verdict().reason() == v1::THROTTLED) {
    ++tally_.throttled;
  } else if (reply.sign_in_report().answer() == v1::REJECTED) {
    ++tally_.unsaid;
  } else if (error == v1::LIMIT_EXCEEDED || error == v1::BUSY) {
    ++tally_.refused;
  } else if (error == v1::DENIED) {
    ++tally_.ended;
  } else {
    throw std::runtime_error{"unexpected: " + reply.ShortDebugString()};
  }
}

}  // namespace countersign::test
