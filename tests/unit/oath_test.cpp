// SPDX-License-Identifier: Apache-2.0
// Codes as the RFCs print them, and as liboath and its program oathtool compute them.
#include "firmware-interface/oath.hpp"

#include "tests/support/hex.hpp"
#include "tests/support/hmac.hpp"
#include "tests/vectors/rfc4226.hpp"
#include "tests/vectors/rfc6238.hpp"

#include <gtest/gtest.h>
#include <liboath/oath.h>

#include <array>
#include <cstdio>
#include <limits>
#include <memory>
#include <random>
#include <sstream>

namespace countersign::oath {
namespace {

constexpr int kRandomKeys = 10'000;
constexpr int kOathtoolRuns = 200;

std::string code(HashAlgorithm algorithm, BytesView secret, std::uint64_t counter, Digits digits) {
  const Bytes mac = test::hmac(algorithm, secret, counter_bytes(counter));
  return std::string{truncate(mac, digits).view()};
}

TEST(CounterBytes, AreBigEndian) {
  EXPECT_EQ(test::to_hex(counter_bytes(0)), "0000000000000000");
  EXPECT_EQ(test::to_hex(counter_bytes(0x0102030405060708)), "0102030405060708");
  EXPECT_EQ(test::to_hex(counter_bytes(~std::uint64_t{0})), "ffffffffffffffff");
}

class Rfc4226AppendixD : public testing::TestWithParam<vectors::HotpRow> {};

TEST_P(Rfc4226AppendixD, GivesThePrintedMac) {
  const BytesView secret = as_bytes(vectors::kRfc4226Secret);
  const Bytes mac = test::hmac(HashAlgorithm::sha1, secret, counter_bytes(GetParam().count));
  EXPECT_EQ(test::to_hex(mac), GetParam().mac);
}

TEST_P(Rfc4226AppendixD, TruncatesThePrintedMacToThePrintedCode) {
  EXPECT_EQ(truncate(test::from_hex(GetParam().mac), Digits::six).view(), GetParam().code);
}

TEST_P(Rfc4226AppendixD, TruncatesToTheLastDigitsOfThePrintedNumber) {
  const std::string number = std::to_string(100'000'000ULL + GetParam().truncated % 100'000'000);
  const Bytes mac = test::from_hex(GetParam().mac);
  EXPECT_EQ(truncate(mac, Digits::seven).view(), number.substr(2));
  EXPECT_EQ(truncate(mac, Digits::eight).view(), number.substr(1));
}

INSTANTIATE_TEST_SUITE_P(Rows, Rfc4226AppendixD, testing::ValuesIn(vectors::kRfc4226Rows),
                         [](const auto& row) { return "Count" + std::to_string(row.index); });

class Rfc6238AppendixB : public testing::TestWithParam<vectors::TotpRow> {};

TEST_P(Rfc6238AppendixB, GivesThePrintedCode) {
  const auto& row = GetParam();
  ASSERT_EQ(static_cast<std::uint64_t>(row.time_seconds / 30), row.step);
  const BytesView secret = as_bytes(vectors::rfc6238_secret(row.algorithm));
  EXPECT_EQ(code(row.algorithm, secret, row.step, Digits::eight), row.code);
}

INSTANTIATE_TEST_SUITE_P(Rows, Rfc6238AppendixB, testing::ValuesIn(vectors::kRfc6238Rows),
                         [](const auto& row) { return "Row" + std::to_string(row.index); });

// The window is picked by the last byte of the MAC at hand, whatever its length.
TEST(Truncate, TakesFourBytesAtEveryOffsetOfEveryMac) {
  for (const std::size_t size : {20U, 32U, 64U}) {
    for (std::size_t offset = 0; offset < 16; ++offset) {
      Bytes mac(size, std::byte{0});
      mac.back() = static_cast<std::byte>(0xf0 | offset);
      const std::array window{std::byte{0x80}, std::byte{0x01}, std::byte{0x02}, std::byte{0x03}};
      for (std::size_t i = 0; i < 4; ++i) {
        // In a SHA-1 MAC the last window ends one byte before the byte that picks it.
        ASSERT_LT(offset + i, size - 1);
        mac[offset + i] = window[i];
      }
      EXPECT_EQ(truncate(mac, Digits::eight).view(), "00066051") << size << " at " << offset;
    }
  }
}

TEST(Truncate, DropsTheSignBitAndKeepsLeadingZeros) {
  Bytes mac(20, std::byte{0xff});
  mac.back() = std::byte{0};
  EXPECT_EQ(truncate(mac, Digits::six).view(), "483647");  // 2^31 - 1
  Bytes zeros(64, std::byte{0});
  EXPECT_EQ(truncate(zeros, Digits::seven).view(), "0000000");
}

// One token with everything about it drawn by lot.
struct RandomKey {
  explicit RandomKey(std::mt19937_64& random) {
    static constexpr std::array kAlgorithms{HashAlgorithm::sha1, HashAlgorithm::sha256,
                                            HashAlgorithm::sha512};
    algorithm = kAlgorithms[random() % 3];
    digits = static_cast<Digits>(6 + random() % 3);
    // As many small counters as large ones, up to 2^63 - 1.
    counter = random() >> (1 + random() % 63);
    secret.resize(1 + random() % 200);
    for (std::byte& b : secret) b = static_cast<std::byte>(random());
  }
  [[nodiscard]] const char* text() const { return reinterpret_cast<const char*>(secret.data()); }

