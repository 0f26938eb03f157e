// SPDX-License-Identifier: Apache-2.0
// bench_codes: listens as an SMS provider, says on which port, waits for a line (the appliance and
// its courier are ready), enrols people, then runs as told on standard input, a line a run:
//
//   <outstanding> <seconds>
//
// and answers each with a line of JSON. Driven by benchmarks/run.
#include "benchmarks/codes/load.hpp"
#include "benchmarks/report.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <string>

namespace countersign::bench {
namespace {

constexpr const char* kProgram = "bench_codes";

void print(const Outcome& outcome) {
  std::cout << "{\"accepted\": " << outcome.accepted << ", \"other\": " << outcome.other
            << ", \"seconds\": " << outcome.seconds << ", \"verified_per_second\": "
            << static_cast<double>(outcome.accepted) / outcome.seconds;
  const auto spread = [](const char* name, const std::vector<float>& sorted) {
    std::cout << ", \"" << name << "_p50_ms\": " << quantile(sorted, 0.5) << ", \"" << name
              << "_p99_ms\": " << quantile(sorted, 0.99);
  };
  spread("started", outcome.started_ms);
  spread("arrived", outcome.arrived_ms);
  spread("answered", outcome.answered_ms);
  std::cout << "}\n" << std::flush;
}

int run(const std::string& run_directory, std::size_t subjects) {
  auto sink = Sink::open();
  if (!sink) return fail(kProgram, sink.error());
  std::cout << "{\"port\": " << sink->port() << "}\n" << std::flush;
  std::string line;
  if (!std::getline(std::cin, line)) return 0;

  Load load{run_directory, subjects, std::move(*sink)};
  if (const Status enrolled = load.enrol(); !enrolled) return fail(kProgram, enrolled.error());
  std::cout << "{\"ready\": true}\n" << std::flush;

  std::size_t outstanding = 0;
  double seconds = 0;
  while (std::cin >> outstanding >> seconds) {
    const auto outcome = load.run(outstanding, seconds);
    if (!outcome) return fail(kProgram, outcome.error());
    print(*outcome);
  }
  return 0;
}

}  // namespace
}  // namespace countersign::bench

int main(int argc, char** argv) {
  std::string run_directory;
  std::size_t subjects = 2'000;
  CLI::App line{"Load generator of codes for benchmarks/run", countersign::bench::kProgram};
  line.add_option("--run-dir", run_directory)->required();
  line.add_option("--subjects", subjects)->check(CLI::Range(1, 10'000'000));
  CLI11_PARSE(line, argc, argv);
  return countersign::bench::run(run_directory, subjects);
}
