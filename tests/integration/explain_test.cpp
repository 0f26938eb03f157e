// SPDX-License-Identifier: Apache-2.0
// What `countersign policy explain` says of a real appliance, state by state: which rule decides,
// and that the daemon then answers so.
#include "tests/support/account_client.hpp"
#include "tests/support/courier_client.hpp"
#include "tests/support/daemon_clock.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

namespace countersign::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::int64_t kMorning = 1'800'000'000;
constexpr int kStrangersMax = 75;
constexpr const char* kHome = "192.0.2.1";
constexpr const char* kElsewhere = "203.0.113.9";
constexpr const char* kPassword = "Correct-Horse-42-Battery";
constexpr const char* kPhone = "+358401234567";

const char* const kPolicy = R"([account]
url = "https://accounts.example.com"
[messages]
unfamiliar_per_day = 2
[[sms.prefix]]
prefix = "+358"
per_hour = 100
[password]
argon2_memory_kib = 8
[throttle]
failures_free = 100
)";

// How an explanation ends: "" when nothing refuses, otherwise the rule that does.
std::string refused_by(const v1::Explanation& explanation) {
  if (explanation.rules().empty()) return "nothing was explained";
  const v1::ExplainedRule& last = *explanation.rules().rbegin();
  EXPECT_EQ(last.passed(), explanation.allowed());
  if (explanation.allowed()) return "";
  return last.rule() + " = " + last.value() + ": " + last.found();
}

class Explain : public testing::Test {
 protected:
  Explain() {
    std::filesystem::create_directory(appliance_.path("realms"));
    write("realms/strict.toml", "[factors.sms]\noffer = false\n");
    appliance_.start_hsm();
    appliance_.start_daemon();
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream{appliance_.path(name)} << text;
  }
  void courier_comes() {
    if (!courier_) courier_.emplace(appliance_);
    for (const v1::OutboundMessage& letter : courier_->take()) {
      courier_->report(letter.message_id(), v1::SENT);
    }
  }
  // The next one of this kind.
  v1::OutboundMessage letter(const std::string& kind) {
    constexpr int kWaits = 5;
    for (int i = 0; i < kWaits; ++i) {
      for (v1::OutboundMessage& each : courier_->take(1)) {
        if (each.kind() == kind) return std::move(each);
      }
    }
    ADD_FAILURE() << "no letter: " << kind;
    return {};
  }
  void pass(std::int64_t seconds) {
    now_ += seconds;
    clock_.set(now_);
    if (courier_) courier_comes();  // who else would be taken for gone
  }

