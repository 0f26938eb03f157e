// SPDX-License-Identifier: Apache-2.0
// Codes by SMS and e-mail on the real parts, up to the courier's socket: start, take, answer,
// refuse. What the courier does with a message is shown elsewhere.
#include "tests/support/appliance.hpp"
#include "tests/support/courier_client.hpp"
#include "tests/support/daemon_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <fstream>
#include <thread>

namespace countersign::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Property;

const char* const kPolicy = R"([throttle]
failures_free = 99
[[sms.prefix]]
prefix = "+358"
per_hour = 500
)";
const std::string kNumber = "+358401234512";
const std::string kAddress = "alice@example.com";

struct Channel {
  v1::FactorKind kind;
  std::string destination;
  std::string masked;
};

class CodesEndToEnd : public testing::Test {
 protected:
  explicit CodesEndToEnd(Appliance::Options options = {.policy = kPolicy})
      : appliance_{std::move(options)} {
    create("alice");
    courier_.take();
  }

  static v1::Reply ask(client::Client& client, const v1::Request& request) {
    auto reply = client.call(request);
    if (!reply) ADD_FAILURE() << "no answer: " << reply.error().operation.view();
    return reply ? *reply : v1::Reply{};
  }
  void create(const std::string& username) {
    v1::Request request;
    request.mutable_create_subject()->mutable_subject()->set_username(username);
    EXPECT_TRUE(ask(accounts_, request).has_subject());
  }
  v1::Reply enrol(v1::FactorKind kind, const std::string& destination) {
    v1::Request request;
    v1::EnrolOutOfBand& enrol = *request.mutable_enrol_out_of_band();
    enrol.mutable_subject()->set_username("alice");
    enrol.set_kind(kind);
    enrol.set_destination(destination);
    return ask(accounts_, request);
  }
  static v1::Request wish(v1::FactorKind kind, const std::string& username = "alice") {
    v1::Request request;
    request.mutable_start_challenge()->mutable_subject()->set_username(username);
    request.mutable_start_challenge()->set_kind(kind);
    request.mutable_start_challenge()->set_client_address("192.0.2.7");
    return request;
  }
  v1::Challenge start(client::Client& client, const v1::Request& request) {
    const v1::Reply reply = ask(client, request);
    EXPECT_EQ(reply.challenge().delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY)
        << reply.ShortDebugString();
    return reply.challenge();
  }
  static v1::Request answer_request(const v1::Challenge& challenge, const std::string& code) {
    v1::Request request;
    request.mutable_answer_challenge()->set_challenge_id(challenge.challenge_id());
    request.mutable_answer_challenge()->set_passcode(code);
    return request;
  }
  v1::Verdict answer(client::Client& client, const v1::Challenge& challenge,
                     const std::string& code) {
    return ask(client, answer_request(challenge, code)).verdict();
  }
  // A factor that was confirmed by the code that it was sent.
  std::uint64_t enrol_active(const Channel& channel) {
    const v1::Reply enrolled = enrol(channel.kind, channel.destination);
    EXPECT_EQ(enrolled.enrolment().factor().masked_destination(), channel.masked);
    const std::uint64_t factor = enrolled.enrolment().factor().id();
    v1::Request request = wish(channel.kind);
    request.mutable_start_challenge()->set_factor_id(factor);
    const v1::Challenge challenge = start(accounts_, request);
    const v1::OutboundMessage message = courier_.next();
    EXPECT_EQ(message.kind(), "confirmation");
    EXPECT_EQ(message.destination(), channel.destination);
    courier_.report(message.message_id(), v1::SENT);
    EXPECT_EQ(answer(accounts_, challenge, message.code()).answer(), v1::ACCEPTED);
    return factor;
  }
  v1::CourierStatus status() {
    client::Client admin = appliance_.admin_client();
    v1::Request request;
    request.mutable_get_courier_status();
    return ask(admin, request).courier_status();
  }

  Appliance appliance_;
  client::Client accounts_ = appliance_.provision_client();
  client::Client portal_ = appliance_.verify_client();
  CourierClient courier_{appliance_};
};

