// SPDX-License-Identifier: Apache-2.0
// Challenge-response factors, end to end on the real parts: enrol, confirm, challenge, answer,
// refuse. The key in the slot is OpenSSL's HMAC.
#include "tests/support/appliance.hpp"
#include "tests/support/daemon_clock.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/hmac.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <set>

namespace countersign::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kConnections = 64;

// The losers of a race are failures.
const char* const kPatientPolicy = R"([throttle]
failures_free = 99
)";

const std::string kSecret = "0123456789abcdefghij";

std::string response_to(const v1::Challenge& challenge, const std::string& secret = kSecret) {
  const Bytes mac = hmac(HashAlgorithm::sha1, as_bytes(secret), as_bytes(challenge.challenge()));
  return std::string{as_text(mac)};
}

class ChallengeResponse : public testing::Test {
 protected:
  explicit ChallengeResponse(Appliance::Options options = {.policy = kPatientPolicy})
      : appliance_{std::move(options)} {}

  static v1::Reply ask(client::Client& client, const v1::Request& request) {
    auto reply = client.call(request);
    if (!reply) ADD_FAILURE() << "no answer: " << reply.error().operation.view();
    return reply ? *reply : v1::Reply{};
  }
  v1::Enrolment enrol(const std::string& username, const std::string& secret = kSecret) {
    v1::Request create;
    create.mutable_create_subject()->mutable_subject()->set_username(username);
    ask(accounts_, create);
    v1::Request request;
    v1::EnrolChallengeResponse& enrol = *request.mutable_enrol_challenge_response();
    enrol.mutable_subject()->set_username(username);
    enrol.set_label("blue key");
    enrol.set_secret(secret);
    const v1::Reply reply = ask(accounts_, request);
    EXPECT_TRUE(reply.has_enrolment()) << reply.ShortDebugString();
    return reply.enrolment();
  }
  v1::Reply start_reply(client::Client& client, const std::string& username,
                        std::uint64_t factor = 0) {
    v1::Request request;
    request.mutable_start_challenge()->mutable_subject()->set_username(username);
    request.mutable_start_challenge()->set_factor_id(factor);
    return ask(client, request);
  }
  v1::Challenge start(client::Client& client, const std::string& username,
                      std::uint64_t factor = 0) {
    const v1::Reply reply = start_reply(client, username, factor);
    EXPECT_TRUE(reply.has_challenge()) << reply.ShortDebugString();
    return reply.challenge();
  }
  static v1::Request answer_request(const v1::Challenge& challenge, const std::string& response) {
    v1::Request request;
    request.set_request_id(*client::new_request_id());
    request.mutable_answer_challenge()->set_challenge_id(challenge.challenge_id());
    request.mutable_answer_challenge()->set_response(response);
    return request;
  }
  v1::Reply answer(client::Client& client, const v1::Challenge& challenge,
                   const std::string& response) {
    return ask(client, answer_request(challenge, response));
  }
  void confirm(const std::string& username, std::uint64_t factor) {
    const v1::Challenge challenge = start(accounts_, username, factor);
    EXPECT_TRUE(accepted(answer(accounts_, challenge, response_to(challenge))));
  }
  std::uint64_t enrol_active(const std::string& username) {
    const std::uint64_t factor = enrol(username).factor().id();
    confirm(username, factor);
    return factor;
  }

  Appliance appliance_;
  client::Client accounts_ = appliance_.provision_client();
  client::Client portal_ = appliance_.verify_client();
};

