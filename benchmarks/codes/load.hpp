// SPDX-License-Identifier: Apache-2.0
// The load generator of codes: one person after another asks for a code, reads it where the courier
// brings it, and answers; as many at once as it is told.
#pragma once

#include "benchmarks/codes/sink.hpp"
#include "clients/cpp/countersign_client.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace countersign::bench {

struct Outcome {
  std::uint64_t accepted = 0;
  std::uint64_t other = 0;  // rejected, failed, not sent or never arrived: none is expected
  double seconds = 0;
  std::vector<float> started_ms;   // until a start was answered, sorted
  std::vector<float> arrived_ms;   // from then until its code was there
  std::vector<float> answered_ms;  // and until its answer was
};

class Load {
 public:
  Load(std::string run_directory, std::size_t subjects, Sink sink);

  // Makes every subject with a phone, confirmed by a first code.
  Status enrol();
  Result<Outcome> run(std::size_t outstanding, double seconds);

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // What one person is waiting for.
  enum class Step : std::uint8_t { nothing, start, code, answer };
  struct Person {
    Step step = Step::nothing;
    SteadyTime since;
    std::uint64_t challenge = 0;  // 0: not known yet
    std::uint64_t factor = 0;     // to be confirmed
    std::string code;             // empty: not there yet
  };

  Status make(std::size_t subject);
  Status flow(std::size_t outstanding, SteadyTime end, std::size_t persons, Outcome& outcome);
  Status wait(bool& any);
  Status start(std::size_t subject);
  Status took(const v1::Reply& reply, Outcome& outcome);
  Status took_start(std::size_t subject, const v1::Reply& reply, Outcome& outcome);
  Status arrived(const Arrival& arrival, Outcome& outcome);
  Status answer(std::size_t subject, Outcome& outcome);
  void end(std::size_t subject, bool accepted, Outcome& outcome);
  std::string request_id(std::size_t subject);

  std::string run_directory_;
  std::optional<client::Client> client_;
  Sink sink_;
  std::vector<Person> persons_;
  std::vector<std::uint32_t> order_;
  std::size_t next_ = 0;
  std::size_t busy_ = 0;
  bool confirms_ = false;
  std::uint64_t serial_ = 0;
  std::mt19937_64 random_{std::random_device{}()};
  std::uint64_t run_id_ = random_();
  std::vector<Arrival> arrivals_;
  std::vector<pollfd> polled_;
};

}  // namespace countersign::bench
