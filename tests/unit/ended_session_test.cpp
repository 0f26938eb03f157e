// SPDX-License-Identifier: Apache-2.0
// A session that ends while its request waits for the turn changes nothing any more.
#include "tests/unit/account_visits.hpp"

namespace countersign {
namespace {

using test::World;

// What may be asked by a session that is signed in, and what the journal would tell of it.
struct Change {
  std::string_view name;
  Ask (*ask)();
};
void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

SubjectName alice() { return {*Realm::from(""), *Username::from("alice")}; }
SecretBytes secret(std::string_view text) { return SecretBytes{as_bytes(text)}; }

class EndedSession : public test::AccountVisits, public testing::WithParamInterface<Change> {
 protected:
  EndedSession() {
    world_.rules.account.recovery_codes = 10;
    auto& rules = world_.rules.factors.rules;
    rules[static_cast<std::size_t>(policies::FactorRuleOf::device)].offer = true;
    world_.add(World::kHotp, FactorKind::hotp);
  }
};

TEST_P(EndedSession, ChangesWhatIsAskedWhileItStands) {
  const FreshSession in = signed_in();
  EXPECT_EQ(refusal(answer(GetParam().ask(), in.text)), "");
}

// Behind the gate, which asks the store and the HSM three times, and before the turn is there.
TEST_P(EndedSession, ChangesNothingOnceItHasEnded) {
  constexpr int kCallsOfGate = 3;
  const FreshSession in = signed_in();
  const std::size_t before = world_.entries.size();
  world_.calls = 0;
  world_.meet_call = kCallsOfGate + 1;
  world_.meanwhile = [&] { world_.open_sessions.erase(in.row.id); };
  EXPECT_EQ(refusal(answer(GetParam().ask(), in.text)), "session.none");
  EXPECT_EQ(world_.entries.size(), before);
}

INSTANTIATE_TEST_SUITE_P(
    By, EndedSession,
    testing::Values(
        Change{"enrol_oath",
               [] {
                 return Ask{EnrolOath{.name = alice(),
                                      .kind = FactorKind::totp,
                                      .label = *Label::from(""),
                                      .issuer = *Label::from("")}};
               }},
        Change{"enrol_out_of_band",
               [] {
                 return Ask{EnrolOutOfBand{
                     .name = alice(),
                     .kind = FactorKind::email,
                     .destination = Destination{FactorKind::email, "alice@example.com"},
                     .label = *Label::from("")}};
               }},
        Change{"rename_factor",
               [] {
                 return Ask{RenameFactor{World::kTotp, *Label::from("telephone")}};
               }},
        Change{"revoke_factor", [] { return Ask{RevokeFactor{World::kHotp}}; }},
        Change{"change_profile",
               [] {
                 return Ask{ChangeProfile{alice(), {.first_name = "Alice"}}};
               }},
        Change{"set_question",
               [] { return Ask{SetQuestion{.stock_id = 3, .answer = secret("for swimming")}}; }},
        Change{"make_recovery_codes", [] { return Ask{MakeRecoveryCodes{}}; }},
        Change{"remember_device", [] { return Ask{RememberDevice{*Label::from("laptop")}}; }}),
    [](const auto& change) { return std::string{change.param.name}; });

}  // namespace
}  // namespace countersign