TEST_F(ChallengeResponse, AFactorIsConfirmedAndAnswersEachChallengeOnce) {
  const v1::Enrolment enrolled = enrol("alice");
  EXPECT_EQ(enrolled.factor().kind(), v1::CHALRESP);
  EXPECT_EQ(enrolled.factor().state(), v1::PENDING);
  EXPECT_EQ(enrolled.factor().digits(), 0u);
  EXPECT_THAT(enrolled.challenge_response_key(), IsEmpty());
  const std::uint64_t factor = enrolled.factor().id();
  EXPECT_EQ(start(portal_, "alice", factor).factor_id(), 0u);
  confirm("alice", factor);

  const v1::Challenge challenge = start(portal_, "alice");
  EXPECT_EQ(challenge.factor_id(), factor);
  EXPECT_EQ(challenge.kind(), v1::CHALRESP);
  EXPECT_EQ(challenge.lifetime_seconds(), 120u);
  EXPECT_EQ(challenge.challenge().size(), 32u);
  const v1::Reply first = answer(portal_, challenge, response_to(challenge));
  EXPECT_TRUE(accepted(first)) << first.ShortDebugString();
  EXPECT_EQ(first.verdict().kind(), v1::CHALRESP);
  EXPECT_EQ(first.verdict().factor_id(), factor);
  const v1::Reply second = answer(portal_, challenge, response_to(challenge));
  EXPECT_EQ(second.verdict().reason(), v1::REPLAYED) << second.ShortDebugString();
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(ChallengeResponse, AGeneratedSecretIsShownOnceAndWorks) {
  const v1::Enrolment enrolled = enrol("alice", "");
  const std::string secret = enrolled.challenge_response_key();
  ASSERT_EQ(secret.size(), 20u);
  const v1::Challenge challenge = start(accounts_, "alice", enrolled.factor().id());
  EXPECT_FALSE(accepted(answer(accounts_, challenge, response_to(challenge))));
  EXPECT_TRUE(accepted(answer(accounts_, challenge, response_to(challenge, secret))));
}

TEST_F(ChallengeResponse, ALostReplyIsGivenAgain) {
  enrol_active("alice");
  const v1::Challenge challenge = start(portal_, "alice");
  const v1::Request request = answer_request(challenge, response_to(challenge));
  EXPECT_FALSE(ask(portal_, request).verdict().repeated());
  const v1::Reply again = ask(portal_, request);
  EXPECT_TRUE(accepted(again) && again.verdict().repeated()) << again.ShortDebugString();
}

TEST_F(ChallengeResponse, SurvivesARestart) {
  enrol_active("alice");
  const v1::Challenge used = start(portal_, "alice");
  ASSERT_TRUE(accepted(answer(portal_, used, response_to(used))));
  const v1::Challenge open = start(portal_, "alice");
  EXPECT_FALSE(accepted(answer(portal_, open, std::string(20, 'x'))));
  appliance_.stop_daemon();
  appliance_.start_daemon();
  client::Client portal = appliance_.verify_client();
  EXPECT_EQ(answer(portal, used, response_to(used)).verdict().reason(), v1::REPLAYED);
  EXPECT_TRUE(accepted(answer(portal, open, response_to(open))));
}

TEST_F(ChallengeResponse, WrongAnswersAreCountedAndTheFifthIsTheLast) {
  enrol_active("alice");
  const v1::Challenge challenge = start(portal_, "alice");
  for (int i = 0; i < 5; ++i) {
    const v1::Reply wrong = answer(portal_, challenge, std::string(20, 'x'));
    EXPECT_EQ(wrong.verdict().reason(), v1::WRONG_CODE) << wrong.ShortDebugString();
  }
  const v1::Reply late = answer(portal_, challenge, response_to(challenge));
  EXPECT_EQ(late.verdict().reason(), v1::EXPIRED) << late.ShortDebugString();
  v1::Request get;
  get.mutable_get_subject()->mutable_subject()->set_username("alice");
  EXPECT_EQ(ask(accounts_, get).subject().failures(), 5u);
}

TEST_F(ChallengeResponse, ANameThatNobodyBearsIsAskedInVain) {
  const v1::Challenge challenge = start(portal_, "mallory");
  EXPECT_EQ(challenge.challenge().size(), 32u);
  EXPECT_EQ(challenge.lifetime_seconds(), 120u);
  const v1::Reply reply = answer(portal_, challenge, std::string(20, 'x'));
  EXPECT_EQ(reply.verdict().reason(), v1::NO_SUCH_FACTOR) << reply.ShortDebugString();
  v1::Challenge invented;
  invented.set_challenge_id(4711);
  EXPECT_EQ(answer(portal_, invented, std::string(20, 'x')).verdict().reason(), v1::EXPIRED);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(ChallengeResponse, QuestionsAreBounded) {
  const auto malformed = [](const v1::Reply& reply) {
    return reply.error().code() == v1::MALFORMED;
  };
  v1::Challenge challenge;
  EXPECT_TRUE(malformed(answer(portal_, challenge, std::string(20, 'x'))));
  challenge.set_challenge_id(1ULL << 63);
  EXPECT_TRUE(malformed(answer(portal_, challenge, std::string(20, 'x'))));
  challenge.set_challenge_id(1);
  EXPECT_TRUE(malformed(answer(portal_, challenge, "")));
  EXPECT_TRUE(malformed(answer(portal_, challenge, std::string(65, 'x'))));
  v1::Request request;
  request.mutable_start_challenge();
  EXPECT_TRUE(malformed(ask(portal_, request)));
  for (const std::size_t size : {1, 19, 21, 64}) {
    v1::Request enrol;
    enrol.mutable_enrol_challenge_response()->mutable_subject()->set_username("alice");
    enrol.mutable_enrol_challenge_response()->set_secret(std::string(size, 's'));
    EXPECT_TRUE(malformed(ask(accounts_, enrol))) << size;
  }
}

TEST_F(ChallengeResponse, ACodeIsNoAnswerAndAnAnswerNoCode) {
  const Token token = appliance_.enrol("alice", v1::TOTP);
  enrol_active("alice");
  EXPECT_TRUE(accepted(verify(portal_, "alice", token.now(+1))));
  v1::Request resynchronise;
  resynchronise.mutable_resynchronise_factor()->set_factor_id(token.factor + 1);
  resynchronise.mutable_resynchronise_factor()->set_first_passcode("123456");
  resynchronise.mutable_resynchronise_factor()->set_second_passcode("123456");
  client::Client admin = appliance_.admin_client();
  EXPECT_EQ(ask(admin, resynchronise).error().code(), v1::MALFORMED);
  v1::Request confirm;
  confirm.mutable_confirm_factor()->set_factor_id(enrol("alice").factor().id());
  confirm.mutable_confirm_factor()->set_passcode("123456");
  EXPECT_EQ(ask(accounts_, confirm).verdict().reason(), v1::NO_SUCH_FACTOR);
}

// Every connection answers every challenge before any verdict is read.
TEST_F(ChallengeResponse, OfManyAnswersAtOnceExactlyOneIsAccepted) {
  constexpr int kPeople = 20;
  std::vector<client::Client> clients;
  for (std::size_t i = 0; i < kConnections; ++i) clients.push_back(appliance_.verify_client());
  for (int i = 0; i < kPeople; ++i) enrol_active("person-" + std::to_string(i));
  for (int round = 0; round < 5; ++round) {
    std::vector<v1::Challenge> challenges;
    for (int i = 0; i < kPeople; ++i) {
      challenges.push_back(start(portal_, "person-" + std::to_string(i)));
    }
    for (client::Client& client : clients) {
      for (const v1::Challenge& challenge : challenges) {
        ASSERT_TRUE(client.send(answer_request(challenge, response_to(challenge))));
      }
      ASSERT_TRUE(client.flush());
    }
    std::multiset<std::uint64_t> accepted_factors;
    for (std::size_t i = 0; i < kConnections * challenges.size(); ++i) {
      v1::Reply reply;
      ASSERT_TRUE(clients[i / challenges.size()].receive(reply));
      if (accepted(reply)) accepted_factors.insert(reply.verdict().factor_id());
    }
    std::multiset<std::uint64_t> once;
    for (const v1::Challenge& challenge : challenges) once.insert(challenge.factor_id());
    ASSERT_EQ(accepted_factors, once) << "round " << round;
  }
}

TEST_F(ChallengeResponse, EditedChallengesAreRefused) {
  enrol_active("alice");
  for (const char* edit : {"UPDATE challenge SET value = zeroblob(32)",
                           "UPDATE challenge SET expires_at_ms = expires_at_ms + 60000",
                           "UPDATE challenge SET position = -1"}) {
    SCOPED_TRACE(edit);
    const v1::Challenge challenge = start(portal_, "alice");
    ASSERT_TRUE(accepted(answer(portal_, challenge, response_to(challenge))));
    ASSERT_EQ(appliance_.run({"/usr/bin/sqlite3", "-bail", appliance_.database(), edit}), 0);
    const v1::Reply reply = answer(portal_, challenge, response_to(challenge));
    EXPECT_EQ(reply.error().code(), v1::TAMPERED) << reply.ShortDebugString();
  }
}

// The row as it truly was before the answer fits its MAC, and the journal tells of the answer.
TEST_F(ChallengeResponse, PutBackAfterTheirAnswerChallengesAreRefused) {
  enrol_active("alice");
  const std::string kept = "ATTACH '" + appliance_.path("kept.db") + "' AS kept;";
  const auto edit = [&](const std::string& sql) {
    ASSERT_EQ(appliance_.run({"/usr/bin/sqlite3", "-bail", appliance_.database(), kept + sql}), 0);
  };
  const auto keep = [&] {
    edit(
        "DROP TABLE IF EXISTS kept.challenge;"
        "CREATE TABLE kept.challenge AS SELECT * FROM main.challenge");
  };
  const auto put_back = [&] {
    edit("INSERT OR REPLACE INTO main.challenge SELECT * FROM kept.challenge");
  };
  const v1::Challenge used = start(portal_, "alice");
  keep();
  ASSERT_TRUE(accepted(answer(portal_, used, response_to(used))));
  put_back();
  EXPECT_EQ(answer(portal_, used, response_to(used)).error().code(), v1::TAMPERED);
  // Four of its five tries are over, and would not be.
  const v1::Challenge tried = start(portal_, "alice");
  keep();
  for (int i = 0; i < 4; ++i) {
    const v1::Reply wrong = answer(portal_, tried, std::string(20, 'x'));
    EXPECT_EQ(wrong.verdict().reason(), v1::WRONG_CODE) << wrong.ShortDebugString();
  }
  put_back();
  EXPECT_EQ(answer(portal_, tried, response_to(tried)).error().code(), v1::TAMPERED);
  EXPECT_THAT(appliance_.check_store(),
              Contains(HasSubstr("was put back after it had been answered")));
}

TEST_F(ChallengeResponse, TheCommandDoesItAll) {
  std::string output;
  const auto countersign = [&](std::vector<std::string> words) {
    std::vector<std::string> all{"countersign", "--run-dir", appliance_.path("run")};
    all.insert(all.end(), words.begin(), words.end());
    return appliance_.run(std::move(all), &output);
  };
  const auto value_of = [&output](const std::string& name) {
    const std::size_t at = output.find(name + ": ") + name.size() + 2;
    return output.substr(at, output.find('\n', at) - at);
  };
  const std::string secret_file = appliance_.path("secret");
  const std::string response_file = appliance_.path("response");
  ASSERT_EQ(countersign({"subject", "create", "alice"}), 0) << output;
  std::ofstream{secret_file} << to_hex(as_bytes(kSecret)) << '\n';
  ASSERT_EQ(
      countersign({"factor", "enrol-challenge-response", "alice", "--secret-file", secret_file}), 0)
      << output;
  const std::string factor = value_of("factor");
  ASSERT_EQ(countersign({"challenge", "start", "--confirm", "--factor", factor, "alice"}), 0)
      << output;
  v1::Challenge challenge;
  challenge.set_challenge(std::string{as_text(from_hex(value_of("ask")))});
  std::ofstream{response_file} << to_hex(as_bytes(response_to(challenge))) << '\n';
  const std::string id = value_of("challenge");
  const std::vector<std::string> answer{"challenge", "answer",          "--confirm",
                                        id,          "--response-file", response_file};
  EXPECT_EQ(countersign(answer), 0) << output;
  EXPECT_THAT(output, HasSubstr("accepted"));
  EXPECT_NE(countersign(answer), 0) << output;
  EXPECT_THAT(output, HasSubstr("replayed"));
}

class ChallengeResponseInTime : public ChallengeResponse {
 protected:
  ChallengeResponseInTime()
      : ChallengeResponse{{.policy = kPatientPolicy, .daemon_prefix = clock_.prefix()}} {}

  static inline const std::int64_t kStart = std::time(nullptr);
  static inline DaemonClock clock_{kStart};
};

TEST_F(ChallengeResponseInTime, AnAnswerAfterTwoMinutesIsTooLate) {
  clock_.set(kStart);
  enrol_active("alice");
  const v1::Challenge early = start(portal_, "alice");
  const v1::Challenge late = start(portal_, "alice");
  clock_.set(kStart + 119);
  EXPECT_TRUE(accepted(answer(portal_, early, response_to(early))));
  clock_.set(kStart + 120);
  EXPECT_EQ(answer(portal_, late, response_to(late)).verdict().reason(), v1::EXPIRED);
}

}  // namespace
}  // namespace countersign::test
