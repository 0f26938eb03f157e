// SPDX-License-Identifier: Apache-2.0
// Ten thousand guesses at once, under a hundred spellings of one name and across a kill -9: no more
// are evaluated than the policy says, as counted by the PKCS#11 module that the workers load; and
// the owner signs in meanwhile.
#include "tests/integration/strangers.hpp"
#include "tests/integration/worker_count.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <set>
#include <thread>

namespace countersign::test {
namespace {

using testing::IsEmpty;

constexpr const char* kHome = "192.0.2.10";
constexpr std::size_t kConnections = 400;
constexpr std::size_t kGuessesOnEach = 25;  // 10 000 together, all sent before any answer is read
constexpr std::size_t kGuesses = kConnections * kGuessesOnEach;
// The default: of 100 failures 20 are kept for familiar places, and 5 for codes that unlock.
constexpr std::size_t kStrangersMax = 75;
// Of a HOTP factor, by default: ten counters ahead, and the one that was used last.
constexpr std::size_t kSignaturesOfAGuess = 11;

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

// A code that is none of hers, from anywhere.
Strangers::Guess wrong_codes(std::string code) {
  return [code = std::move(code)](int n) {
    v1::Request request;
    v1::Verify& verify = *request.mutable_verify();
    verify.mutable_subject()->set_username(spelling(n % kSpellings));
    verify.set_passcode(code);
    verify.set_client_address(strange_place(n));
    return request;
  };
}

class Guessing : public testing::Test {
 protected:
  void start(const char* policy) {
    appliance_.emplace(Appliance::Options{.policy = policy, .module = CS_COUNTING_MODULE});
    owner_ = appliance_->enrol("Alexandra", v1::HOTP);
    portal_.emplace(appliance_->verify_client());
    ASSERT_TRUE(signs_in());  // which makes home familiar
    before_ = signatures();
  }

  // How often a worker signed by the owner's key.
  std::size_t signatures() { return count_.signatures(*appliance_, owner_.factor); }
  std::string value(const std::string& sql) { return WorkerCount::value(*appliance_, sql); }
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

  WorkerCount count_;
  std::optional<Appliance> appliance_;
  std::optional<client::Client> portal_;
  Token owner_;
  std::size_t before_ = 0;
};

TEST_F(Guessing, TenThousandAtOnceAreEvaluatedNoMoreThanThePolicySaysAcrossAKill) {
  start(kWithoutDelays);
  const std::string wrong = wrong_code();
  Strangers early{*appliance_, "verify", kConnections, wrong_codes(wrong)};
  early.send(kGuesses);
  early.take_until([](const Tally& tally) { return tally.evaluated >= kStrangersMax / 2; });
  appliance_->daemon().kill(SIGKILL);
  (void)appliance_->daemon().wait();
  appliance_->start_daemon();
  // Whoever had no answer asks again.
  Strangers late{*appliance_, "verify", kConnections, wrong_codes(wrong)};
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
  Strangers strangers{*appliance_, "verify", kConnections, wrong_codes(wrong_code())};
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
