// SPDX-License-Identifier: Apache-2.0
// The promises of SignInService about passwords, questions and devices, one test per promise.
#include "daemon/verify/device_secret.hpp"
#include "daemon/verify/password_hash.hpp"
#include "tests/unit/account_visits.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::run;
using test::World;

constexpr FactorId kPassword{41};
constexpr FactorId kDevice{42};
constexpr std::string_view kRight = "Correct horse 1!";
constexpr std::string_view kWrong = "Correct horse 2!";

class SignIns : public test::AccountVisits {
 protected:
  SignIns() {
    FactorRecord& password = world_.add(kPassword, FactorKind::password);
    const SecretBytes text{as_bytes(kRight)};
    const verify::Means means{world_, world_, Rank::known};
    password.fixed.sealed = *run(
        verify::fresh_password(means, World::kAlice, text, world_.rules.password, SealedSecret{}));
  }

  Result<Answer> try_to_sign_in(std::string_view password, std::string_view username = "alice",
                                const SecretBytes& device = {}) {
    SignIn ask{.subject = name(username),
               .password = SecretBytes{as_bytes(password)},
               .client_address = "192.0.2.7",
               .user_agent = "a browser",
               .device = SecretBytes{device.expose()}};
    return answer(std::move(ask));
  }
  SignInReport sign_in(std::string_view password, std::string_view username = "alice",
                       const SecretBytes& device = {}) {
    return get<SignInReport>(try_to_sign_in(password, username, device));
  }
  // All that an outsider is told of a refusal, but for when to come again.
  static std::string face(const SignInReport& report) {
    return std::to_string(report.accepted) + std::to_string(report.session.size()) +
           std::to_string(static_cast<int>(report.scope)) + std::to_string(report.factors.size()) +
           std::to_string(report.device.size());
  }
  // Alice's device, and the text that it has been given.
  SecretBytes remember_device() {
    world_.rules.factors.rules[static_cast<std::size_t>(policies::FactorRuleOf::device)].offer =
        true;
    FactorRecord& device = world_.add(kDevice, FactorKind::device);
    device.fixed.sealed = *run(verify::fresh_device(world_, world_.clock.now() + 720h));
    return *run(verify::device_text(world_, device.fixed, Position::none));
  }
};

TEST_F(SignIns, APasswordOpensASessionThatAwaitsAFactor) {
  const SignInReport report = sign_in(kRight);
  EXPECT_TRUE(report.accepted);
  EXPECT_EQ(report.scope, SessionScope::sign_in);
  const Session session = seen_by(report.session).session;
  EXPECT_EQ(session.scope, SessionScope::sign_in);
  EXPECT_EQ(session.user_agent, "a browser");
  EXPECT_EQ(session.proof.password_at, world_.clock.now());
  EXPECT_EQ(session.proof.factor_at, Time{});
  EXPECT_EQ(world_.entries.back().event, Event::sign_in);
}

TEST_F(SignIns, SayByWhichFactorsToGoOnThoseUsedLastFirst) {
  world_.add(World::kHotp, FactorKind::hotp).motion.accepted_at = world_.clock.now();
  world_.add(World::kSlot, FactorKind::hotp, FactorState::suspended);
  const SignInReport report = sign_in(kRight);
  ASSERT_EQ(report.factors.size(), 2u);
  EXPECT_EQ(report.factors[0].factor.id, World::kHotp);
  EXPECT_EQ(report.factors[1].factor.id, World::kTotp);
}

// A stranger's flood fills the strangers' queue alone.
TEST_F(SignIns, PasswordsAreHashedInTheQueueOfThePlaceTheyComeFrom) {
  (void)sign_in(kWrong);
  (void)sign_in(kWrong, "nobody");
  world_.alice().sources = {
      {world_.memory.prints.print("192.0.2.7", kCompanion.uid), world_.clock.now()}};
  (void)sign_in(kWrong);
  EXPECT_EQ(world_.hashed_for[world_.hashed_for.size() - 3], Rank::stranger);
  EXPECT_EQ(world_.hashed_for[world_.hashed_for.size() - 2], Rank::stranger);
  EXPECT_EQ(world_.hashed_for.back(), Rank::known);
}