class CodesByChannel : public CodesEndToEnd, public testing::WithParamInterface<Channel> {};

TEST_P(CodesByChannel, ConfirmAFactorAndSignInOnce) {
  const Channel& channel = GetParam();
  const std::uint64_t factor = enrol_active(channel);

  const v1::Challenge challenge = start(portal_, wish(channel.kind));
  EXPECT_EQ(challenge.factor_id(), factor);
  EXPECT_EQ(challenge.kind(), channel.kind);
  EXPECT_EQ(challenge.digits(), 6U);
  EXPECT_EQ(challenge.purpose(), v1::SIGN_IN);
  EXPECT_EQ(challenge.delivery().masked_destination(), channel.masked);
  EXPECT_EQ(challenge.delivery().retry_after_seconds(), 30U);
  EXPECT_THAT(challenge.challenge(), IsEmpty());

  const v1::OutboundMessage message = courier_.next();
  EXPECT_EQ(message.channel(), channel.kind);
  EXPECT_EQ(message.kind(), "sign_in");
  EXPECT_EQ(message.code().size(), 6U);
  EXPECT_THAT(courier_.take(), IsEmpty());
  courier_.report(message.message_id(), v1::SENT);
  courier_.report(message.message_id(), v1::DELIVERED);

  EXPECT_EQ(answer(portal_, challenge, message.code()).answer(), v1::ACCEPTED);
  EXPECT_EQ(answer(portal_, challenge, message.code()).reason(), v1::REPLAYED);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Each, CodesByChannel,
                         testing::Values(Channel{v1::SMS, kNumber, "+358 ••••••12"},
                                         Channel{v1::EMAIL, kAddress, "a•••@example.com"}),
                         [](const auto& channel) {
                           return v1::FactorKind_Name(channel.param.kind);
                         });

TEST_F(CodesEndToEnd, OfATransactionAreGoodForItsWordsAlone) {
  enrol_active({v1::SMS, kNumber, "+358 ••••••12"});
  v1::Request request = wish(v1::SMS);
  request.mutable_start_challenge()->set_purpose(v1::TRANSACTION);
  request.mutable_start_challenge()->set_transaction("EUR 1,250.00 to Example Oy");
  const v1::Challenge challenge = start(portal_, request);
  const v1::OutboundMessage message = courier_.next();
  EXPECT_THAT(message.values(),
              Contains(Property(&v1::MessageValue::value, "EUR 1,250.00 to Example Oy")));
  v1::Request agreed = answer_request(challenge, message.code());
  agreed.mutable_answer_challenge()->set_purpose(v1::TRANSACTION);
  agreed.mutable_answer_challenge()->set_transaction("EUR 9,250.00 to Example Oy");
  EXPECT_EQ(ask(portal_, agreed).verdict().reason(), v1::WRONG_CODE);
  EXPECT_EQ(ask(portal_, answer_request(challenge, message.code())).error().code(), v1::DENIED);
  agreed.mutable_answer_challenge()->set_transaction("EUR 1,250.00 to Example Oy");
  EXPECT_EQ(ask(portal_, agreed).verdict().answer(), v1::ACCEPTED);
}

