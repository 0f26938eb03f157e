// SPDX-License-Identifier: Apache-2.0
// bench_load: enrols a population, then runs as told on standard input, a line a run:
//
//   <outstanding> <seconds> <per second, 0 for as fast as it goes>
//
// and answers each with a line of JSON. Driven by benchmarks/run.
#include "benchmarks/rate/load.hpp"
#include "benchmarks/report.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <map>

namespace countersign::bench {
namespace {

constexpr const char* kProgram = "bench_load";

const std::map<std::string, v1::FactorKind> kKinds{
    {"hotp", v1::HOTP}, {"totp", v1::TOTP}, {"yubico_otp", v1::YUBICO_OTP}};

void print(const Outcome& outcome) {
  std::cout << "{\"accepted\": " << outcome.accepted << ", \"other\": " << outcome.other
            << ", \"seconds\": " << outcome.seconds << ", \"verified_per_second\": "
            << static_cast<double>(outcome.accepted) / outcome.seconds
            << ", \"p50_ms\": " << quantile(outcome.milliseconds, 0.5)
            << ", \"p99_ms\": " << quantile(outcome.milliseconds, 0.99)
            << ", \"p999_ms\": " << quantile(outcome.milliseconds, 0.999) << "}" << '\n'
            << std::flush;
}

int run(const std::string& run_directory, const Population& population) {
  Load load{run_directory, population};

  const auto progress = [](std::size_t done, std::size_t of) {
    std::cerr << "\r  enrolling: " << done * 100 / of << " %" << std::flush;
  };
  if (const Status enrolled = load.enrol(progress); !enrolled)
    return fail(kProgram, enrolled.error());
  std::cerr << "\r  enrolled.        \n";
  std::cout << "{\"ready\": true}\n" << std::flush;

  Pace pace;
  while (std::cin >> pace.outstanding >> pace.seconds >> pace.per_second) {
    const auto outcome = load.run(pace);
    if (!outcome) return fail(kProgram, outcome.error());
    print(*outcome);
  }
  return 0;
}

}  // namespace
}  // namespace countersign::bench

int main(int argc, char** argv) {
  std::string run_directory;
  countersign::bench::Population population;
  CLI::App line{"Load generator for benchmarks/run", countersign::bench::kProgram};
  line.add_option("--run-dir", run_directory)->required();
  line.add_option("--subjects", population.subjects)->check(CLI::PositiveNumber);
  line.add_option("--secrets", population.secrets)->check(CLI::PositiveNumber);
  line.add_option("--kind", population.kind)
      ->transform(CLI::CheckedTransformer(countersign::bench::kKinds));
  CLI11_PARSE(line, argc, argv);
  return countersign::bench::run(run_directory, population);
}
