// SPDX-License-Identifier: Apache-2.0
// Several connections to the daemon: which of them is asked, and when none is.
#include "clients/link/links.hpp"

#include "tests/unit/client_fake_daemon.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include <functional>
#include <mutex>
#include <set>
#include <string>

namespace countersign::client {
namespace {

using test::FakeDaemon;

constexpr std::chrono::seconds kPatience{10};

awaitable<Result<v1::Reply>> asked(Links& links) {
  v1::Request request;
  request.set_request_id(links.fresh_id());
  request.mutable_get_session();
  co_return co_await links.ask(request);
}

struct Bench {
  explicit Bench(const std::string& path) : links{loop.get_executor(), path} { links.start(); }
  ~Bench() {
    links.stop();
    loop.restart();
    loop.run_for(kPatience);
  }
  void run_until(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    bool held = holds();
    for (; !held && std::chrono::steady_clock::now() < end; held = holds()) {
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds{10});
    }
    ASSERT_TRUE(held);
  }
  void ask() {
    auto took = [this](const std::exception_ptr&, Result<v1::Reply> answer) {
      answer ? ++answered : ++failed;
    };
    boost::asio::co_spawn(loop.get_executor(), asked(links), took);
  }

  boost::asio::io_context loop{1};
  Links links;
  std::size_t answered = 0;
  std::size_t failed = 0;
};

// Answers whatever is asked on any connection but keeps silent if it is told to, and knows who
// came.
struct Listener {
  explicit Listener(bool answers)
      : daemon{[this, answers](int connection, std::string_view body) -> std::string {
          const std::lock_guard lock{mutex};
          connections.insert(connection);
          ++questions;
          return answers ? test::frame(body.substr(0, kIdFieldBytes)) : "";
        }} {}
  std::size_t heard() {
    const std::lock_guard lock{mutex};
    return questions;
  }

  static constexpr std::size_t kIdFieldBytes = 26;  // 16 random bytes, a number of eight
  std::mutex mutex;
  std::set<int> connections;
  std::size_t questions = 0;
  FakeDaemon daemon;
};

TEST(Links, AskUnderIdsThatAreLikeNoOthers) {
  boost::asio::io_context loop{1};
  Links one{loop.get_executor(), "/nowhere/s"};
  Links other{loop.get_executor(), "/nowhere/s"};
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    ids.insert(one.fresh_id());
    ids.insert(other.fresh_id());
  }
  EXPECT_EQ(ids.size(), 200U);
}

TEST(Links, FailAtOnceWhenNobodyListens) {
  Bench bench{"/nowhere/enroll.sock"};
  bench.ask();
  bench.run_until([&] { return bench.failed == 1; });
}

TEST(Links, GetAnswers) {
  Listener listener{true};
  Bench bench{listener.daemon.path};
  // Until a connection is up, questions fail at once.
  bench.run_until([&] {
    bench.ask();
    return bench.answered > 0;
  });
}

TEST(Links, AskWhoseConnectionHasLeastToDo) {
  Listener listener{false};
  Bench bench{listener.daemon.path};
  // A silent daemon keeps each of them busy with what it was asked before.
  bench.run_until([&] {
    bench.ask();
    const std::lock_guard lock{listener.mutex};
    return listener.connections.size() == Links::kLinks;
  });
}

TEST(Links, RefuseWhatTheDaemonWouldLetWait) {
  Listener listener{false};
  Bench bench{listener.daemon.path};
  bench.run_until([&] {
    bench.ask();
    return listener.heard() > 0;
  });
  const std::size_t before = bench.failed;  // until it was found
  for (std::size_t i = 0; i < Links::kInFlightMax; ++i) bench.ask();
  bench.run_until([&] { return bench.failed > before; });
  bench.run_until([&] { return listener.heard() == Links::kInFlightMax; });
}

TEST(Links, GiveUpWhatIsOverdue) {
  Listener listener{false};
  Bench bench{listener.daemon.path};
  bench.run_until([&] {
    bench.ask();
    return listener.heard() > 0;
  });
  const std::size_t before = bench.failed;
  bench.links.check(std::chrono::steady_clock::now() + Link::kAnswerLimit);
  bench.run_until([&] { return bench.failed > before; });
}

}  // namespace
}  // namespace countersign::client
