// SPDX-License-Identifier: Apache-2.0
// The promises of AccountService and ProfileService, one a test.
#include "daemon/service/account/profile_service.hpp"
#include "tests/unit/account_flow_world.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::AccountFlow;
using test::FailsWith;
using test::kProvider;
using test::named;
using test::run_for;
using test::Succeeds;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class Accounts : public AccountFlow {
 protected:
  Result<ProfileReport> profile(bool unmasked = false) {
    return run_for(profiles.get(kProvider, {named("bob"), unmasked}));
  }
  Result<ProfileReport> rename(std::string_view first_name, Version version) {
    ChangeProfile ask{.name = named("bob")};
    ask.profile.version = version;
    ask.profile.first_name = first_name;
    return run_for(profiles.change(kProvider, ask));
  }

  ProfileService profiles{world.parts()};
};

TEST_F(Accounts, ArePendingUntilTheirActivation) {
  const auto made = create();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->subject.state, SubjectState::pending);
  EXPECT_EQ(made->activation->outcome, DeliveryOutcome::accepted_for_delivery);
  EXPECT_EQ(made->activation->masked_destination, "b•••@example.com");
}

TEST_F(Accounts, AreActiveAtOnceWithoutOne) {
  CreateSubject ask = wish();
  ask.send_activation = false;
  const auto made = create(ask);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->subject.state, SubjectState::active);
  EXPECT_FALSE(made->activation);
  EXPECT_THAT(letters(), IsEmpty());
}

TEST_F(Accounts, NeedAnAddressForTheirActivation) {
  CreateSubject ask = wish();
  ask.primary_email.reset();
  EXPECT_THAT(create(ask), FailsWith(ErrorCode::malformed));
}

TEST_F(Accounts, TakeWhatTheProviderSaysAsConfirmed) {
  CreateSubject ask = wish();
  ask.mobile = Destination{FactorKind::sms, "+358401234512"};
  ASSERT_TRUE(create(ask));
  const auto told = profile(true);
  ASSERT_TRUE(told);
  ASSERT_THAT(told->contacts, SizeIs(2));
  for (const Contact& contact : told->contacts) EXPECT_EQ(contact.state, FactorState::active);
  EXPECT_EQ(told->contacts[0].destination, "bob@example.com");
  EXPECT_EQ(told->contacts[1].destination, "+358401234512");
  EXPECT_EQ(told->profile.first_name, "Bob");
}

TEST_F(Accounts, ShowAddressesMaskedUnlessTheyAreAskedForInFull) {
  ASSERT_TRUE(create());
  const auto told = profile();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->contacts.at(0).destination, "b•••@example.com");
}

TEST_F(Accounts, KeepNoNameInClear) {
  ASSERT_TRUE(create());
  const SealedProfile& kept = world.profiles.at(subject()->fixed.id);
  // The World seals by laying what is sealed behind what it is for.
  EXPECT_THAT(std::string{as_text(kept.sealed)}.substr(2), StartsWith("countersign profile v1"));
}

TEST_F(Accounts, TellInTheLetterWhoItIsForAndUntilWhen) {
  ASSERT_TRUE(create());
  const auto told = letters();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].kind, MessageKind::activation);
  EXPECT_EQ(told[0].destination.text, "bob@example.com");
  EXPECT_EQ(told[0].language, "fi");
  EXPECT_EQ(value_of(told[0], "username"), "bob");
  EXPECT_EQ(value_of(told[0], "first_name"), "Bob");
  EXPECT_EQ(value_of(told[0], "expires"), "2027-01-22 08:00 UTC");
  EXPECT_THAT(value_of(told[0], "link"), StartsWith(std::string{test::kLinkStart}));
}

TEST_F(Accounts, AreMadeEvenWhenTheLetterMayNotGoOut) {
  world.rules.account.url.clear();
  const auto made = create();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->activation->outcome, DeliveryOutcome::not_allowed);
  EXPECT_THAT(letters(), IsEmpty());
  EXPECT_EQ(subject()->fixed.state, SubjectState::pending);
}

TEST_F(Accounts, OfANameThatIsTakenAreNotMadeAndSendNothing) {
  ASSERT_TRUE(create());
  ASSERT_THAT(letters(), SizeIs(1));
  EXPECT_THAT(create(), FailsWith(ErrorCode::already_exists));
  EXPECT_THAT(letters(), IsEmpty());
}

// Whatever breaks, there is an account with its link and its letter, or nothing at all.
TEST_F(Accounts, AreNeverMadeByHalvesWhenAnyStepFails) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    world.calls = 0;
    world.fail_call = fail_call;
    const auto made = create();
    world.fail_call = 0;
    if (made) {
      EXPECT_THAT(letters(), SizeIs(1));
      EXPECT_THAT(world.tickets, SizeIs(1));
      return;
    }
    EXPECT_THAT(letters(), IsEmpty());
    EXPECT_THAT(world.tickets, IsEmpty());
    EXPECT_TRUE(is_decoy(*test::run(world.identify(named("bob")))));
  }
}

TEST_F(Accounts, ChangeNamesFromWhatTheyWere) {
  ASSERT_TRUE(create());
  const auto changed = rename("Robert", profile()->profile.version);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->profile.first_name, "Robert");
  EXPECT_EQ(world.entries.back().event, Event::profile_changed);
}

TEST_F(Accounts, RefuseAChangeOfWhatSomebodyElseHasChanged) {
  ASSERT_TRUE(create());
  const Version version = profile()->profile.version;
  ASSERT_TRUE(rename("Robert", version));
  EXPECT_THAT(rename("Rob", version), FailsWith(ErrorCode::conflict));
  EXPECT_EQ(profile()->profile.first_name, "Robert");
}

TEST_F(Accounts, GiveOutEverythingThatIsKept) {
  ASSERT_TRUE(create());
  const auto all = run_for(accounts.give_out(kProvider, {named("bob")}));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->profile.profile.last_name, "Builder");
  ASSERT_THAT(all->factors, SizeIs(1));
  EXPECT_EQ(all->factors[0].masked_destination, "bob@example.com");
  EXPECT_FALSE(all->lines.empty());
}

TEST_F(Accounts, GiveOutTheWholeJournalInParts) {
  ASSERT_TRUE(create());
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(rename("Robert", profile()->profile.version));
  std::size_t renamed = 0;
  std::uint64_t before = 0;
  for (;;) {
    const auto part = run_for(accounts.give_out(kProvider, {named("bob"), before}));
    ASSERT_TRUE(part);
    if (part->lines.empty()) break;
    for (const JournalLine& line : part->lines) {
      if (line.entry.event == Event::profile_changed) ++renamed;
    }
    before = part->lines.back().number;
  }
  EXPECT_EQ(renamed, 60U);
}

TEST_F(Accounts, AreErasedAndLeaveAKeyedHashOfTheName) {
  ASSERT_TRUE(create());
  ASSERT_THAT(test::run(accounts.erase(kProvider, {named("bob")})), Succeeds());
  EXPECT_TRUE(is_decoy(*test::run(world.identify(named("bob")))));
  EXPECT_EQ(world.entries.back().event, Event::subject_erased);
  EXPECT_NE(world.entries.back().count, 0U);
  EXPECT_TRUE(create());
}

}  // namespace
}  // namespace countersign
