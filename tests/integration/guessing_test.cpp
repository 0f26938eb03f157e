// SPDX-License-Identifier: Apache-2.0
// Ten thousand guesses at once, under a hundred spellings of one name and across a kill -9: no more
// are evaluated than the policy says, as counted by the PKCS#11 module that the workers load; and
// the owner signs in meanwhile.
#include "tests/support/appliance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <stdexcept>
#include <thread>

namespace countersign::test {
namespace {

using testing::IsEmpty;

constexpr const char* kHome = "192.0.2.10";
constexpr std::size_t kConnections = 400;
constexpr std::size_t kGuessesOnEach = 25;  // 10 000 together, all sent before any answer is read
constexpr std::size_t kGuesses = kConnections * kGuessesOnEach;
constexpr int kSpellings = 100;
// The default: of 100 failures 20 are kept for familiar places, and 5 for codes that unlock.
constexpr std::size_t kStrangersMax = 75;
// Of a HOTP factor, by default: ten counters ahead, and the one that was used last.
constexpr std::size_t kSignaturesOfAGuess = 11;
constexpr std::chrono::seconds kAnswerLimit{120};

const char* const kManyMayCome = R"([limits]
connections_per_uid = 4096
in_flight_per_uid = 60000
)";
// Without delays the count alone holds them back.
const char* const kWithoutDelays = R"([limits]
connections_per_uid = 4096
in_flight_per_uid = 60000
[throttle]
failures_free = 100
)";

// Capitals by the bits of `n`, one letter of twice the width in each third, a blank around each
// fifth.
std::string spelling(int n) {
  std::string name;
  int bit = 0;
  for (const char c : std::string_view{"alexandra"}) {
    const bool capital = (n >> bit++ & 1) != 0;
    if (c == 'x' && n % 3 == 0) {
      name += capital ? "\uFF38" : "\uFF58";
    } else {
      name += static_cast<char>(capital ? c - 'a' + 'A' : c);
    }
  }
  return n % 5 == 0 ? " " + name + " " : name;
}

struct Tally {
  std::size_t evaluated = 0;
  std::size_t throttled = 0;
  std::size_t refused = 0;  // too many wait already
  [[nodiscard]] std::size_t answered() const { return evaluated + throttled + refused; }
};

// Strangers, each on a connection of their own.
class Strangers {
 public:
  Strangers(const Appliance& appliance, std::string wrong_code)
      : wrong_code_{std::move(wrong_code)} {
    for (std::size_t i = 0; i < kConnections; ++i) {
      connections_.push_back({appliance.verify_client(), 0});
    }
  }

  // REQUIRES: no answer is outstanding.
  void send(std::size_t guesses) {
    for (std::size_t i = 0; i < guesses; ++i) {
      Connection& one = connections_[i % connections_.size()];
      if (!one.client.send(guess())) throw std::runtime_error{"send"};
      ++one.outstanding;
    }
    for (Connection& one : connections_) {
      if (!one.client.flush(client::within(kAnswerLimit))) throw std::runtime_error{"flush"};
    }
  }
  // As they are sent: the first of each connection, then the second of each.
  void take_until(std::size_t evaluated) {
    while (tally_.evaluated < evaluated) {
      for (Connection& one : connections_) {
        if (one.outstanding > 0 && tally_.evaluated < evaluated) take(one);
      }
    }
  }
  void take_all() {
    for (Connection& one : connections_) {
      while (one.outstanding > 0) take(one);
    }
  }
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  struct Connection {
    client::Client client;
    std::size_t outstanding = 0;
  };

  v1::Request guess() {
    v1::Request request;
    request.set_request_id(*client::new_request_id());
    v1::Verify& verify = *request.mutable_verify();
    verify.mutable_subject()->set_username(spelling(next_ % kSpellings));
    verify.set_passcode(wrong_code_);
    verify.set_client_address("198.51.100." + std::to_string(next_ % 250));
    ++next_;
    return request;
  }
  void take(Connection& from) {
    v1::Reply reply;
    if (!from.client.receive(reply, client::within(kAnswerLimit))) {
      throw std::runtime_error{"receive"};
    }
    --from.outstanding;
    if (reply.verdict().reason() == v1::WRONG_CODE) {
      ++tally_.evaluated;
    } else if (reply.verdict().reason() == v1::THROTTLED) {
      ++tally_.throttled;
    } else if (reply.error().code() == v1::LIMIT_EXCEEDED) {
      ++tally_.refused;
    } else {
      throw std::runtime_error{"unexpected: " + reply.ShortDebugString()};
    }
  }

  std::string wrong_code_;
  std::vector<Connection> connections_;
  Tally tally_;
  int next_ = 0;
};

class Guessing : public testing::Test {
 protected:
  void start(const char* policy) {
    ::setenv("COUNTERSIGN_TEST_MODULE", module_path().c_str(), 1);
    ::setenv("COUNTERSIGN_TEST_SIGNATURES", signatures_file().c_str(), 1);
    appliance_.emplace(Appliance::Options{.policy = policy, .module = CS_COUNTING_MODULE});
    owner_ = appliance_->enrol("Alexandra", v1::HOTP);
    portal_.emplace(appliance_->verify_client());
    ASSERT_TRUE(signs_in());  // which makes home familiar
    key_ = wrapped_key();
    before_ = signatures();
  }

