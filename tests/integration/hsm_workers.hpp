// SPDX-License-Identifier: Apache-2.0
// countersign-hsm as a process, and its client, on a real token, for tests that ask the workers and
// do things to them.
#pragma once

#include "firmware-interface/oath.hpp"
#include "hsm/client/client.hpp"
#include "tests/support/hmac.hpp"
#include "tests/support/hsm_token.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace countersign::hsm {

namespace asio = boost::asio;
using test::Process;

inline constexpr std::uint64_t kCountersTried = 10;

inline std::string code_at(BytesView secret, std::uint64_t counter) {
  const Bytes mac = test::hmac(HashAlgorithm::sha1, secret, oath::counter_bytes(counter));
  return std::string{oath::truncate(mac, oath::Digits::six).view()};
}

struct Factor {
  Bytes secret;
  Bytes sealed;
};

class HsmWorkers : public testing::Test {
 protected:
  std::vector<std::string> arguments(std::size_t workers, const std::string& pin_file) const {
    return {test::program_folder() / "countersign-hsm",
            "--module",
            token_.engine_settings().module_path,
            "--token",
            token_.engine_settings().token_label,
            "--pin-file",
            pin_file,
            "--socket",
            socket_path(),
            "--workers",
            std::to_string(workers),
            "--state-dir",
            folder_.path()};
  }

  // Starts the program and waits until all its workers are ready.
  void start(std::size_t workers, const std::vector<std::string>& more = {}) {
    auto all = arguments(workers, token_.pin_file());
    all.insert(all.end(), more.begin(), more.end());
    client_ = std::make_unique<Client>(loop_.get_executor(), socket_path());
    program_.emplace(Process::Settings{all, {}, folder_.file("log")});
    ASSERT_TRUE(test::wait_until([this] { return program_->has_logged("hsm.ready"); }))
        << program_->log();
    run_until([this, workers] { return client_->workers_ready() == workers; });
  }

  void TearDown() override {
    if (client_) run([](Client& client) -> awaitable<void> { co_await client.stop(); });
    client_.reset();
    if (program_ && program_->alive()) {
      EXPECT_EQ(program_->terminate(), 0) << program_->log();
    }
  }

  // Runs one coroutine to its end.
  template <class Function>
  void run(Function function) {
    bool done = false;
    const auto finished = [&done](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
      done = true;
    };
    asio::co_spawn(loop_.get_executor(), function(*client_), finished);
    run_until([&done] { return done; });
  }

  void run_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + test::kPatience;
    loop_.restart();
    while (!condition() && std::chrono::steady_clock::now() < end)
      loop_.run_for(std::chrono::milliseconds{5});
    EXPECT_TRUE(condition());
  }

  std::vector<Factor> make_factors(std::size_t count) {
    std::vector<Factor> factors(count);
    for (std::size_t i = 0; i < count; ++i) {
      factors[i].secret = Bytes(20, std::byte(i + 1));
      const auto seal = [&factor = factors[i]](Client& client) -> awaitable<void> {
        SecretBytes secret{BytesView{factor.secret}};
        auto sealed = co_await client.seal_oath(HashAlgorithm::sha1, std::move(secret));
        if (sealed) factor.sealed = *std::move(sealed);
      };
      run(seal);
      EXPECT_FALSE(factors[i].sealed.empty());
    }
    return factors;
  }

  // Lets the worker do nothing, until its questions are on their way, and then no more at all.
  void kill_in_the_middle(pid_t worker) {
    ::kill(worker, SIGSTOP);
    loop_.run_for(std::chrono::milliseconds{20});
    ::kill(worker, SIGKILL);
  }

  // Asks all at once; every third passcode is wrong. Returns how many answers were right.
  std::size_t match_many(
      const std::vector<Factor>& factors, std::size_t count,
      const std::function<void()>& meanwhile = [] {}) {
    answered_ = 0;
    std::size_t right = 0;
    const auto ask = [&](Client& client, std::size_t i) -> awaitable<void> {
      const Factor& factor = factors[i % factors.size()];
      const std::uint64_t counter = i % kCountersTried;
      const bool wrong = i % 3 == 0;
      const std::string passcode = wrong ? "00000x" : code_at(factor.secret, counter);
      std::vector<std::uint64_t> counters(counters_each_, counter + 100);
      counters.back() = counter;
      const MatchOath question{factor.sealed, HashAlgorithm::sha1, 6, counters, passcode};
      const auto found = co_await client.match_oath(question);
      const auto expected = wrong ? std::optional<std::uint64_t>{} : std::optional{counter};
      ++answered_;
      if (found && *found == expected) ++right;
      if (!found) last_error_ = found.error();
    };
    const auto finished = [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    };
    for (std::size_t i = 0; i < count; ++i) {
      asio::co_spawn(loop_.get_executor(), ask(*client_, i), finished);
    }
    loop_.restart();
    meanwhile();
    run_until([&] { return answered_ == count; });
    return right;
  }

  [[nodiscard]] std::string socket_path() const { return folder_.file("hsm.sock"); }

  test::HsmToken& token_ = test::HsmToken::shared();
  test::TemporaryFolder folder_;
  asio::io_context loop_;
  std::optional<Process> program_;
  std::unique_ptr<Client> client_;
  std::size_t counters_each_ = 2;  // the right one comes last
  std::size_t answered_ = 0;
  Error last_error_;
};

}  // namespace countersign::hsm
