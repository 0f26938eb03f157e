// SPDX-License-Identifier: Apache-2.0
// bench_gateway: enrols YubiKeys, then asks the gateway about one fresh OTP after another over
// connections that are kept alive, as told on standard input, a line a run:
//
//   <connections> <seconds>
//
// and answers each with a line of JSON. Driven by benchmarks/run.
#include "benchmarks/gateway/keys.hpp"
#include "benchmarks/report.hpp"

#include <CLI/CLI.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>

namespace countersign::bench {
namespace {

constexpr const char* kProgram = "bench_gateway";

using SteadyClock = std::chrono::steady_clock;

struct Outcome {
  std::uint64_t accepted = 0;
  std::uint64_t other = 0;  // none is expected
  double seconds = 0;
  std::vector<float> milliseconds;  // one for each answer, sorted
};

// One connection: a question, its answer, the next question.
class Peer {
 public:
  static Result<Peer> connect(std::uint16_t port) {
    Peer peer{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(peer.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(peer.fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      return peer;
    }
    return Error{ErrorCode::unavailable, "connect", static_cast<std::uint64_t>(errno)};
  }
  Peer(Peer&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  Peer& operator=(Peer&&) = delete;
  ~Peer() {
    if (fd_ >= 0) ::close(fd_);
  }

  Status ask(const std::string& query) {
    asked_at_ = SteadyClock::now();
    waits_ = true;
    const std::string bytes =
        "GET /wsapi/2.0/verify?" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(bytes.size())) return {};
    return Error{ErrorCode::unavailable, "send", static_cast<std::uint64_t>(errno)};
  }
  // Reads what is there; true when the answer is whole, which the next one overwrites.
  Result<bool> read() {
    std::array<char, 4096> chunk;
    const ssize_t count = ::recv(fd_, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (count <= 0) return Error{ErrorCode::unavailable, "recv", static_cast<std::uint64_t>(errno)};
    answer_.append(chunk.data(), static_cast<std::size_t>(count));
    // An answer ends with its last line, which is empty, behind its status.
    return answer_.find("\r\nstatus=") != std::string::npos && answer_.ends_with("\r\n\r\n");
  }
  void count(Outcome& outcome) {
    const bool is_ok = answer_.find("\r\nstatus=OK\r\n") != std::string::npos;
    ++(is_ok ? outcome.accepted : outcome.other);
    const auto took = SteadyClock::now() - asked_at_;
    outcome.milliseconds.push_back(std::chrono::duration<float, std::milli>{took}.count());
    answer_.clear();
    waits_ = false;
  }
  [[nodiscard]] bool waits() const { return waits_; }
  [[nodiscard]] int native_handle() const { return fd_; }

 private:
  explicit Peer(int fd) : fd_{fd} {}
  int fd_;
  std::string answer_;
  bool waits_ = false;
  SteadyClock::time_point asked_at_;
};

Result<Outcome> run_once(Keys& keys, std::uint16_t port, std::size_t connections, double seconds) {
  std::vector<Peer> peers;
  std::vector<pollfd> polled;
  for (std::size_t i = 0; i < connections; ++i) {
    CS_TRY(Peer peer, Peer::connect(port));
    polled.push_back({peer.native_handle(), POLLIN, 0});
    peers.push_back(std::move(peer));
  }
  Outcome outcome;
  const auto begin = SteadyClock::now();
  const auto end = begin + std::chrono::duration_cast<SteadyClock::duration>(
                               std::chrono::duration<double>{seconds});
  for (Peer& peer : peers) CS_CHECK(peer.ask(keys.next_query()));
  while (std::ranges::any_of(peers, &Peer::waits)) {
    if (::poll(polled.data(), polled.size(), 10'000) <= 0) {
      return Error{ErrorCode::unavailable, "poll"};
    }
    const bool more = SteadyClock::now() < end;
    for (std::size_t i = 0; i < peers.size(); ++i) {
      if (polled[i].revents == 0) continue;
      CS_TRY(const bool whole, peers[i].read());
      if (!whole) continue;
      peers[i].count(outcome);
      if (more) CS_CHECK(peers[i].ask(keys.next_query()));
    }
  }
  outcome.seconds = std::chrono::duration<double>{SteadyClock::now() - begin}.count();
  std::ranges::sort(outcome.milliseconds);
  return outcome;
}

void print(const Outcome& outcome) {
  std::cout << "{\"accepted\": " << outcome.accepted << ", \"other\": " << outcome.other
            << ", \"seconds\": " << outcome.seconds << ", \"verified_per_second\": "
            << static_cast<double>(outcome.accepted) / outcome.seconds
            << ", \"p50_ms\": " << quantile(outcome.milliseconds, 0.5)
            << ", \"p99_ms\": " << quantile(outcome.milliseconds, 0.99) << "}" << '\n'
            << std::flush;
}

int run(const std::string& run_directory, std::uint16_t port, std::size_t count) {
  Keys keys{count};
  const auto progress = [](std::size_t done, std::size_t of) {
    std::cerr << "\r  enrolling: " << done * 100 / of << " %" << std::flush;
  };
  if (const Status enrolled = keys.enrol(run_directory, progress); !enrolled) {
    return fail(kProgram, enrolled.error());
  }
  std::cerr << "\r  enrolled.        \n";
  std::cout << "{\"ready\": true}\n" << std::flush;
  std::size_t connections = 0;
  double seconds = 0;
  while (std::cin >> connections >> seconds) {
    const auto outcome = run_once(keys, port, connections, seconds);
    if (!outcome) return fail(kProgram, outcome.error());
    print(*outcome);
  }
  return 0;
}

}  // namespace
}  // namespace countersign::bench

int main(int argc, char** argv) {
  std::string run_directory;
  std::uint16_t port = 0;
  std::size_t keys = 10'000;
  CLI::App line{"Load generator for benchmarks/run gateway", countersign::bench::kProgram};
  line.add_option("--run-dir", run_directory)->required();
  line.add_option("--port", port)->required();
  line.add_option("--keys", keys)->check(CLI::PositiveNumber);
  CLI11_PARSE(line, argc, argv);
  return countersign::bench::run(run_directory, port, keys);
}