TEST_F(SignIns, APasswordAndACodeSignIn) {
  const SignInReport half = sign_in(kRight);
  const auto in = get<SessionVerdict>(answer(proof(world_.code_now()), half.session));
  EXPECT_TRUE(in.verdict.accepted);
  EXPECT_EQ(seen_by(in.session).session.scope, SessionScope::account);
  EXPECT_EQ(seen_by(in.session).level, 2);
}

TEST_F(SignIns, RefusalsLookAlike) {
  const std::string wrong = face(sign_in(kWrong));
  EXPECT_EQ(face(sign_in(kWrong, "nobody")), wrong);
  EXPECT_EQ(face(sign_in(kRight, "nobody")), wrong);
  world_.alice().fixed.state = SubjectState::suspended;
  EXPECT_EQ(face(sign_in(kRight)), wrong);
  world_.alice().fixed.state = SubjectState::active;
  while (sign_in(kWrong).retry_after == 0s) {
  }
  EXPECT_EQ(face(sign_in(kRight)), wrong);
}

// What has to be waited, after each of so many wrong passwords.
TEST_F(SignIns, WaitsAreTheSameHoweverAnAccountStands) {
  const auto waits = [this](std::string_view username) {
    std::vector<std::int64_t> all;
    for (int i = 0; i < 12; ++i) all.push_back(sign_in(kWrong, username).retry_after.count());
    world_.alice().budget = Budget{.version = next(world_.alice().budget.version)};
    return all;
  };
  const std::vector<std::int64_t> known = waits("alice");
  ASSERT_GT(known.back(), 0);
  EXPECT_EQ(waits("nobody"), known);
  world_.alice().fixed.state = SubjectState::suspended;
  EXPECT_EQ(waits("alice"), known);
  EXPECT_EQ(world_.entries.back().outcome, Reason::suspended);
  EXPECT_EQ(world_.entries.back().kind, FactorKind::password);
  world_.alice().fixed.state = SubjectState::active;
  for (const FactorState state : {FactorState::suspended, FactorState::revoked}) {
    world_.factor(kPassword).fixed.state = state;
    EXPECT_EQ(waits("alice"), known);
  }
}

TEST_F(SignIns, OfThosePendingCountForNobodyAndLetThemActivate) {
  world_.alice().fixed.state = SubjectState::pending;
  std::chrono::seconds waits{0};
  for (int failures = 0; failures < 10; ++failures) waits = sign_in(kWrong).retry_after;
  EXPECT_GT(waits, 0s);
  EXPECT_EQ(world_.alice().budget.failures, 0U);
}

TEST_F(SignIns, AreAnsweredAtAStepOfTime) {
  world_.rules.limits.answer_step_ms = 20;
  for (const std::string_view username : {"alice", "nobody"}) {
    const auto asked = std::chrono::steady_clock::now();
    (void)sign_in(kWrong, username);
    EXPECT_GE(std::chrono::steady_clock::now() - asked, 20ms);
  }
}

TEST_F(SignIns, CostTheSameWhetherOrNotThereIsSuchAName) {
  const auto cost = [this](std::string_view username) {
    const std::size_t hashes = world_.hashed.size();
    const int macs = world_.macs;
    (void)sign_in(kWrong, username);
    return std::pair{world_.hashed.size() - hashes, world_.macs - macs};
  };
  const auto known = cost("alice");
  EXPECT_GT(known.first, 0u);
  EXPECT_EQ(cost("nobody"), known);
}

TEST_F(SignIns, APasswordAloneNeverSignsIn) {
  world_.factor(World::kTotp).fixed.state = FactorState::revoked;
  const SignInReport half = sign_in(kRight);
  EXPECT_TRUE(half.accepted);
  EXPECT_TRUE(half.factors.empty());
  EXPECT_EQ(seen_by(half.session).session.scope, SessionScope::sign_in);
  Reauthenticate again{.password = SecretBytes{as_bytes(kRight)}, .client_address = {}};
  EXPECT_EQ(refusal(answer(std::move(again), half.session)), "session.scope");
  EXPECT_EQ(refusal(answer(IssueHandOver{}, half.session)), "session.scope");
}

