// SPDX-License-Identifier: Apache-2.0
// Codes on SoftHSM2: each is good for what it was issued for, and for nothing else.
#include "hsm/engine.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/hsm_token.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace countersign::hsm {
namespace {

using test::failure;
using test::HsmToken;

const Bytes kContext(60, std::byte{0x7e});
constexpr std::string_view kMessage = "+358401234567 your code for Example";
constexpr std::string_view kRow = "message 17";

class HsmCode : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(opened_) << opened_.error().operation.view(); }
  Engine& engine() { return *opened_; }
  IssuedCode issue(std::uint8_t digits = 6, BytesView context = kContext) {
    auto issued = engine().issue_code({digits, context, as_bytes(kMessage), as_bytes(kRow)});
    EXPECT_TRUE(issued);
    return issued ? *std::move(issued) : IssuedCode{};
  }
  std::string code_in(const IssuedCode& issued) {
    const auto opened = engine().open_message(issued.sealed, as_bytes(kRow));
    EXPECT_TRUE(opened);
    return opened ? std::string{as_text(opened->code.expose())} : "";
  }
  bool matches(const Mac& mac, BytesView context, std::string_view passcode) {
    const auto yes = engine().match_code({mac, context, passcode});
    EXPECT_TRUE(yes);
    return yes && *yes;
  }

 private:
  Result<Engine> opened_ = Engine::open(HsmToken::shared().engine_settings());
};

TEST_F(HsmCode, TheMessageBringsTheCodeThatMatches) {
  for (std::uint8_t digits = kCodeDigitsMin; digits <= kCodeDigitsMax; ++digits) {
    const IssuedCode issued = issue(digits);
    const auto opened = engine().open_message(issued.sealed, as_bytes(kRow));
    ASSERT_TRUE(opened);
    EXPECT_EQ(as_text(opened->message.expose()), kMessage);
    const std::string code{as_text(opened->code.expose())};
    EXPECT_EQ(code.size(), digits);
    EXPECT_EQ(code.find_first_not_of("0123456789"), std::string::npos);
    EXPECT_TRUE(matches(issued.mac, kContext, code));
  }
}

TEST_F(HsmCode, NoOtherCodeMatches) {
  const IssuedCode issued = issue();
  const std::string code = code_in(issued);
  for (std::size_t place = 0; place < code.size(); ++place) {
    std::string other = code;
    other[place] = static_cast<char>('0' + (other[place] - '0' + 1) % 10);
    EXPECT_FALSE(matches(issued.mac, kContext, other)) << "place " << place;
  }
}

