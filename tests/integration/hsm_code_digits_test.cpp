// SPDX-License-Identifier: Apache-2.0
// Codes are made of digits of which each is as likely as any other, at every place, by the real
// token's generator; and a generator that is broken makes no code.
#include "hsm/codes.hpp"
#include "tests/integration/hsm_attack.hpp"
#include "tests/support/failure.hpp"

#include <array>
#include <cmath>

namespace countersign::hsm {
namespace {

using test::failure;

// How far counts of ten digits are from being equal: chi-square, nine degrees of freedom. By chance
// it is above the bound once in 2.6 · 10^10 times.
using Counts = std::array<std::size_t, 10>;
constexpr double kBound = 68;

double chi_square(const Counts& counts) {
  std::size_t all = 0;
  for (const std::size_t count : counts) all += count;
  const double expected = static_cast<double>(all) / 10;
  double sum = 0;
  for (const std::size_t count : counts) {
    sum += std::pow(static_cast<double>(count) - expected, 2) / expected;
  }
  return sum;
}

class HsmCodeDigits : public HsmAttack {};

TEST_F(HsmCodeDigits, AreEachAsLikelyAsAnyOtherAtEveryPlace) {
  constexpr std::size_t kCodes = 100'000;
  constexpr std::size_t kDigits = 6;
  std::array<Counts, kDigits> at_place{};
  Counts at_any{};
  for (std::size_t i = 0; i < kCodes; ++i) {
    const auto code = make_code(session(), kDigits);
    ASSERT_TRUE(code);
    const std::string_view digits = as_text(code->expose());
    ASSERT_EQ(digits.size(), kDigits);
    for (std::size_t place = 0; place < kDigits; ++place) {
      const auto digit = static_cast<std::size_t>(digits[place] - '0');
      ASSERT_LT(digit, 10U);
      ++at_place[place][digit];
      ++at_any[digit];
    }
  }
  for (std::size_t place = 0; place < kDigits; ++place) {
    EXPECT_LT(chi_square(at_place[place]), kBound) << "place " << place;
  }
  EXPECT_LT(chi_square(at_any), kBound);
}

// As many digits by the shorter way, a byte modulo ten: the bound would not let it pass.
TEST(HsmCodeDigitsBound, NoticesABiasOfOneInForty) {
  Counts counts{};
  for (std::size_t i = 0; i < 600'000; ++i) ++counts[i % 256 % 10];
  EXPECT_GT(chi_square(counts), kBound);
}

TEST_F(HsmCodeDigits, AreAsManyAsAskedFor) {
  for (std::uint8_t digits = kCodeDigitsMin; digits <= kCodeDigitsMax; ++digits) {
    const auto code = make_code(session(), digits);
    ASSERT_TRUE(code);
    EXPECT_EQ(code->size(), digits);
  }
  EXPECT_EQ(failure(make_code(session(), 0)), ErrorCode::malformed);
  EXPECT_EQ(failure(make_code(session(), kCodeDigitsMin - 1)), ErrorCode::malformed);
  EXPECT_EQ(failure(make_code(session(), kCodeDigitsMax + 1)), ErrorCode::malformed);
}

TEST(HsmCodeOfABrokenGenerator, IsNone) {
  auto settings = test::HsmToken::shared().engine_settings();
  settings.module_path = test::faulty_module("random", 1);
  auto engine = Engine::open(settings);
  ASSERT_TRUE(engine) << engine.error().operation.view();
  const auto issued = engine->issue_code({6, as_bytes("sign-in"), {}, as_bytes("row")});
  EXPECT_EQ(failure(issued), ErrorCode::unavailable);
  EXPECT_EQ(issued.error().operation.view(), "C_GenerateRandom.values");
}

}  // namespace
}  // namespace countersign::hsm
