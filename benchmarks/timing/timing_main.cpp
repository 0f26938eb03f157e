// SPDX-License-Identifier: Apache-2.0
// bench_timing: makes accounts, and measures whether a stopwatch tells their names from others, as
// told on standard input, a line each:
//
//   people <count>
//   guests <count>
//   measure <operation> <names> <rounds> <outstanding> <microseconds between the first of them>
//       <seconds between rounds>
//
// and answers each with a line of JSON. Driven by benchmarks/run.
#include "benchmarks/report.hpp"
#include "benchmarks/timing/stopwatch.hpp"
#include "benchmarks/timing/welch.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <string>

namespace countersign::bench {
namespace {

constexpr const char* kProgram = "bench_timing";

void print(const char* name, std::vector<float> samples) {
  const Moments moments = moments_of(samples);
  std::ranges::sort(samples);
  std::cout << ", \"" << name << "\": {\"samples\": " << moments.count
            << ", \"mean_us\": " << moments.mean << ", \"variance_us2\": " << moments.variance
            << ", \"p50_us\": " << quantile(samples, 0.5)
            << ", \"p90_us\": " << quantile(samples, 0.9) << "}";
}

void print(const Timing& timing) {
  const Cropped cropped = below_p90(timing.known_us, timing.unknown_us);
  const double t = welch_t(moments_of(timing.known_us), moments_of(timing.unknown_us));
  const Moments known = moments_of(cropped.a);
  const Moments unknown = moments_of(cropped.b);
  std::cout << "{\"refused_known\": " << timing.refused_known
            << ", \"refused_unknown\": " << timing.refused_unknown
            << ", \"alike\": " << (timing.alike ? "true" : "false") << ", \"t\": " << t
            << ", \"t_below_p90\": " << welch_t(known, unknown)
            << ", \"apart_below_p90_us\": " << known.mean - unknown.mean;
  print("known", timing.known_us);
  print("unknown", timing.unknown_us);
  std::cout << "}\n" << std::flush;
}

Status made(Status status) {
  if (status) std::cout << "{\"made\": true}\n" << std::flush;
  return status;
}

Status measure(Letters& letters, Stopwatch& stopwatch) {
  Stopwatch::Course course;
  std::string text;
  std::int64_t stagger = 0;
  std::int64_t pause = 0;
  std::cin >> text >> course.names >> course.rounds >> course.outstanding >> stagger >> pause;
  const auto operation = operation_from(text);
  if (!operation || !std::cin) return Error{ErrorCode::malformed, "timing.measure"};
  course.operation = *operation;
  course.stagger = std::chrono::microseconds{stagger};
  course.pause = std::chrono::seconds{pause};
  CS_CHECK(letters.wait_until_awaited());
  CS_TRY(const Timing timing, stopwatch.measure(course));
  print(timing);
  return {};
}

Status serve(const std::string& run_directory, std::uint64_t seed) {
  Letters letters{run_directory};
  Accounts accounts{run_directory, letters};
  Stopwatch stopwatch{run_directory, seed};
  std::cout << "{\"ready\": true}\n" << std::flush;
  std::string what;
  std::size_t count = 0;
  while (std::cin >> what) {
    if (what == "measure") {
      CS_CHECK(measure(letters, stopwatch));
      continue;
    }
    if (!(std::cin >> count)) return Error{ErrorCode::malformed, "timing.count"};
    CS_CHECK(letters.wait_until_awaited());
    CS_CHECK(made(what == "guests" ? accounts.make_guests(count) : accounts.make_people(count)));
  }
  return {};
}

int run(const std::string& run_directory, std::uint64_t seed) {
  const Status served = serve(run_directory, seed);
  return served ? 0 : fail(kProgram, served.error());
}

}  // namespace
}  // namespace countersign::bench

int main(int argc, char** argv) {
  std::string run_directory;
  std::uint64_t seed = 1;
  CLI::App line{"An outsider with a stopwatch, for benchmarks/run", countersign::bench::kProgram};
  line.add_option("--run-dir", run_directory)->required();
  line.add_option("--seed", seed);
  CLI11_PARSE(line, argc, argv);
  return countersign::bench::run(run_directory, seed);
}