TEST_F(HsmCode, APasscodeOfAnotherLengthOrFormMatchesNothing) {
  for (const std::size_t digits : {kCodeDigitsMin, kCodeDigitsMax}) {
    const IssuedCode issued = issue(static_cast<std::uint8_t>(digits));
    const std::string code = code_in(issued);
    for (const std::string& wrong :
         {std::string{}, code.substr(1), code.substr(0, code.size() - 1), code + "0", "0" + code,
          " " + code, code + '\0', code + std::string(118, '0'), std::string(100'000, '1')}) {
      EXPECT_FALSE(matches(issued.mac, kContext, wrong)) << wrong.size() << " bytes";
    }
    EXPECT_TRUE(matches(issued.mac, kContext, code));
  }
}

TEST_F(HsmCode, IsGoodForItsContextAlone) {
  const Bytes whole(kCodeContextBytesMax, std::byte{1});
  for (const BytesView context : {BytesView{whole}, BytesView{kContext}}) {
    const IssuedCode issued = issue(6, context);
    const std::string code = code_in(issued);
    for (std::size_t at = 0; at < context.size(); ++at) {
      Bytes other{context.begin(), context.end()};
      other[at] ^= std::byte{1};
      EXPECT_FALSE(matches(issued.mac, other, code)) << "byte " << at;
    }
    EXPECT_FALSE(matches(issued.mac, context.first(context.size() - 1), code));
    EXPECT_FALSE(matches(issued.mac, context.subspan(1), code));
    EXPECT_TRUE(matches(issued.mac, context, code));
  }
}

// A digit of the code does not become one of the context, nor the other way round.
TEST_F(HsmCode, ContextAndCodeDoNotRunIntoEachOther) {
  const IssuedCode issued = issue(8, as_bytes("12"));
  const std::string code = code_in(issued);
  EXPECT_FALSE(matches(issued.mac, as_bytes("12" + code.substr(0, 2)), code.substr(2)));
  EXPECT_FALSE(matches(issued.mac, as_bytes("1"), "2" + code));
}

TEST_F(HsmCode, AChangedMacMatchesNothing) {
  const IssuedCode issued = issue();
  const std::string code = code_in(issued);
  for (std::size_t bit = 0; bit < issued.mac.size() * 8; ++bit) {
    Mac changed = issued.mac;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(matches(changed, kContext, code)) << "bit " << bit;
  }
  EXPECT_FALSE(matches(issue().mac, kContext, code + "0"));
}

// As docs/storage-format.md says, so that an auditor may recompute it.
TEST_F(HsmCode, ItsMacIsTheOneThatIsWrittenDown) {
  const IssuedCode issued = issue();
  Bytes input;
  Writer{input}.raw(as_bytes("countersign code v1")).blob(kContext).raw(as_bytes(code_in(issued)));
  const auto mac = engine().mac(MacKey::pepper, input);
  ASSERT_TRUE(mac);
  EXPECT_EQ(*mac, issued.mac);
}

TEST_F(HsmCode, IsAnotherOneEachTime) {
  constexpr std::size_t kCodes = 20;
  std::set<Mac> macs;
  for (std::size_t i = 0; i < kCodes; ++i) macs.insert(issue(kCodeDigitsMax).mac);
  EXPECT_EQ(macs.size(), kCodes);
}

// Of a name that nobody bears there is nothing to say, and it takes the same way.
TEST_F(HsmCode, MayComeWithAnEmptyMessage) {
  const auto issued = engine().issue_code({6, kContext, {}, as_bytes(kRow)});
  ASSERT_TRUE(issued);
  const auto opened = engine().open_message(issued->sealed, as_bytes(kRow));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->message.size(), 0U);
  EXPECT_TRUE(matches(issued->mac, kContext, as_text(opened->code.expose())));
}

TEST_F(HsmCode, BoundsWhatIsAsked) {
  const Bytes too_long(kMessageBytesMax + 1);
  const BytesView view{too_long};
  const auto issue = [&](std::uint8_t digits, BytesView context, BytesView message,
                         BytesView data) {
    return failure(engine().issue_code({digits, context, message, data}));
  };
  const BytesView row = as_bytes(kRow);
  const BytesView context = view.first(kCodeContextBytesMax + 1);
  const BytesView data = view.first(kAssociatedDataBytesMax + 1);
  EXPECT_EQ(issue(kCodeDigitsMin - 1, kContext, {}, row), ErrorCode::malformed);
  EXPECT_EQ(issue(kCodeDigitsMax + 1, kContext, {}, row), ErrorCode::malformed);
  EXPECT_EQ(issue(6, {}, {}, row), ErrorCode::malformed);
  EXPECT_EQ(issue(6, context, {}, row), ErrorCode::limit_exceeded);
  EXPECT_EQ(issue(6, kContext, view, row), ErrorCode::limit_exceeded);
  EXPECT_EQ(issue(6, kContext, {}, {}), ErrorCode::malformed);
  EXPECT_EQ(issue(6, kContext, {}, data), ErrorCode::limit_exceeded);
  EXPECT_EQ(failure(engine().match_code({{}, {}, "123456"})), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().match_code({{}, context, "123456"})), ErrorCode::limit_exceeded);
}

// A worker that was restarted in between knows the code all the same.
TEST(HsmCodeRestart, MatchesWhatAnEarlierEngineIssued) {
  std::optional<IssuedCode> issued;
  {
    auto first = Engine::open(HsmToken::shared().engine_settings());
    ASSERT_TRUE(first);
    auto made = first->issue_code({6, kContext, as_bytes(kMessage), as_bytes(kRow)});
    ASSERT_TRUE(made);
    issued = *std::move(made);
  }
  auto second = Engine::open(HsmToken::shared().engine_settings());
  ASSERT_TRUE(second);
  const auto opened = second->open_message(issued->sealed, as_bytes(kRow));
  ASSERT_TRUE(opened);
  const auto yes = second->match_code({issued->mac, kContext, as_text(opened->code.expose())});
  ASSERT_TRUE(yes);
  EXPECT_TRUE(*yes);
}

}  // namespace
}  // namespace countersign::hsm
