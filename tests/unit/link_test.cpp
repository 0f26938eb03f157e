// SPDX-License-Identifier: Apache-2.0
// A connection to the daemon: pipelined, kept up, and failing closed.
#include "clients/link/link.hpp"

#include "tests/unit/client_fake_daemon.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace countersign::client {
namespace {

using test::FakeDaemon;

constexpr std::chrono::seconds kPatience{10};

std::string id(char letter) { return std::string(16, letter); }

v1::Request request(char letter) {
  v1::Request made;
  made.set_request_id(id(letter));
  made.mutable_verify()->set_passcode("x");
  return made;
}

std::string reply(const std::string& request_id, std::uint32_t seconds = 0) {
  v1::Reply made;
  made.set_request_id(request_id);
  made.mutable_verdict()->set_retry_after_seconds(seconds);
  return test::frame(made.SerializeAsString());
}

std::string id_of(std::string_view body) {
  v1::Request parsed;
  EXPECT_TRUE(parsed.ParseFromArray(body.data(), static_cast<int>(body.size())));
  return parsed.request_id();
}

awaitable<Result<v1::Reply>> asked(Link& link, v1::Request about) {
  co_return co_await link.ask(about);
}

// One link on a loop of its own.
struct Bench {
  explicit Bench(const std::string& path)
      : link{std::make_shared<Link>(loop.get_executor(), path)} {
    boost::asio::co_spawn(loop.get_executor(), link->run(), &ignore);
  }
  ~Bench() {
    link->stop();
    loop.run_for(kPatience);
  }
  void run_until(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!holds() && std::chrono::steady_clock::now() < end) {
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds{10});
    }
    ASSERT_TRUE(holds());
  }
  void connect() {
    run_until([this] { return link->is_up(); });
  }
  void ask(char letter) {
    auto took = [this, letter](const std::exception_ptr&, Result<v1::Reply> answer) {
      const bool fits = answer && answer->request_id() == id(letter);
      answers.push_back(
          answer ? (fits ? std::to_string(answer->verdict().retry_after_seconds()) : "another's")
                 : "failed");
    };
    boost::asio::co_spawn(loop.get_executor(), asked(*link, request(letter)), took);
  }
  void wait_for_answers(std::size_t count) {
    run_until([this, count] { return answers.size() == count; });
  }

  static void ignore(const std::exception_ptr&) {}
  boost::asio::io_context loop{1};
  std::shared_ptr<Link> link;
  std::vector<std::string> answers;
};

TEST(LinkTest, TakesAnswersInAnyOrder) {
  std::string held;
  FakeDaemon daemon{[&](int, std::string_view body) -> std::optional<std::string> {
    if (held.empty()) {
      held = id_of(body);
      return "";
    }
    return reply(id_of(body), 2) + reply(held, 1);
  }};
  Bench bench{daemon.path};
  bench.connect();
  bench.ask('a');
  bench.ask('b');
  bench.wait_for_answers(2);
  EXPECT_EQ(bench.answers, (std::vector<std::string>{"2", "1"}));
}

TEST(LinkTest, GivesEachOfTwoUnderOneIdOneAnswer) {
  std::uint32_t count = 0;
  FakeDaemon daemon{[&](int, std::string_view body) { return reply(id_of(body), ++count); }};
  Bench bench{daemon.path};
  bench.connect();
  bench.ask('a');
  bench.ask('a');
  bench.wait_for_answers(2);
  std::ranges::sort(bench.answers);
  EXPECT_EQ(bench.answers, (std::vector<std::string>{"1", "2"}));
}

TEST(LinkTest, FailsAtOnceWhenNobodyListens) {
  Bench bench{"/nowhere/verify.sock"};
  bench.ask('a');
  bench.wait_for_answers(1);
  EXPECT_EQ(bench.answers.front(), "failed");
}

TEST(LinkTest, FailsWhatWaitsWhenTheDaemonHangsUpAndComesBack) {
  FakeDaemon daemon{[](int connection, std::string_view body) -> std::optional<std::string> {
    if (connection == 1) return std::nullopt;
    return reply(id_of(body), 7);
  }};
  Bench bench{daemon.path};
  bench.connect();
  bench.ask('a');
  bench.ask('b');
  bench.wait_for_answers(2);
  EXPECT_EQ(bench.answers, (std::vector<std::string>{"failed", "failed"}));
  bench.connect();
  bench.ask('c');
  bench.wait_for_answers(3);
  EXPECT_EQ(bench.answers.back(), "7");
}

TEST(LinkTest, FailsWhatWaitsWhenTheConnectionIsRefused) {
  FakeDaemon daemon{[](int, std::string_view) { return test::denied(""); }};
  Bench bench{daemon.path};
  bench.connect();
  bench.ask('a');
  bench.wait_for_answers(1);
  EXPECT_EQ(bench.answers.front(), "failed");
}

TEST(LinkTest, FailsWhatWaitsWhenTheDaemonTalksNonsense) {
  FakeDaemon daemon{[](int, std::string_view) { return "HTTP/1.1 200 OK\r\n\r\n"; }};
  Bench bench{daemon.path};
  bench.connect();
  bench.ask('a');
  bench.wait_for_answers(1);
  EXPECT_EQ(bench.answers.front(), "failed");
}

TEST(LinkTest, DoesNotTakeAnAnswerToAnotherQuestion) {
  FakeDaemon daemon{
      [](int, std::string_view body) { return reply(id('z'), 1) + reply(id_of(body), 2); }};
  Bench bench{daemon.path};
  bench.connect();
  bench.ask('a');
  bench.wait_for_answers(1);
  EXPECT_EQ(bench.answers.front(), "2");
}

TEST(LinkTest, GivesUpADaemonThatStandsStill) {
  FakeDaemon daemon{[](int, std::string_view) { return ""; }};
  Bench bench{daemon.path};
  bench.connect();
  bench.ask('a');
  bench.run_until([&] { return bench.link->waiting() == 1; });
  bench.link->check(std::chrono::steady_clock::now());
  EXPECT_TRUE(bench.answers.empty());
  bench.link->check(std::chrono::steady_clock::now() + Link::kAnswerLimit);
  bench.wait_for_answers(1);
  EXPECT_EQ(bench.answers.front(), "failed");
}

}  // namespace
}  // namespace countersign::client