  // As the security team asks.
  v1::Explanation explain(const std::string& username, const std::string& operation,
                          const std::vector<std::string>& options = {}) const {
    std::vector<std::string> command{"countersign", "-o",     "json",        "policy", "explain",
                                     "--subject",   username, "--operation", operation};
    command.insert(command.end(), options.begin(), options.end());
    std::string output;
    const int status = appliance_.run(std::move(command), &output);
    v1::Explanation explanation;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(output, &explanation).ok()) << output;
    EXPECT_EQ(status, explanation.allowed() ? 0 : 1);
    return explanation;
  }

  v1::Reply ask(const std::string& socket, const v1::Request& request) const {
    client::Client client = appliance_.connect(socket);
    auto reply = client.call(request);
    if (!reply) ADD_FAILURE() << "no answer: " << reply.error().operation.view();
    return reply ? *reply : v1::Reply{};
  }
  v1::Verdict verify(const std::string& username, const std::string& code,
                     const std::string& from = kElsewhere) const {
    v1::Request request;
    request.mutable_verify()->mutable_subject()->set_username(username);
    request.mutable_verify()->set_passcode(code);
    request.mutable_verify()->set_client_address(from);
    return ask("verify", request).verdict();
  }
  v1::Challenge start_code(const std::string& username, const std::string& from) const {
    v1::Request request;
    v1::StartChallenge& start = *request.mutable_start_challenge();
    start.mutable_subject()->set_username(username);
    start.set_kind(v1::EMAIL);
    start.set_client_address(from);
    return ask("verify", request).challenge();
  }
  // An address that codes may go to.
  void give_address(const std::string& username) {
    v1::Request enrol;
    enrol.mutable_enrol_out_of_band()->mutable_subject()->set_username(username);
    enrol.mutable_enrol_out_of_band()->set_kind(v1::EMAIL);
    enrol.mutable_enrol_out_of_band()->set_destination(username + "@example.com");
    v1::Request start;
    start.mutable_start_challenge()->mutable_subject()->set_username(username);
    start.mutable_start_challenge()->set_kind(v1::EMAIL);
    start.mutable_start_challenge()->set_factor_id(
        ask("provision", enrol).enrolment().factor().id());
    const v1::Challenge sent = ask("provision", start).challenge();
    v1::Request answer;
    answer.mutable_answer_challenge()->mutable_subject()->set_username(username);
    answer.mutable_answer_challenge()->set_challenge_id(sent.challenge_id());
    answer.mutable_answer_challenge()->set_passcode(letter("confirmation").code());
    EXPECT_TRUE(accepted(ask("provision", answer)));
  }
  // A session that sets up an account which is not active yet.
  AccountClient activation_of(const std::string& username, const std::string& realm = "") {
    v1::Request request;
    v1::CreateSubject& create = *request.mutable_create_subject();
    create.mutable_subject()->set_username(username);
    create.mutable_subject()->set_realm(realm);
    create.set_primary_email(username + "@example.com");
    create.set_send_activation(true);
    EXPECT_TRUE(ask("provision", request).has_subject());
    AccountClient client{appliance_};
    EXPECT_EQ(client.open_ticket(ticket_in(letter("activation"))).verdict().answer(), v1::ACCEPTED);
    EXPECT_TRUE(client.set_password(kPassword).set());
    return client;
  }

  std::int64_t now_ = kMorning;
  DaemonClock clock_{kMorning};
  Appliance appliance_{{.policy = kPolicy, .daemon_prefix = clock_.prefix(), .start = false}};
  std::optional<CourierClient> courier_;
};

const std::vector<std::string> kAtHome{"--address", kHome};
const std::vector<std::string> kOfAStranger{"--address", kElsewhere};
const std::vector<std::string> kMail{"--kind", "email", "--address", kElsewhere};
const std::vector<std::string> kMailAtHome{"--kind", "email", "--address", kHome};
const std::vector<std::string> kOwnSms{"--socket", "enroll", "--kind", "sms"};

TEST_F(Explain, SaysThatAnActiveAccountIsOpen) {
  Token token = appliance_.enrol("alice", v1::HOTP);
  EXPECT_EQ(refused_by(explain("ALICE", "verify", {"--kind", "hotp"})), "");
  EXPECT_EQ(verify("alice", token.press()).answer(), v1::ACCEPTED);
  EXPECT_EQ(refused_by(explain("alice", "verify", {"--kind", "totp"})),
            "factor = an active one of this kind: none");
  EXPECT_THAT(refused_by(explain("nobody", "verify")), StartsWith("subject = "));
  EXPECT_EQ(verify("nobody", "123456").answer(), v1::REJECTED);
}

TEST_F(Explain, SaysWhatAPendingAccountMay) {
  courier_comes();
  AccountClient bob = activation_of("bob");
  EXPECT_EQ(refused_by(explain("bob", "verify")), "subject's state = active: pending");
  EXPECT_EQ(verify("bob", "123456").reason(), v1::SUSPENDED);
  EXPECT_EQ(refused_by(explain("bob", "sign-in", {"--socket", "enroll"})),
            "subject's state = active: pending");
  EXPECT_EQ(AccountClient{appliance_}.sign_in("bob", kPassword).answer(), v1::REJECTED);
  EXPECT_EQ(refused_by(explain("bob", "enrol-oath", {"--socket", "enroll", "--kind", "totp"})), "");
  EXPECT_NE(bob.enrol_totp().factor().id(), 0U);
}