TEST_F(CodesEndToEnd, AreTheSameAfterTheDaemonWasKilled) {
  enrol_active({v1::SMS, kNumber, "+358 ••••••12"});
  const v1::Challenge challenge = start(portal_, wish(v1::SMS));
  appliance_.daemon().kill(SIGKILL);
  appliance_.daemon().wait();
  appliance_.start_daemon();

  client::Client portal = appliance_.verify_client();
  CourierClient courier{appliance_};
  const v1::OutboundMessage message = courier.next();
  // What was asked for before the end still counts.
  EXPECT_EQ(ask(portal, wish(v1::SMS)).challenge().delivery().outcome(), v1::TOO_SOON);
  EXPECT_EQ(answer(portal, challenge, message.code()).answer(), v1::ACCEPTED);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

// So many answers at once, over one connection.
std::vector<v1::Verdict> answers_at_once(client::Client& client, v1::Request request, int count) {
  for (int i = 0; i < count; ++i) {
    request.set_request_id(*client::new_request_id());
    EXPECT_TRUE(client.send(request));
  }
  std::vector<v1::Verdict> verdicts;
  v1::Reply reply;
  for (int i = 0; i < count; ++i) {
    if (!client.receive(reply)) break;
    verdicts.push_back(reply.verdict());
  }
  EXPECT_EQ(verdicts.size(), static_cast<std::size_t>(count));
  return verdicts;
}

TEST_F(CodesEndToEnd, OfManyRightAnswersAtOnceExactlyOneIsAccepted) {
  enrol_active({v1::SMS, kNumber, "+358 ••••••12"});
  const v1::Challenge challenge = start(portal_, wish(v1::SMS));
  const std::string code = courier_.next().code();
  const auto verdicts = answers_at_once(portal_, answer_request(challenge, code), 64);
  EXPECT_EQ(std::ranges::count(verdicts, v1::ACCEPTED, &v1::Verdict::answer), 1);
}

TEST_F(CodesEndToEnd, OfAThousandWrongAnswersAtOnceFiveAreEvaluated) {
  enrol_active({v1::SMS, kNumber, "+358 ••••••12"});
  const v1::Challenge challenge = start(portal_, wish(v1::SMS));
  std::string code = courier_.next().code();
  const std::string right = code;
  code.back() = code.back() == '9' ? '0' : '9';
  const auto verdicts = answers_at_once(portal_, answer_request(challenge, code), 1000);
  EXPECT_EQ(std::ranges::count(verdicts, v1::WRONG_CODE, &v1::Verdict::reason), 5);
  EXPECT_EQ(std::ranges::count(verdicts, v1::EXPIRED, &v1::Verdict::reason), 995);
  EXPECT_EQ(answer(portal_, challenge, right).reason(), v1::EXPIRED);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(CodesEndToEnd, GoWhereTheReloadedPolicyAllowsThem) {
  enrol_active({v1::SMS, kNumber, "+358 ••••••12"});
  std::ofstream{appliance_.path("policy.toml")} << "[sms]\nsign_in = false\n";
  appliance_.daemon().kill(SIGHUP);
  ASSERT_TRUE(wait_until([this] { return appliance_.daemon().has_logged("policy.loaded"); }));
  EXPECT_EQ(ask(portal_, wish(v1::SMS)).challenge().delivery().outcome(), v1::NOT_ALLOWED);
  v1::Request reset = wish(v1::SMS);  // no prefix is allowed any more
  reset.mutable_start_challenge()->set_purpose(v1::RESET);
  EXPECT_EQ(ask(accounts_, reset).challenge().delivery().outcome(), v1::NOT_ALLOWED);
}

TEST_F(CodesEndToEnd, WakeACourierThatWaits) {
  enrol_active({v1::EMAIL, kAddress, "a•••@example.com"});
  std::thread waiting{[this] { EXPECT_EQ(courier_.take(5).size(), 1U); }};
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  const auto begun = std::chrono::steady_clock::now();
  start(portal_, wish(v1::EMAIL));
  waiting.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{4});
}

TEST_F(CodesEndToEnd, ACourierThatWaitsDoesNotKeepTheDaemonFromEnding) {
  std::thread waiting{[this] { EXPECT_THAT(courier_.take(20), IsEmpty()); }};
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  const auto begun = std::chrono::steady_clock::now();
  appliance_.stop_daemon();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{10});
  waiting.join();
}

TEST_F(CodesEndToEnd, TellTheOthersOfANewFactor) {
  enrol_active({v1::EMAIL, kAddress, "a•••@example.com"});
  const v1::Reply enrolled = enrol(v1::SMS, kNumber);
  v1::Request request = wish(v1::SMS);
  request.mutable_start_challenge()->set_factor_id(enrolled.enrolment().factor().id());
  const v1::Challenge challenge = start(accounts_, request);
  const v1::OutboundMessage message = courier_.next();
  EXPECT_EQ(answer(accounts_, challenge, message.code()).answer(), v1::ACCEPTED);
  const v1::OutboundMessage notice = courier_.next();
  EXPECT_EQ(notice.kind(), "factor_added");
  EXPECT_EQ(notice.destination(), kAddress);
  EXPECT_THAT(notice.code(), IsEmpty());
}

