// SPDX-License-Identifier: Apache-2.0
#include "clients/link/links.hpp"

#include "base/bytes.hpp"

#include <sys/random.h>
#include <boost/asio/co_spawn.hpp>

#include <cstdlib>
#include <exception>

namespace countersign::client {
namespace {

constexpr std::size_t kRandomIdBytes = 16;

void end_on(const std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(failure);
}

std::string random_bytes() {
  std::string bytes(kRandomIdBytes, '\0');
  // Fails on no kernel that we run on; ids that can be guessed are not worth going on for.
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    std::abort();
  }
  return bytes;
}

}  // namespace

Links::Links(Executor executor, const std::string& path)
    : executor_{executor}, id_prefix_{random_bytes()} {
  for (std::size_t i = 0; i < kLinks; ++i) links_.push_back(std::make_shared<Link>(executor, path));
}

void Links::start() {
  for (const auto& link : links_) boost::asio::co_spawn(executor_, link->run(), &end_on);
}

void Links::stop() {
  for (const auto& link : links_) link->stop();
}

void Links::check(SteadyTime now) {
  for (const auto& link : links_) link->check(now);
}

// The random part is drawn once.
std::string Links::fresh_id() {
  std::string id = id_prefix_;
  Writer{id}.integer(++asked_);
  return id;
}

awaitable<Result<v1::Reply>> Links::ask(const v1::Request& request) {
  std::size_t in_flight = 0;
  Link* best = nullptr;
  for (const auto& link : links_) {
    in_flight += link->waiting();
    if (!link->is_up()) continue;
    if (best == nullptr || link->waiting() < best->waiting()) best = link.get();
  }
  if (best == nullptr) co_return Error{ErrorCode::unavailable, "daemon.absent"};
  if (in_flight >= kInFlightMax) co_return Error{ErrorCode::unavailable, "daemon.in_flight"};
  co_return co_await best->ask(request);
}

}  // namespace countersign::client