TEST_F(SignIns, APasswordThatIsGivenAgainRenewsItsProof) {
  const FreshSession in = signed_in();
  world_.clock.time += 5min + 1s;
  Reauthenticate wrong{.password = SecretBytes{as_bytes(kWrong)}, .client_address = {}};
  EXPECT_FALSE(get<SessionVerdict>(answer(std::move(wrong), in.text)).verdict.accepted);
  Reauthenticate again{.password = SecretBytes{as_bytes(kRight)}, .client_address = {}};
  const auto outcome = get<SessionVerdict>(answer(std::move(again), in.text));
  EXPECT_TRUE(outcome.verdict.accepted);
  EXPECT_FALSE(is_session(in.text));
  EXPECT_EQ(seen_by(outcome.session).session.proof.password_at, world_.clock.now());
  EXPECT_EQ(world_.entries.back().event, Event::reauthenticated);
}

TEST_F(SignIns, BeginNothingWhenAnyStepFails) {
  int steps = 0;
  for (int fail = 1;; ++fail) {
    world_.open_sessions.clear();
    const Position position = world_.factor(kPassword).motion.position;
    world_.calls = 0;
    world_.fail_call = fail;
    const auto result = try_to_sign_in(kRight);
    const bool reached = world_.calls >= fail;
    world_.fail_call = 0;
    if (!reached) break;
    ++steps;
    EXPECT_FALSE(result) << "step " << fail;
    const bool moved = world_.factor(kPassword).motion.position != position;
    EXPECT_EQ(!world_.open_sessions.empty(), moved)
        << "a session begins with the acceptance, or not at all: step " << fail;
  }
  EXPECT_GE(steps, 7);
}

TEST_F(SignIns, ADeviceStandsForTheFactorAndGetsAnotherText) {
  const SecretBytes first = remember_device();
  const SignInReport in = sign_in(kRight, "alice", first);
  EXPECT_EQ(in.scope, SessionScope::account);
  EXPECT_EQ(seen_by(in.session).session.scope, SessionScope::account);
  ASSERT_GT(in.device.size(), 0u);
  EXPECT_EQ(sign_in(kRight, "alice", in.device).scope, SessionScope::account);
}

TEST_F(SignIns, ADeviceIsNoProofBeforeAChange) {
  const SignInReport in = sign_in(kRight, "alice", remember_device());
  EXPECT_EQ(refusal(answer(RevokeFactor{World::kTotp}, in.session)), "proof.factor");
}

TEST_F(SignIns, ADeviceIsNothingWithoutThePassword) {
  const SignInReport report = sign_in(kWrong, "alice", remember_device());
  EXPECT_FALSE(report.accepted);
  EXPECT_EQ(world_.factor(kDevice).motion.position, Position::none);
}

TEST_F(SignIns, ADeviceIsNothingWhereThePolicyDoesNotOfferIt) {
  const SecretBytes text = remember_device();
  world_.rules.factors.rules[static_cast<std::size_t>(policies::FactorRuleOf::device)].offer =
      false;
  EXPECT_EQ(sign_in(kRight, "alice", text).scope, SessionScope::sign_in);
}

TEST_F(SignIns, AnOldTextOfADeviceIsATheft) {
  const SecretBytes first = remember_device();
  const SignInReport in = sign_in(kRight, "alice", first);
  world_.clock.time += 2min;
  EXPECT_EQ(sign_in(kRight, "alice", in.device).scope, SessionScope::account);
  world_.clock.time += 2min;
  EXPECT_EQ(sign_in(kRight, "alice", first).scope, SessionScope::sign_in);
  EXPECT_EQ(world_.factor(kDevice).fixed.state, FactorState::revoked);
  const auto is_theft = [](const JournalEntry& e) { return e.event == Event::device_stolen; };
  EXPECT_EQ(std::ranges::count_if(world_.entries, is_theft), 1);
}

TEST_F(SignIns, ATheftEndsAllSessionsButTheOneThatBegins) {
  const SecretBytes first = remember_device();
  const SignInReport thief = sign_in(kRight, "alice", first);
  ASSERT_EQ(thief.scope, SessionScope::account);
  world_.clock.time += 2min;
  const SignInReport owner = sign_in(kRight, "alice", first);
  EXPECT_EQ(owner.scope, SessionScope::sign_in);
  EXPECT_FALSE(is_session(thief.session));
  EXPECT_TRUE(is_session(owner.session));
}

}  // namespace
}  // namespace countersign
