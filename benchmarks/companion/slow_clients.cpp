// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/companion/slow_clients.hpp"

#include "benchmarks/companion/browser.hpp"

#include <poll.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace countersign::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kByteEvery = 500ms;
// Longer than the companion waits for somebody who does not read: such a client does not learn that
// the connection has ended, because that is said behind the pages.
constexpr auto kReadsNothingFor = 12s;
constexpr std::size_t kPagesAskedFor = 32;

const std::string& page_request() {
  static const std::string text =
      "GET /sign-in HTTP/1.1\r\nHost: " + std::string{kHost} + "\r\n\r\n";
  return text;
}

const std::string& pages_request() {
  static const std::string text = [] {
    std::string pages;
    for (std::size_t i = 0; i < kPagesAskedFor; ++i) pages += page_request();
    return pages;
  }();
  return text;
}

}  // namespace

SlowClients::SlowClients(std::unique_ptr<Shared> shared)
    : shared_{std::move(shared)}, thread_{[&shared = *shared_](const std::stop_token& ended) {
        live(ended, shared);
      }} {}

Result<SlowClients> SlowClients::arrive(std::uint16_t port, std::size_t count) {
  static constexpr std::array kHabits{Habit::silent, Habit::byte_by_byte, Habit::reads_nothing};
  auto shared = std::make_unique<Shared>();
  shared->port = port;
  for (std::size_t i = 0; i < count; ++i) {
    CS_TRY(Client client, connect(port, kHabits[i % kHabits.size()]));
    shared->clients.push_back(std::move(client));
  }
  return SlowClients{std::move(shared)};
}

Result<SlowClients::Client> SlowClients::connect(std::uint16_t port, Habit habit) {
  const bool reads_nothing = habit == Habit::reads_nothing;
  const auto window = reads_nothing ? Connection::Window::least : Connection::Window::usual;
  CS_TRY(Connection connection, Connection::open(port, window));
  if (reads_nothing) CS_CHECK(connection.send(pages_request()));
  return Client{.connection = std::move(connection),
                .habit = habit,
                .came_at = std::chrono::steady_clock::now()};
}

void SlowClients::live(const std::stop_token& ended, Shared& shared) {
  std::vector<pollfd> polled(shared.clients.size());
  while (!ended.stop_requested()) {
    for (std::size_t i = 0; i < polled.size(); ++i) {
      polled[i] = {shared.clients[i].connection.native_handle(), POLLRDHUP, 0};
    }
    ::poll(polled.data(), polled.size(), 0);
    for (std::size_t i = 0; i < polled.size(); ++i) {
      look_after(shared.clients[i], polled[i].revents != 0, shared);
    }
    std::this_thread::sleep_for(kByteEvery);
  }
}

// Whoever cannot come back now tries again next time.
void SlowClients::look_after(Client& client, bool is_closed, Shared& shared) {
  const auto stayed = std::chrono::steady_clock::now() - client.came_at;
  const bool reads_nothing = client.habit == Habit::reads_nothing;
  if (is_closed || (reads_nothing && stayed > kReadsNothingFor)) {
    ++shared.came_again;
    if (auto again = connect(shared.port, client.habit)) client = std::move(*again);
    return;
  }
  if (client.habit != Habit::byte_by_byte) return;
  // Never the last byte: the request is not to be whole.
  const std::string& text = page_request();
  if (client.sent + 1 >= text.size()) return;
  const Status sent = client.connection.send(std::string_view{text}.substr(client.sent, 1));
  if (sent) ++client.sent;
}

}  // namespace countersign::bench
