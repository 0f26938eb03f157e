// SPDX-License-Identifier: Apache-2.0
// What a code is good for, and who may have it: byte by byte, and socket by socket.
#include "daemon/verify/code_context.hpp"
#include "daemon/verify/purposes.hpp"
#include "hsm/protocol/operations.hpp"

#include <gtest/gtest.h>

#include <set>

namespace countersign::verify {
namespace {

Challenge transaction() {
  return {.id = ChallengeId{1},
          .subject = SubjectId{2},
          .factor = FactorId{3},
          .kind = FactorKind::sms,
          .purpose = Purpose::transaction,
          .expires_at = from_milliseconds(4)};
}

TEST(CodeContext, IsAnotherForEverythingThatIsDifferent) {
  std::set<Bytes> contexts{code_context(transaction(), "EUR 1")};
  const auto add = [&contexts](auto change, std::string_view words = "EUR 1") {
    Challenge other = transaction();
    change(other);
    EXPECT_TRUE(contexts.insert(code_context(other, words)).second);
  };
  add([](Challenge& c) { c.id = ChallengeId{7}; });
  add([](Challenge& c) { c.subject = SubjectId{7}; });
  add([](Challenge& c) { c.factor = FactorId{7}; });
  add([](Challenge& c) { c.purpose = Purpose::sign_in; });
  add([](Challenge& c) { c.expires_at = from_milliseconds(7); });
  add([](Challenge&) {}, "EUR 2");
  add([](Challenge&) {}, "");
}

TEST(CodeContext, HoldsNoWordsButATransactions) {
  Challenge sign_in = transaction();
  sign_in.purpose = Purpose::sign_in;
  EXPECT_EQ(code_context(sign_in, "EUR 1"), code_context(sign_in, ""));
}

TEST(CodeContext, FitsIntoWhatTheHsmTakes) {
  EXPECT_LE(code_context(transaction(), std::string(400, 'x')).size(), hsm::kCodeContextBytesMax);
}

TEST(Purposes, SignInAndAccountsAreApart) {
  for (const Purpose purpose : {Purpose::sign_in, Purpose::transaction}) {
    EXPECT_TRUE(may_have(Role::verify, purpose));
    EXPECT_FALSE(may_have(Role::provision, purpose));
  }
  for (const Purpose purpose :
       {Purpose::confirmation, Purpose::reset, Purpose::unlock, Purpose::address}) {
    EXPECT_FALSE(may_have(Role::verify, purpose));
    EXPECT_TRUE(may_have(Role::provision, purpose));
  }
  EXPECT_FALSE(may_have(Role::courier, Purpose::sign_in));
}

TEST(Purposes, AreNeverMeantUnlessTheyAreNamedOrUsual) {
  EXPECT_TRUE(is_meant(Role::verify, {}, Purpose::sign_in));
  EXPECT_FALSE(is_meant(Role::verify, {}, Purpose::transaction));
  EXPECT_TRUE(is_meant(Role::verify, Purpose::transaction, Purpose::transaction));
  EXPECT_FALSE(is_meant(Role::verify, Purpose::sign_in, Purpose::transaction));
  EXPECT_FALSE(is_meant(Role::verify, Purpose::reset, Purpose::reset));
  EXPECT_TRUE(is_meant(Role::provision, {}, Purpose::confirmation));
  EXPECT_FALSE(is_meant(Role::provision, {}, Purpose::reset));
  EXPECT_FALSE(is_meant(Role::admin, {}, Purpose::reset));
}

}  // namespace
}  // namespace countersign::verify