  [[nodiscard]] std::string signatures_file() const { return folder_.file("signatures"); }
  // The wrapped key's beginning, behind the header of a sealed secret.
  std::string wrapped_key() {
    return value("SELECT lower(hex(substr(sealed, 9, 16))) FROM factor WHERE id = " +
                 std::to_string(owner_.factor));
  }
  std::string value(const std::string& sql) {
    std::string output;
    if (appliance_->run({"/usr/bin/sqlite3", "-readonly", appliance_->database(), sql}, &output)) {
      throw std::runtime_error{"sqlite3: " + output};
    }
    return output.substr(0, output.find('\n'));
  }
  // How often a worker signed by the owner's key.
  std::size_t signatures() {
    std::ifstream file{signatures_file()};
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) count += line == key_ ? 1 : 0;
    return count;
  }
  // A code that none of the next thousand counters shows.
  std::string wrong_code() const {
    std::set<std::string> right;
    for (std::uint64_t at = 0; at < 1000; ++at) right.insert(owner_.code(at));
    int code = 0;
    while (right.contains(std::to_string(100'000 + code))) ++code;
    return std::to_string(100'000 + code);
  }
  // From home, by what the token shows next; asks again where the connection broke.
  bool signs_in() {
    v1::Request request;
    request.set_request_id(*client::new_request_id());
    request.mutable_verify()->mutable_subject()->set_username("alexandra");
    request.mutable_verify()->set_passcode(owner_.press());
    request.mutable_verify()->set_client_address(kHome);
    const auto reply = portal_->call(request);
    return reply && accepted(*reply);
  }
  v1::Subject subject() {
    client::Client client = appliance_->provision_client();
    v1::Request request;
    request.mutable_get_subject()->mutable_subject()->set_username("alexandra");
    return client.call(request)->subject();
  }

  TemporaryFolder folder_;
  std::optional<Appliance> appliance_;
  std::optional<client::Client> portal_;
  Token owner_;
  std::string key_;
  std::size_t before_ = 0;
};

TEST_F(Guessing, TenThousandAtOnceAreEvaluatedNoMoreThanThePolicySaysAcrossAKill) {
  start(kWithoutDelays);
  const std::string wrong = wrong_code();
  Strangers early{*appliance_, wrong};
  early.send(kGuesses);
  early.take_until(kStrangersMax / 2);
  appliance_->daemon().kill(SIGKILL);
  (void)appliance_->daemon().wait();
  appliance_->start_daemon();
  // Whoever had no answer asks again.
  Strangers late{*appliance_, wrong};
  late.send(kGuesses - early.tally().answered());
  late.take_all();

  const std::size_t evaluated = (signatures() - before_) / kSignaturesOfAGuess;
  EXPECT_GE(evaluated, kStrangersMax);
  // One was under way when the daemon was killed: nobody was told what came of it.
  EXPECT_LE(evaluated, kStrangersMax + 1);
  EXPECT_LE(early.tally().evaluated + late.tally().evaluated, kStrangersMax);
  EXPECT_EQ(early.tally().answered() + late.tally().answered(), kGuesses);
  EXPECT_EQ(subject().failures(), kStrangersMax);
  EXPECT_EQ(subject().failures_unfamiliar(), kStrangersMax);
  EXPECT_TRUE(signs_in());
  EXPECT_THAT(appliance_->check_store(), IsEmpty());
}

// Each sign-in gives strangers a few more guesses, and they are all counted.
TEST_F(Guessing, TheOwnerSignsInFromAFamiliarPlaceMeanwhile) {
  constexpr std::size_t kSignInsMin = 100;
  start(kManyMayCome);
  Strangers strangers{*appliance_, wrong_code()};
  strangers.send(kGuesses);
  std::atomic<bool> over = false;
  std::thread flood{[&strangers, &over] {
    strangers.take_all();
    over = true;
  }};
  std::size_t tried = 0;
  std::size_t succeeded = 0;
  while (!over) {
    ++tried;
    succeeded += signs_in() ? 1 : 0;
  }
  flood.join();
  EXPECT_GE(tried, kSignInsMin);
  EXPECT_GE(succeeded * 100, tried * 99) << succeeded << " of " << tried;
  EXPECT_EQ(strangers.tally().answered(), kGuesses);

  const std::size_t evaluated = (signatures() - before_ - succeeded) / kSignaturesOfAGuess;
  EXPECT_EQ(evaluated, strangers.tally().evaluated);
  EXPECT_EQ(value("SELECT count(*) FROM journal WHERE event = 1 AND outcome = 1"),
            std::to_string(evaluated));
  EXPECT_LE(std::stoul(value("SELECT max(failures_unfamiliar) FROM journal")), kStrangersMax);
  EXPECT_THAT(appliance_->check_store(), IsEmpty());
}

}  // namespace
}  // namespace countersign::test