TEST_F(Explain, TellsStrangersFromFamiliarPlaces) {
  Token token = appliance_.enrol("alice", v1::HOTP);
  EXPECT_EQ(verify("alice", token.press(), kHome).answer(), v1::ACCEPTED);
  const std::string wrong = token.code(token.counter + 100);
  for (int i = 0; i < kStrangersMax; ++i) {
    const bool is_looked_at = i % 25 == 0;
    if (is_looked_at) {
      EXPECT_EQ(refused_by(explain("alice", "verify", kOfAStranger)), "");
    }
    EXPECT_EQ(verify("alice", wrong).reason(), v1::WRONG_CODE);
  }
  EXPECT_EQ(refused_by(explain("alice", "verify", kOfAStranger)),
            "[throttle] failures_max = 75 (an unfamiliar place): "
            "75 failures, 75 of them from unfamiliar places");
  EXPECT_EQ(verify("alice", token.press()).reason(), v1::THROTTLED);
  EXPECT_EQ(refused_by(explain("alice", "verify", kAtHome)), "");
  EXPECT_EQ(verify("alice", token.press(), kHome).answer(), v1::ACCEPTED);
}

TEST_F(Explain, SaysThatASuspendedAccountIsShut) {
  courier_comes();
  Token token = appliance_.enrol("alice", v1::HOTP);
  give_address("alice");
  v1::Request suspend;
  suspend.mutable_suspend_subject()->mutable_subject()->set_username("alice");
  ask("provision", suspend);
  EXPECT_EQ(refused_by(explain("alice", "verify")), "subject's state = active: suspended");
  EXPECT_EQ(verify("alice", token.press()).reason(), v1::SUSPENDED);
  EXPECT_EQ(refused_by(explain("alice", "start-challenge", kMail)),
            "subject's state = active: suspended");
  EXPECT_EQ(start_code("alice", kElsewhere).factor_id(), 0U);  // nobody's
  for (const v1::OutboundMessage& letter : courier_->take()) EXPECT_EQ(letter.code(), "");
}

TEST_F(Explain, SaysWhatIsNotOnOfferInARealm) {
  courier_comes();
  AccountClient dora = activation_of("dora", "strict");
  std::vector<std::string> strict = kOwnSms;
  strict.insert(strict.end(), {"--realm", "strict"});
  EXPECT_EQ(refused_by(explain("dora", "enrol-out-of-band", strict)),
            "[factors.sms] offer = true: false");
  EXPECT_EQ(dora.enrol_destination(v1::SMS, kPhone).id(), 0U);
  EXPECT_EQ(dora.error(), v1::DENIED);

  AccountClient erin = activation_of("erin");
  EXPECT_EQ(refused_by(explain("erin", "enrol-out-of-band", kOwnSms)), "");
  EXPECT_NE(erin.enrol_destination(v1::SMS, kPhone).id(), 0U);
}

// No policy says so: one that would is not taken, and the one before goes on.
TEST_F(Explain, KnowsNoSmsWithoutAnAlternative) {
  courier_comes();
  AccountClient dora = activation_of("dora", "strict");
  std::string file = "[factors.sms]\noffer = true\n";
  for (const std::string kind : {"totp", "hotp", "yubico_otp", "chalresp"}) {
    file += "[factors." + kind + "]\noffer = false\n";
  }
  write("realms/strict.toml", file);
  std::string said;
  EXPECT_NE(appliance_.run(
                {"countersign", "policy", "check", appliance_.path("realms/strict.toml")}, &said),
            0);
  EXPECT_THAT(said, HasSubstr("sms"));
  appliance_.daemon().kill(SIGHUP);
  ASSERT_TRUE(wait_until([&] { return appliance_.daemon().has_logged("policy.kept"); }));
  std::vector<std::string> strict = kOwnSms;
  strict.insert(strict.end(), {"--realm", "strict"});
  EXPECT_EQ(refused_by(explain("dora", "enrol-out-of-band", strict)),
            "[factors.sms] offer = true: false");
  EXPECT_EQ(dora.enrol_destination(v1::SMS, kPhone).id(), 0U);
  EXPECT_NE(dora.enrol_totp().factor().id(), 0U);
}

