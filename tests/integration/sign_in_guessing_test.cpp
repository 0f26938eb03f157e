// SPDX-License-Identifier: Apache-2.0
// Ten thousand guesses at once at the companion's door: at a password, and at codes by whoever has
// it, in very many sessions. No more are looked at than the policy says, across a kill -9, as
// counted by the PKCS#11 module that the workers load; and owners sign in meanwhile.
#include "tests/integration/strangers.hpp"
#include "tests/integration/worker_count.hpp"
#include "tests/support/account_client.hpp"
#include "tests/support/courier_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <deque>
#include <set>
#include <thread>

namespace countersign::test {
namespace {

using testing::IsEmpty;

constexpr const char* kHome = "192.0.2.10";
constexpr const char* kPassword = "Correct-Horse-42-Battery";
constexpr const char* kWrongPassword = "Correct-Horse-43-Battery";
constexpr std::size_t kConnections = 400;
constexpr std::size_t kGuesses = 10'000;
constexpr std::size_t kWave = 1000;  // of passwords, at once
constexpr int kSessions = 100;
constexpr std::size_t kSessionsMax = 16;  // that one person has
// The default: of 100 failures 20 are kept for familiar places, and 5 for codes that unlock.
constexpr std::size_t kStrangersMax = 75;
// Of a HOTP factor, by default: ten counters ahead, and the one that was used last.
constexpr std::size_t kSignaturesOfAGuess = 11;

const std::string kAccounts = "[account]\nurl = \"https://accounts.example.com\"\n";
// And nobody waits for a whole step of time: it is not a stopwatch that is tried here.
const std::string kManyMayCome = R"([limits]
connections_per_uid = 4096
in_flight_per_uid = 60000
answer_step_ms = 0
)";
// Without delays the count alone holds them back.
const std::string kWithoutDelays = "[throttle]\nfailures_free = 100\n";
const std::string kHashedAtOnce = "[password]\nargon2_memory_kib = 8\nargon2_passes = 1\n";
// Some milliseconds each: the queue is what they meet first.
const std::string kHashed = "[password]\nargon2_memory_kib = 8192\nargon2_passes = 1\n";

Strangers::Guess wrong_passwords() {
  return [](int n) {
    v1::Request request;
    v1::SignIn& sign_in = *request.mutable_sign_in();
    sign_in.mutable_subject()->set_username(spelling(n % kSpellings));
    sign_in.set_password(kWrongPassword);
    sign_in.set_client_address(strange_place(n));
    return request;
  };
}

// Every second one at Alexandra's, the others each at another name's.
Strangers::Guess wrong_passwords_of_many() {
  return [at_one = wrong_passwords()](int n) {
    v1::Request request = at_one(n);
    const bool at_another = n % 2 != 0;
    if (at_another) {
      request.mutable_sign_in()->mutable_subject()->set_username("person" + std::to_string(n));
    }
    return request;
  };
}

// In each of these sessions in turn.
Strangers::Guess wrong_codes(std::vector<std::string> sessions, std::string code) {
  return [sessions = std::move(sessions), code = std::move(code)](int n) {
    v1::Request request;
    request.set_session(sessions[static_cast<std::size_t>(n) % sessions.size()]);
    request.mutable_prove_factor()->set_passcode(code);
    request.mutable_prove_factor()->set_client_address(strange_place(n));
    return request;
  };
}

// Somebody with a password and a token, whom the appliance knows at home.
struct Owner {
  std::string name;
  Token token;
};

class SignInGuessing : public testing::Test {
 protected:
  void start(const std::string& policy) {
    appliance_.emplace(
        Appliance::Options{.policy = kAccounts + policy, .module = CS_COUNTING_MODULE});
    courier_.emplace(*appliance_);
    courier_->take();
    alexandra_ = join("Alexandra");
    alexandras_number_ = subject().id();
  }

  Owner join(const std::string& name) {
    ProvisionClient{*appliance_}.create(name, name + "@example.com");
    AccountClient client{*appliance_};
    EXPECT_EQ(client.open_ticket(ticket_sent()).verdict().answer(), v1::ACCEPTED);
    EXPECT_TRUE(client.set_password(kPassword).set());
    Owner owner{.name = name, .token = appliance_->enrol_another(name, v1::HOTP)};
    EXPECT_TRUE(signs_in(owner));  // which makes home familiar
    return owner;
  }
  std::string ticket_sent() {
    for (;;) {
      for (const v1::OutboundMessage& letter : courier_->take(5)) {
        courier_->report(letter.message_id(), v1::SENT);
        if (letter.kind() == "activation") return ticket_in(letter);
      }
    }
  }

