// SPDX-License-Identifier: Apache-2.0
// bench_companion: makes people who have a password and a token, and visits the companion's pages,
// as told on standard input, a line each:
//
//   people <count>                       make so many; once, and first
//   open <count>                         so many sign in, and stay
//   slow <count>                         so many clients that take their time come; 0: they leave
//   strangers <visitors> <seconds>       see the sign-in page
//   members <visitors> <seconds>         of those who stay, see a page of their account
//   sign_ins <visitors> <seconds>        sign in
//
// and answers each with a line of JSON. Driven by benchmarks/run.
#include "benchmarks/companion/crowd.hpp"
#include "benchmarks/companion/slow_clients.hpp"
#include "benchmarks/report.hpp"
#include "benchmarks/timing/accounts.hpp"
#include "benchmarks/timing/letters.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <iostream>
#include <optional>
#include <string>

namespace countersign::bench {
namespace {

constexpr const char* kProgram = "bench_companion";

struct Visit {
  std::string_view name;
  Errand errand;
};
constexpr std::array<Visit, 3> kVisits{{{"strangers", Errand::sees_sign_in},
                                        {"members", Errand::sees_account},
                                        {"sign_ins", Errand::signs_in}}};

void print(const Outcome& outcome) {
  const auto count = static_cast<double>(outcome.milliseconds.size());
  std::cout << "{\"per_second\": " << count / outcome.seconds << ", \"count\": " << count
            << ", \"p50_ms\": " << quantile(outcome.milliseconds, 0.5)
            << ", \"p99_ms\": " << quantile(outcome.milliseconds, 0.99) << "}\n"
            << std::flush;
}

class Load {
 public:
  Load(const std::string& run_directory, std::uint16_t port)
      : port_{port}, letters_{run_directory}, accounts_{run_directory, letters_} {}

  Status obey(const std::string& what, std::size_t count) {
    if (what == "people") return make_people(count);
    if (!crowd_) return Error{ErrorCode::malformed, "load.people_first"};
    if (what == "open") return open(count);
    if (what == "slow") return slow(count);
    for (const Visit& visit : kVisits) {
      if (what == visit.name) return run(visit.errand, count);
    }
    return Error{ErrorCode::malformed, "load.what"};
  }

 private:
  Status make_people(std::size_t count) {
    CS_CHECK(letters_.wait_until_awaited());
    CS_CHECK(accounts_.make_people(count));
    crowd_.emplace(port_, count);
    std::cout << "{\"people\": " << count << "}\n" << std::flush;
    return {};
  }

  Status open(std::size_t count) {
    CS_CHECK(crowd_->open_sessions(count));
    std::cout << "{\"open\": " << count << "}\n" << std::flush;
    return {};
  }

  Status slow(std::size_t count) {
    const std::uint64_t came_again = slow_ ? slow_->came_again() : 0;
    slow_.reset();
    if (count > 0) {
      CS_TRY(SlowClients clients, SlowClients::arrive(port_, count));
      slow_.emplace(std::move(clients));
    }
    std::cout << "{\"came_again\": " << came_again << "}\n" << std::flush;
    return {};
  }

  Status run(Errand errand, std::size_t visitors) {
    double seconds = 0;
    std::cin >> seconds;
    CS_TRY(const Outcome outcome, crowd_->run(errand, visitors, seconds));
    print(outcome);
    return {};
  }

  std::uint16_t port_;
  Letters letters_;
  Accounts accounts_;
  std::optional<Crowd> crowd_;
  std::optional<SlowClients> slow_;
};

int run(const std::string& run_directory, std::uint16_t port) {
  Load load{run_directory, port};
  std::cout << "{\"ready\": true}\n" << std::flush;
  std::string what;
  std::size_t count = 0;
  while (std::cin >> what >> count) {
    if (const Status done = load.obey(what, count); !done) return fail(kProgram, done.error());
  }
  return 0;
}

}  // namespace
}  // namespace countersign::bench

int main(int argc, char** argv) {
  std::string run_directory;
  std::uint16_t port = 0;
  CLI::App line{"Load generator for benchmarks/run companion", countersign::bench::kProgram};
  line.add_option("--run-dir", run_directory)->required();
  line.add_option("--port", port)->required();
  CLI11_PARSE(line, argc, argv);
  return countersign::bench::run(run_directory, port);
}
