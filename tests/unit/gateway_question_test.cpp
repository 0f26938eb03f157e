// SPDX-License-Identifier: Apache-2.0
// What counts as a question of the validation protocol, and how everything else is refused.
#include "gateway/question.hpp"

#include "gateway/query.hpp"
#include "tests/support/failure.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace countersign::gateway {
namespace {

using test::failure;

constexpr std::string_view kOtp = "dteffujehknhfjbrjnlnldnhcujvddbikngjrtgh";
constexpr std::string_view kNonce = "0123456789abcdef";

std::string signed_text(std::string_view query, std::string_view form = "") {
  const auto parsed = Parameters::parse(query, form);
  return parsed ? parsed->signed_text() : "refused";
}

TEST(Query, DecodesAsFormsAreEncoded) {
  EXPECT_EQ(signed_text("a=%41%2b+%2B%3d%26&b"), "a=A+ +=&&b=");
}

TEST(Query, SortsByTheBytesOfTheKeysAndLeavesTheSignatureOut) {
  EXPECT_EQ(signed_text("timestamp=1&otp=x&h=abc&id=1&Z=2&nonce=y"),
            "Z=2&id=1&nonce=y&otp=x&timestamp=1");
}

TEST(Query, TakesUrlAndFormTogether) { EXPECT_EQ(signed_text("id=1", "otp=x"), "id=1&otp=x"); }

TEST(Query, IgnoresEmptyPairs) {
  EXPECT_EQ(signed_text("&&id=1&"), "id=1");
  EXPECT_EQ(signed_text(""), "");
}

TEST(Query, RefusesWhatHasTwoReadings) {
  for (const char* query : {"id=1&id=2", "id=1&id=1", "h=a&h=b", "i%64=1&id=1", "a=%", "a=%4",
                            "a=%zz", "%=1", "a=x%0d%0ah=1", "a=%00", "a=%7f"}) {
    EXPECT_EQ(failure(Parameters::parse(query, "")), ErrorCode::malformed) << query;
  }
  EXPECT_EQ(failure(Parameters::parse("id=1", "id=2")), ErrorCode::malformed);
}

TEST(Query, IsBounded) {
  const std::string longest = "a=" + std::string(kQueryBytesMax - 2, 'x');
  EXPECT_TRUE(Parameters::parse(longest, ""));
  EXPECT_EQ(failure(Parameters::parse(longest + "x", "")), ErrorCode::limit_exceeded);
  std::string many;
  for (std::size_t i = 0; i < kParametersMax; ++i) many += "k" + std::to_string(i) + "=&";
  EXPECT_TRUE(Parameters::parse(many, ""));
  EXPECT_EQ(failure(Parameters::parse(many + "more=", "")), ErrorCode::limit_exceeded);
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// A good request with some of its parameters replaced; "-" takes one away.
std::variant<Question, Outcome> read_with(const Pairs& changes, Version version = Version::two) {
  Pairs all{{"id", "1"}, {"otp", std::string{kOtp}}, {"nonce", std::string{kNonce}}};
  for (const auto& [key, value] : changes) {
    std::erase_if(all, [&](const auto& pair) { return pair.first == key; });
    if (value != "-") all.emplace_back(key, value);
  }
  std::string query;
  for (const auto& [key, value] : all) query += key + "=" + value + "&";
  return read_question(*Parameters::parse(query, ""), version);
}

std::string outcome_with(const Pairs& changes, Version version = Version::two) {
  const auto read = read_with(changes, version);
  const auto* refusal = std::get_if<Outcome>(&read);
  return refusal == nullptr ? "read" : std::string{name_of(*refusal)};
}

TEST(Question, IsReadWithEverythingInIt) {
  const auto read = read_with({{"timestamp", "1"}, {"sl", "fast"}, {"timeout", "8"}});
  const auto& question = std::get<Question>(read);
  EXPECT_EQ(question.client_id, 1U);
  EXPECT_EQ(question.otp, kOtp);
  EXPECT_EQ(question.nonce, kNonce);
  EXPECT_TRUE(question.wants_counters);
  EXPECT_FALSE(question.signature);
  EXPECT_EQ(question.signed_text, "id=1&nonce=0123456789abcdef&otp=" + std::string{kOtp} +
                                      "&sl=fast&timeout=8&timestamp=1");
}

TEST(Question, NeedsItsParameters) {
  for (const char* key : {"id", "otp", "nonce"}) {
    EXPECT_EQ(outcome_with({{key, "-"}}), "MISSING_PARAMETER") << key;
    EXPECT_EQ(outcome_with({{key, ""}}), "MISSING_PARAMETER") << key;
  }
}

TEST(Question, NeedsNoNonceInVersionOne) {
  EXPECT_EQ(outcome_with({{"nonce", "-"}}, Version::one), "read");
  EXPECT_EQ(outcome_with({{"nonce", "short"}, {"sl", "junk"}}, Version::one), "read");
  const auto read = read_with({}, Version::one);
  EXPECT_EQ(std::get<Question>(read).nonce, "");
}

TEST(Question, HasAClientIdOfDigits) {
  EXPECT_EQ(outcome_with({{"id", "4294967295"}}), "read");
  EXPECT_EQ(outcome_with({{"id", "0000000001"}}), "read");
  for (const char* id : {"0", "00", "-1", "1x", "%201", "x", "12345678901"}) {
    EXPECT_EQ(outcome_with({{"id", id}}), "MISSING_PARAMETER") << id;
  }
  EXPECT_EQ(outcome_with({{"id", "4294967296"}}), "NO_SUCH_CLIENT");
}

TEST(Question, HasANonceOfLettersAndDigits) {
  EXPECT_EQ(outcome_with({{"nonce", std::string(40, 'Z')}}), "read");
  for (const std::string& nonce :
       {std::string(15, 'a'), std::string(41, 'a'), std::string{"0123456789abcde-"},
        std::string{"0123456789abcde+"}, std::string{"0123456789abcde%c3%a4"}}) {
    EXPECT_EQ(outcome_with({{"nonce", nonce}}), "MISSING_PARAMETER") << nonce;
  }
}

TEST(Question, HasASyncLevelThatMakesSense) {
  for (const char* level : {"1", "100", "050", "fast", "secure", ""}) {
    EXPECT_EQ(outcome_with({{"sl", level}}), "read") << level;
  }
  for (const char* level : {"0", "000", "101", "-1", "FAST", "fas", "1000", "5x"}) {
    EXPECT_EQ(outcome_with({{"sl", level}}), "MISSING_PARAMETER") << level;
  }
  EXPECT_EQ(outcome_with({{"timeout", "junk"}}), "MISSING_PARAMETER");
}

TEST(Question, HasAnOtpOfTheRightForm) {
  const std::string block{kOtp.substr(kOtp.size() - 32)};
  for (const std::string& otp : {block, "cccccccccccccccc" + block, "CCCCCCBTTNLK" + block}) {
    EXPECT_EQ(outcome_with({{"otp", otp}}), "read") << otp;
  }
  for (const std::string& otp :
       {block.substr(1), "cc" + block.substr(1), "cccccccccccccccccc" + block,
        std::string{"123456"}, "a" + block.substr(1), "%20" + std::string{kOtp},
        "https://my.yubico.com/yk/%23" + block}) {
    EXPECT_EQ(outcome_with({{"otp", otp}}), "BAD_OTP") << otp;
  }
}

TEST(Question, EchoesTheOtpAsItCameAndAsksWithOneSpelling) {
  const std::string shouted = "DTEFFUJEHKNHFJBRJNLNLDNHCUJVDDBIKNGJRTGH";
  const auto upper = read_with({{"otp", shouted}});
  EXPECT_EQ(std::get<Question>(upper).otp, shouted);
  EXPECT_EQ(std::get<Question>(upper).canonical_otp, kOtp);
  // The same keys, pressed on a Dvorak keyboard.
  std::string dvorak;
  for (const char c : kOtp) {
    dvorak += std::string_view{"jxe.uidchtnbpygk"}[std::string_view{"cbdefghijklnrtuv"}.find(c)];
  }
  const auto typed = read_with({{"otp", dvorak}});
  EXPECT_EQ(std::get<Question>(typed).otp, dvorak);
  EXPECT_EQ(std::get<Question>(typed).canonical_otp, kOtp);
}

TEST(Question, IsCheckedInTheOrderThatClientsKnow) {
  EXPECT_EQ(outcome_with({{"nonce", "-"}, {"otp", "junk"}}), "MISSING_PARAMETER");
  EXPECT_EQ(outcome_with({{"sl", "junk"}, {"otp", "junk"}}), "MISSING_PARAMETER");
  EXPECT_EQ(outcome_with({{"otp", "junk"}, {"id", "-"}}), "BAD_OTP");
  EXPECT_EQ(outcome_with({{"otp", "junk"}, {"nonce", "short"}}), "BAD_OTP");
}

TEST(Question, TakesAnEmptySignatureForNone) {
  const auto read = read_with({{"h", ""}});
  EXPECT_FALSE(std::get<Question>(read).signature);
}

TEST(Question, TakesWhatIsNoSignatureForAWrongOne) {
  for (const char* h : {"x", "Fv9WiwNaGGC2FcpIL9pgsqa7wtk",
                        "Fv9WiwNaGGC2FcpIL9pgsqa7wtl=", "%20Fv9WiwNaGGC2FcpIL9pgsqa7wtk="}) {
    const auto read = read_with({{"h", h}});
    EXPECT_EQ(std::get<Question>(read).signature, Signature{}) << h;
  }
  const auto good = read_with({{"h", "Fv9WiwNaGGC2FcpIL9pgsqa7wtk%3D"}});
  EXPECT_NE(std::get<Question>(good).signature, Signature{});
}

TEST(Question, MayNotBeLongerThanTheDaemonTakes) {
  const std::string query =
      "id=1&nonce=" + std::string{kNonce} + "&otp=" + std::string{kOtp} + "&x=";
  const std::string longest(kSignedBytesMax - query.size() - 3, 'y');
  const auto fits = Parameters::parse(query, "z=" + longest);
  EXPECT_EQ(fits->signed_text().size(), kSignedBytesMax);
  EXPECT_TRUE(std::holds_alternative<Question>(read_question(*fits, Version::two)));
  const auto too_long = Parameters::parse(query, "z=" + longest + "y");
  EXPECT_EQ(std::get<Outcome>(read_question(*too_long, Version::two)), Outcome::missing_parameter);
}

std::string id_with(const Pairs& changes) {
  return request_id(std::get<Question>(read_with(changes)));
}

TEST(RequestId, IsTheSameForTheSameOtpAndNonceOfOneClient) {
  const std::string id = id_with({});
  EXPECT_EQ(id.size(), kRequestIdBytes);
  EXPECT_EQ(id_with({{"otp", "DTEFFUJEHKNHFJBRJNLNLDNHCUJVDDBIKNGJRTGH"}}), id);
  EXPECT_EQ(id_with({{"timestamp", "1"}, {"h", "x"}}), id);
  EXPECT_NE(id_with({{"id", "2"}}), id);
  EXPECT_NE(id_with({{"nonce", "0123456789abcdeg"}}), id);
  EXPECT_NE(id_with({{"otp", "dteffujehknhfjbrjnlnldnhcujvddbikngjrtgg"}}), id);
}

}  // namespace
}  // namespace countersign::gateway