  HashAlgorithm algorithm{};
  Digits digits{};
  std::uint64_t counter = 0;
  Bytes secret;
};

class OathOracle : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_EQ(::oath_init(), OATH_OK); }
};

TEST_F(OathOracle, LiboathComputesTheSameHotpCodes) {
  std::mt19937_64 random{4226};
  for (int i = 0; i < kRandomKeys; ++i) {
    const RandomKey key{random};
    std::array<char, 16> expected{};
    ASSERT_EQ(::oath_hotp_generate(key.text(), key.secret.size(), key.counter,
                                   static_cast<unsigned>(key.digits), false,
                                   OATH_HOTP_DYNAMIC_TRUNCATION, expected.data()),
              OATH_OK);
    ASSERT_EQ(code(HashAlgorithm::sha1, key.secret, key.counter, key.digits), expected.data())
        << "key " << i << " counter " << key.counter;
  }
}

TEST_F(OathOracle, LiboathComputesTheSameTotpCodes) {
  std::mt19937_64 random{6238};
  for (int i = 0; i < kRandomKeys; ++i) {
    const RandomKey key{random};
    const auto period = static_cast<unsigned>(1 + random() % 120);
    const auto now = static_cast<std::int64_t>(key.counter);  // seconds, this time
    const int flags = key.algorithm == HashAlgorithm::sha1     ? 0
                      : key.algorithm == HashAlgorithm::sha256 ? OATH_TOTP_HMAC_SHA256
                                                               : OATH_TOTP_HMAC_SHA512;
    std::array<char, 16> expected{};
    ASSERT_EQ(::oath_totp_generate2(key.text(), key.secret.size(), now, period, 0,
                                    static_cast<unsigned>(key.digits), flags, expected.data()),
              OATH_OK);
    ASSERT_EQ(code(key.algorithm, key.secret, key.counter / period, key.digits), expected.data())
        << "key " << i << " time " << now << " period " << period;
  }
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{::popen(command.c_str(), "r"), &::pclose};
  if (!pipe) return "";
  std::array<char, 64> line{};
  if (std::fgets(line.data(), line.size(), pipe.get()) == nullptr) return "";
  std::string text{line.data()};
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

TEST_F(OathOracle, OathtoolPrintsTheSameCodes) {
  static constexpr std::array kNames{"", "sha1", "sha256", "sha512"};
  static constexpr std::int64_t kLastYear = 253'402'300'799;  // oathtool reads dates up to 9999
  std::mt19937_64 random{2048};
  for (int i = 0; i < kOathtoolRuns; ++i) {
    RandomKey key{random};
    const bool is_hotp = i % 2 == 0;
    const auto period = 15 + random() % 106;
    const auto time = static_cast<std::int64_t>(key.counter) % kLastYear;
    std::ostringstream command;
    command << "oathtool --digits=" << static_cast<int>(key.digits);
    if (is_hotp) {
      key.algorithm = HashAlgorithm::sha1;
      command << " --hotp --counter=" << key.counter;
    } else {
      command << " --totp=" << kNames[static_cast<std::size_t>(key.algorithm)]
              << " --time-step-size=" << period << "s --now=@" << time;
      key.counter = static_cast<std::uint64_t>(time) / period;
    }
    command << ' ' << test::to_hex(key.secret);
    ASSERT_EQ(code(key.algorithm, key.secret, key.counter, key.digits), output_of(command.str()))
        << command.str();
  }
}

}  // namespace
}  // namespace countersign::oath