TEST_F(Explain, SaysThatAChangeNeedsAProof) {
  courier_comes();
  AccountClient bob = activation_of("bob");
  Token token = appliance_.enrol_another("bob", v1::HOTP);
  AccountClient home{appliance_};
  ASSERT_EQ(home.sign_in("bob", kPassword).answer(), v1::ACCEPTED);
  ASSERT_EQ(home.prove_factor(token.press()).answer(), v1::ACCEPTED);
  const v1::Explanation explained = explain("bob", "rename-factor", {"--socket", "enroll"});
  EXPECT_EQ(refused_by(explained), "");
  EXPECT_EQ(explained.rules().rbegin()->rule(), "[session] password_proof, factor_proof");
  EXPECT_EQ(explained.rules().rbegin()->value(), "5min, 5min");
  EXPECT_EQ(home.rename_factor(token.factor, "desk").label(), "desk");
  pass(5 * 60 + 1);
  EXPECT_EQ(home.rename_factor(token.factor, "shelf").id(), 0U);
  EXPECT_EQ(home.error(), v1::PROOF_REQUIRED);
  // Without a session at all.
  AccountClient nobody{appliance_};
  EXPECT_EQ(nobody.rename_factor(token.factor, "shelf").id(), 0U);
  EXPECT_EQ(nobody.error(), v1::DENIED);
}

TEST_F(Explain, SaysWhichBudgetOfMessagesIsSpent) {
  Token token = appliance_.enrol("alice", v1::HOTP);
  EXPECT_EQ(verify("alice", token.press(), kHome).answer(), v1::ACCEPTED);
  courier_comes();
  EXPECT_EQ(refused_by(explain("alice", "start-challenge", kMail)),
            "factor = one of this kind, to send a code to: none");
  give_address("alice");  // by a code, which counts
  EXPECT_EQ(refused_by(explain("alice", "start-challenge", kMail)), "");
  EXPECT_EQ(refused_by(explain("alice", "start-challenge", kMail)), "");  // which counted nothing
  EXPECT_EQ(start_code("alice", kElsewhere).delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);

  EXPECT_EQ(refused_by(explain("alice", "start-challenge", kMail)),
            "[code] resend_first = 30s or more: 30s to wait");
  EXPECT_EQ(start_code("alice", kElsewhere).delivery().outcome(), v1::TOO_SOON);
  pass(30);
  EXPECT_THAT(refused_by(explain("alice", "start-challenge", kMail)),
              StartsWith("[messages] unfamiliar_per_day = 2: used up, "));
  EXPECT_EQ(start_code("alice", kElsewhere).delivery().outcome(), v1::LIMIT_REACHED);
  EXPECT_EQ(refused_by(explain("alice", "start-challenge", kMailAtHome)), "");
  EXPECT_EQ(start_code("alice", kHome).delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
}

TEST_F(Explain, SaysThatNobodyDelivers) {
  courier_comes();
  appliance_.enrol("alice", v1::HOTP);
  give_address("alice");
  now_ += 60;
  clock_.set(now_);
  EXPECT_THAT(refused_by(explain("alice", "start-challenge", kMail)),
              EndsWith("courier = one that delivers by this channel: none"));
  EXPECT_EQ(start_code("alice", kElsewhere).delivery().outcome(), v1::CHANNEL_DOWN);
}

}  // namespace
}  // namespace countersign::test