  // From home, by password and by what the token shows next.
  bool signs_in(Owner& owner) {
    AccountClient client{*appliance_};
    client.come_from(kHome);
    return client.sign_in(owner.name, kPassword).answer() == v1::ACCEPTED &&
           client.prove_factor(owner.token.press()).answer() == v1::ACCEPTED &&
           client.get_session().scope() == v1::SCOPE_ACCOUNT && client.end_session();
  }
  // Whoever knows the password, and nothing else: of the sessions that they open, those that stand.
  std::vector<std::string> sessions_of_a_phisher() {
    std::vector<std::string> sessions;
    AccountClient client{*appliance_};
    for (int i = 0; i < kSessions; ++i) {
      client.use_session("");
      client.come_from(strange_place(i));
      EXPECT_EQ(client.sign_in(spelling(i), kPassword).answer(), v1::ACCEPTED);
      sessions.push_back(client.session());
    }
    std::erase_if(sessions, [&client](const std::string& session) {
      client.use_session(session);
      return client.get_session().id() == 0;
    });
    EXPECT_LE(sessions.size(), kSessionsMax);
    EXPECT_FALSE(sessions.empty());
    return sessions;
  }
  // A code that none of the next thousand counters shows.
  std::string wrong_code() const {
    std::set<std::string> right;
    for (std::uint64_t at = 0; at < 1000; ++at) right.insert(alexandra_.token.code(at));
    int code = 0;
    while (right.contains(std::to_string(100'000 + code))) ++code;
    return std::to_string(100'000 + code);
  }

  v1::Subject subject() { return ProvisionClient{*appliance_}.get("alexandra"); }
  std::size_t passwords() { return count_.passwords(alexandras_number_); }
  std::size_t signatures() { return count_.signatures(*appliance_, alexandra_.token.factor); }
  std::string value(const std::string& sql) { return WorkerCount::value(*appliance_, sql); }

  void kill_and_start() {
    appliance_->daemon().kill(SIGKILL);
    (void)appliance_->daemon().wait();
    appliance_->start_daemon();
  }

  WorkerCount count_;
  std::optional<Appliance> appliance_;
  std::optional<CourierClient> courier_;
  Owner alexandra_;
  std::uint64_t alexandras_number_ = 0;
};

TEST_F(SignInGuessing, OfTenThousandPasswordsNoMoreAreComparedThanThePolicySaysAcrossAKill) {
  start(kManyMayCome + kWithoutDelays + kHashedAtOnce);
  const std::size_t before = passwords();
  const auto half = [](const Tally& tally) { return tally.unsaid >= kStrangersMax / 2; };
  Strangers early{*appliance_, "enroll", kConnections, wrong_passwords()};
  while (!half(early.tally())) {
    early.send(kWave);
    early.take_until(half);
  }
  kill_and_start();
  // Whoever had no answer asks again; most are told that too many wait.
  Strangers late{*appliance_, "enroll", kConnections, wrong_passwords()};
  while (early.tally().answered() + late.tally().answered() < kGuesses ||
         late.tally().unsaid <= kStrangersMax) {
    late.send(kWave);
    late.take_all();
  }

  const std::size_t compared = passwords() - before;
  EXPECT_GE(compared, kStrangersMax);
  // One was under way when the daemon was killed: nobody was told what came of it.
  EXPECT_LE(compared, kStrangersMax + 1);
  EXPECT_EQ(subject().failures_unfamiliar(), kStrangersMax);
  // Who guessed it at last would not be told.
  AccountClient stranger{*appliance_};
  stranger.come_from(strange_place(0));
  EXPECT_EQ(stranger.sign_in("alexandra", kPassword).answer(), v1::REJECTED);
  EXPECT_TRUE(signs_in(alexandra_));
  EXPECT_THAT(appliance_->check_store(), IsEmpty());
}

TEST_F(SignInGuessing, OfTenThousandCodesInManySessionsNoMoreAreLookedAtAcrossAKill) {
  start(kManyMayCome + kWithoutDelays + kHashedAtOnce);
  const std::vector<std::string> sessions = sessions_of_a_phisher();
  const std::size_t before = signatures();
  const std::string wrong = wrong_code();
  Strangers early{*appliance_, "enroll", kConnections, wrong_codes(sessions, wrong)};
  early.send(kGuesses);
  early.take_until([](const Tally& tally) { return tally.evaluated >= kStrangersMax / 2; });
  kill_and_start();
  Strangers late{*appliance_, "enroll", kConnections, wrong_codes(sessions, wrong)};
  late.send(kGuesses - early.tally().answered());
  late.take_all();
  EXPECT_EQ(early.tally().answered() + late.tally().answered(), kGuesses);

  const std::size_t evaluated = (signatures() - before) / kSignaturesOfAGuess;
  EXPECT_GE(evaluated, kStrangersMax);
  EXPECT_LE(evaluated, kStrangersMax + 1);
  EXPECT_LE(early.tally().evaluated + late.tally().evaluated, kStrangersMax);
  EXPECT_EQ(subject().failures_unfamiliar(), kStrangersMax);
  EXPECT_TRUE(signs_in(alexandra_));
  EXPECT_THAT(appliance_->check_store(), IsEmpty());
}

// The right password forgives no wrong code.
TEST_F(SignInGuessing, ASessionForEachCodeGivesNoMoreOfThem) {
  start(kManyMayCome + kWithoutDelays + kHashedAtOnce);
  const std::size_t before = signatures();
  const std::string wrong = wrong_code();
  for (std::size_t i = 0; i < 2 * kStrangersMax; ++i) {
    AccountClient phisher{*appliance_};
    phisher.come_from(strange_place(static_cast<int>(i)));
    if (phisher.sign_in("alexandra", kPassword).answer() != v1::ACCEPTED) continue;
    EXPECT_EQ(phisher.prove_factor(wrong).reason(), v1::WRONG_CODE);
  }
  EXPECT_EQ((signatures() - before) / kSignaturesOfAGuess, kStrangersMax);
  EXPECT_TRUE(signs_in(alexandra_));
}

// Nor between a password and a code.
TEST_F(SignInGuessing, ThePasswordAloneEndsNoneOfTheOwnersSessions) {
  start(kManyMayCome + kHashedAtOnce);
  AccountClient desk{*appliance_};
  desk.come_from(kHome);
  ASSERT_EQ(desk.sign_in("alexandra", kPassword).answer(), v1::ACCEPTED);
  ASSERT_EQ(desk.prove_factor(alexandra_.token.press()).answer(), v1::ACCEPTED);
  AccountClient sofa{*appliance_};
  sofa.come_from(kHome);
  ASSERT_EQ(sofa.sign_in("alexandra", kPassword).answer(), v1::ACCEPTED);
  for (int i = 0; i < kSessions; ++i) {
    AccountClient phisher{*appliance_};
    phisher.come_from(strange_place(i));
    EXPECT_EQ(phisher.sign_in("alexandra", kPassword).answer(), v1::ACCEPTED);
  }
  EXPECT_EQ(sofa.prove_factor(alexandra_.token.press()).answer(), v1::ACCEPTED);
  EXPECT_EQ(desk.get_session().scope(), v1::SCOPE_ACCOUNT);
  EXPECT_THAT(appliance_->check_store(), IsEmpty());
}

// By all means at once. Each sign-in gives strangers a few more guesses, and they are all counted.
TEST_F(SignInGuessing, OwnersSignInFromAFamiliarPlaceMeanwhile) {
  constexpr std::size_t kSignInsMin = 100;
  start(kManyMayCome + kHashed);
  std::vector<Owner> owners{alexandra_, join("Beatrix"), join("Claudia")};
  Strangers at_codes{*appliance_, "enroll", kConnections,
                     wrong_codes(sessions_of_a_phisher(), wrong_code())};
  Strangers at_passwords{*appliance_, "enroll", kConnections, wrong_passwords_of_many()};
  std::atomic<bool> over = false;
  std::thread flood{[&at_codes, &at_passwords, &over] {
    at_codes.send(kGuesses);
    while (!over) {
      at_passwords.send(kWave);
      at_passwords.take_all();
    }
    at_codes.take_all();
  }};
  std::size_t succeeded = 0;
  for (std::size_t tried = 0; tried < kSignInsMin; ++tried) {
    succeeded += signs_in(owners[tried % owners.size()]) ? 1 : 0;
  }
  over = true;
  flood.join();
  EXPECT_GE(succeeded * 100, kSignInsMin * 99) << succeeded << " of " << kSignInsMin;
  EXPECT_GT(at_passwords.tally().refused, kConnections);  // it was a flood
  EXPECT_LE(std::stoul(value("SELECT max(failures_unfamiliar) FROM journal")), kStrangersMax);
  EXPECT_THAT(appliance_->check_store(), IsEmpty());
}

// With the limits that a peer has by default: one person's queue takes nothing from another's.
TEST_F(SignInGuessing, AFloodAtOnePersonHoldsUpNobodyElse) {
  constexpr std::size_t kFewConnections = 200;
  constexpr std::chrono::seconds kSoon{5};
  start("");
  Owner beatrix = join("Beatrix");
  Strangers strangers{*appliance_, "enroll", kFewConnections, wrong_passwords()};
  strangers.send(kGuesses);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_TRUE(signs_in(beatrix));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, kSoon);
  strangers.take_all();
  EXPECT_EQ(strangers.tally().answered(), kGuesses);
}

}  // namespace
}  // namespace countersign::test