TEST_F(CodesEndToEnd, OfNobodyLookLikeOthersAndReachNoCourier) {
  const v1::Challenge challenge = start(portal_, wish(v1::SMS, "nobody"));
  EXPECT_EQ(challenge.factor_id(), 0U);
  EXPECT_EQ(challenge.digits(), 6U);
  EXPECT_THAT(challenge.delivery().masked_destination(), IsEmpty());
  EXPECT_THAT(courier_.take(), IsEmpty());
  EXPECT_EQ(ask(portal_, wish(v1::SMS, "nobody")).challenge().delivery().outcome(), v1::TOO_SOON);
  EXPECT_EQ(answer(portal_, challenge, "123456").reason(), v1::NO_SUCH_FACTOR);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(CodesEndToEnd, ATestMessageIsSentAndCounted) {
  client::Client admin = appliance_.admin_client();
  v1::Request request;
  request.mutable_send_test_message()->set_channel(v1::SMS);
  request.mutable_send_test_message()->set_destination("040 1234512");
  request.mutable_send_test_message()->set_country("FI");
  EXPECT_EQ(ask(admin, request).delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
  const v1::OutboundMessage message = courier_.next();
  EXPECT_EQ(message.kind(), "test");
  EXPECT_EQ(message.destination(), kNumber);
  courier_.report(message.message_id(), v1::UNDELIVERABLE);
  const v1::CourierStatus now = status();
  EXPECT_TRUE(now.connected());
  ASSERT_EQ(now.channels_size(), 2);
  EXPECT_TRUE(now.channels(0).up());
  EXPECT_EQ(now.channels(0).accepted(), 1U);
  EXPECT_EQ(now.channels(0).undeliverable(), 1U);
  EXPECT_TRUE(
      wait_until([this] { return appliance_.daemon().has_logged("message.undeliverable"); }));
}

// A clock that the test sets.
class CodesInTime : public CodesEndToEnd {
 protected:
  CodesInTime() : CodesEndToEnd{Appliance::Options{.policy = kPolicy, .daemon_prefix = prefix()}} {
    enrol_active({v1::SMS, kNumber, "+358 ••••••12"});
  }
  static DaemonClock& clock() {
    static DaemonClock clock{std::time(nullptr)};
    return clock;
  }
  static std::vector<std::string> prefix() {
    clock().set(std::time(nullptr));
    return clock().prefix();
  }
  void advance(std::int64_t seconds) {
    now_ += seconds;
    clock().set(now_);
  }
  std::int64_t now_ = std::time(nullptr);
};

TEST_F(CodesInTime, AreHandedOutAgainWhenALeaseIsOver) {
  start(portal_, wish(v1::SMS));
  const v1::OutboundMessage first = courier_.next();
  EXPECT_THAT(courier_.take(), IsEmpty());
  advance(61);
  const v1::OutboundMessage again = courier_.next();
  EXPECT_EQ(again.message_id(), first.message_id());
  EXPECT_EQ(again.code(), first.code());
}

TEST_F(CodesInTime, AreNeverHandedOutTooLate) {
  start(portal_, wish(v1::SMS));
  advance(300);
  EXPECT_THAT(courier_.take(), IsEmpty());
  EXPECT_TRUE(wait_until([this] { return status().channels(0).too_late() == 1; }));
}

TEST_F(CodesInTime, AreNotMadeWhenNoCourierAsks) {
  advance(16);
  const v1::Challenge challenge = ask(portal_, wish(v1::SMS)).challenge();
  EXPECT_EQ(challenge.delivery().outcome(), v1::CHANNEL_DOWN);
  EXPECT_EQ(challenge.challenge_id(), 0U);
  EXPECT_TRUE(wait_until([this] { return appliance_.daemon().has_logged("courier.away"); }));
}

}  // namespace
}  // namespace countersign::test
