// SPDX-License-Identifier: Apache-2.0
// The engine on SoftHSM2: the RFCs' rows, every length of seed, damaged rows, eviction.
#include "hsm/engine.hpp"

#include "firmware-interface/oath.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/hmac.hpp"
#include "tests/support/hsm_token.hpp"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <optional>
#include <vector>

namespace countersign::hsm {
namespace {

using test::failure;
using test::HsmToken;

constexpr std::array kAlgorithms{HashAlgorithm::sha1, HashAlgorithm::sha256, HashAlgorithm::sha512};

class HsmEngine : public testing::Test {
 protected:
  HsmEngine() : HsmEngine{HsmToken::shared().engine_settings()} {}
  explicit HsmEngine(const EngineSettings& settings) : opened_{Engine::open(settings)} {}
  void SetUp() override { ASSERT_TRUE(opened_) << opened_.error().operation.view(); }
  Engine& engine() { return *opened_; }

  // The counter that matched; none if none did, and -1 for an error.
  std::optional<std::int64_t> match(BytesView sealed, HashAlgorithm algorithm, std::uint8_t digits,
                                    std::span<const std::uint64_t> counters,
                                    std::string_view passcode) {
    const auto answer = engine().match_oath({sealed, algorithm, digits, counters, passcode});
    if (!answer) return -1;
    if (!*answer) return std::nullopt;
    return static_cast<std::int64_t>(**answer);
  }

 private:
  Result<Engine> opened_;
};

std::string code_of(HashAlgorithm algorithm, BytesView secret, std::uint64_t counter,
                    oath::Digits digits) {
  const auto message = oath::counter_bytes(counter);
  return std::string{oath::truncate(test::hmac(algorithm, secret, message), digits).view()};
}

Bytes secret_of(std::size_t size) {
  Bytes secret(size);
  for (std::size_t i = 0; i < size; ++i) secret[i] = static_cast<std::byte>(i * 7 + size);
  return secret;
}

TEST_F(HsmEngine, MatchesEveryRowOfRfc4226AppendixD) {
  const auto sealed = engine().seal_oath(HashAlgorithm::sha1, as_bytes("12345678901234567890"));
  ASSERT_TRUE(sealed);
  constexpr std::array kCodes{"755224", "287082", "359152", "969429", "338314",
                              "254676", "287922", "162583", "399871", "520489"};
  for (std::uint64_t count = 0; count < kCodes.size(); ++count) {
    EXPECT_EQ(match(*sealed, HashAlgorithm::sha1, 6, {&count, 1}, kCodes[count]), count);
  }
}

struct Rfc6238Row {
  std::uint64_t seconds;
  std::array<const char*, 3> codes;  // SHA-1, SHA-256, SHA-512
};

TEST_F(HsmEngine, MatchesEveryRowOfRfc6238AppendixB) {
  // The erratum's seeds: as long as each digest.
  constexpr std::array kSeeds{"12345678901234567890", "12345678901234567890123456789012",
                              "1234567890123456789012345678901234567890123456789012345678901234"};
  constexpr std::array kRows{
      Rfc6238Row{59, {"94287082", "46119246", "90693936"}},
      Rfc6238Row{1111111109, {"07081804", "68084774", "25091201"}},
      Rfc6238Row{1111111111, {"14050471", "67062674", "99943326"}},
      Rfc6238Row{1234567890, {"89005924", "91819424", "93441116"}},
      Rfc6238Row{2000000000, {"69279037", "90698825", "38618901"}},
      Rfc6238Row{20000000000, {"65353130", "77737706", "47863826"}},
  };
  for (std::size_t i = 0; i < kAlgorithms.size(); ++i) {
    const auto sealed = engine().seal_oath(kAlgorithms[i], as_bytes(kSeeds[i]));
    ASSERT_TRUE(sealed);
    for (const Rfc6238Row& row : kRows) {
      const std::uint64_t step = row.seconds / 30;
      EXPECT_EQ(match(*sealed, kAlgorithms[i], 8, {&step, 1}, row.codes[i]), step);
    }
  }
}

TEST_F(HsmEngine, AgreesWithOpenSslForEveryLengthOfSeedAndCode) {
  for (const HashAlgorithm algorithm : kAlgorithms) {
    for (const std::size_t size : {1U, 10U, 16U, 20U, 32U, 63U, 64U, 65U, 128U, 129U, 200U, 512U}) {
      const Bytes secret = secret_of(size);
      const auto sealed = engine().seal_oath(algorithm, secret);
      ASSERT_TRUE(sealed);
      for (const auto digits : {oath::Digits::six, oath::Digits::seven, oath::Digits::eight}) {
        const std::uint64_t counter = 1'000'000 + size;
        EXPECT_EQ(match(*sealed, algorithm, static_cast<std::uint8_t>(digits), {&counter, 1},
                        code_of(algorithm, secret, counter, digits)),
                  counter)
            << size << " bytes";
      }
    }
  }
}

TEST_F(HsmEngine, AnswersTheCounterThatMatchedInTheOrderGiven) {
  const Bytes secret = secret_of(20);
  const auto sealed = engine().seal_oath(HashAlgorithm::sha1, secret);
  ASSERT_TRUE(sealed);
  constexpr std::array<std::uint64_t, 3> kWindow{7, 8, 6};
  for (const std::uint64_t counter : kWindow) {
    EXPECT_EQ(match(*sealed, HashAlgorithm::sha1, 6, kWindow,
                    code_of(HashAlgorithm::sha1, secret, counter, oath::Digits::six)),
              counter);
  }
  EXPECT_EQ(match(*sealed, HashAlgorithm::sha1, 6, kWindow,
                  code_of(HashAlgorithm::sha1, secret, 9, oath::Digits::six)),
            std::nullopt);
}

TEST_F(HsmEngine, MatchesNoPasscodeOfAnotherLength) {
  const Bytes secret = secret_of(20);
  const auto sealed = engine().seal_oath(HashAlgorithm::sha1, secret);
  ASSERT_TRUE(sealed);
  constexpr std::uint64_t kCounter = 5;
  const std::string code = code_of(HashAlgorithm::sha1, secret, kCounter, oath::Digits::six);
  for (const std::string& other : {std::string{}, code.substr(1), code + "0", "00" + code}) {
    EXPECT_EQ(match(*sealed, HashAlgorithm::sha1, 6, {&kCounter, 1}, other), std::nullopt);
  }
}

TEST_F(HsmEngine, CallsEveryDamagedSealedSecretCorrupt) {
  const Bytes secret = secret_of(20);
  const auto sealed = engine().seal_oath(HashAlgorithm::sha1, secret);
  ASSERT_TRUE(sealed);
  constexpr std::uint64_t kCounter = 5;
  const std::string code = code_of(HashAlgorithm::sha1, secret, kCounter, oath::Digits::six);
  for (std::size_t bit = 0; bit < sealed->size() * 8; ++bit) {
    Bytes damaged = *sealed;
    damaged[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto answer =
        engine().match_oath({damaged, HashAlgorithm::sha1, 6, {&kCounter, 1}, code});
    EXPECT_EQ(failure(answer), ErrorCode::corrupt) << "bit " << bit;
  }
  for (std::size_t size = 0; size < sealed->size(); ++size) {
    const BytesView cut = BytesView{*sealed}.first(size);
    const auto answer = engine().match_oath({cut, HashAlgorithm::sha1, 6, {&kCounter, 1}, code});
    EXPECT_EQ(failure(answer), ErrorCode::corrupt) << size << " bytes";
  }
  EXPECT_EQ(match(*sealed, HashAlgorithm::sha1, 6, {&kCounter, 1}, code), kCounter);
}

TEST_F(HsmEngine, CallsASecretOfAnotherAlgorithmCorruptEvenWhenItIsUnwrapped) {
  const auto sealed = engine().generate_oath(HashAlgorithm::sha1);
  ASSERT_TRUE(sealed);
  constexpr std::uint64_t kCounter = 5;
  ASSERT_EQ(match(sealed->sealed, HashAlgorithm::sha1, 6, {&kCounter, 1}, "x"), std::nullopt);
  const auto answer =
      engine().match_oath({sealed->sealed, HashAlgorithm::sha512, 6, {&kCounter, 1}, "x"});
  EXPECT_EQ(failure(answer), ErrorCode::corrupt);
}

TEST_F(HsmEngine, RefusesWhatIsNoQuestion) {
  const auto sealed = engine().generate_oath(HashAlgorithm::sha1);
  ASSERT_TRUE(sealed);
  const std::vector<std::uint64_t> many(kCountersMax + 1);
  const std::uint64_t one = 1;
  const auto ask = [&](HashAlgorithm algorithm, std::uint8_t digits,
                       std::span<const std::uint64_t> counters) {
    return failure(engine().match_oath({sealed->sealed, algorithm, digits, counters, "000000"}));
  };
  EXPECT_EQ(ask(HashAlgorithm{0}, 6, {&one, 1}), ErrorCode::malformed);
  EXPECT_EQ(ask(HashAlgorithm{4}, 6, {&one, 1}), ErrorCode::malformed);
  EXPECT_EQ(ask(HashAlgorithm::sha1, 5, {&one, 1}), ErrorCode::malformed);
  EXPECT_EQ(ask(HashAlgorithm::sha1, 9, {&one, 1}), ErrorCode::malformed);
  EXPECT_EQ(ask(HashAlgorithm::sha1, 6, {}), ErrorCode::malformed);
  EXPECT_EQ(ask(HashAlgorithm::sha1, 6, many), ErrorCode::malformed);
}

TEST_F(HsmEngine, RefusesToSealWhatIsNoSecret) {
  EXPECT_EQ(failure(engine().seal_oath(HashAlgorithm::sha1, {})), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().seal_oath(HashAlgorithm{9}, secret_of(20))), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().seal_oath(HashAlgorithm::sha1, secret_of(kOathSecretBytesMax + 1))),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(failure(engine().generate_oath(HashAlgorithm{9})), ErrorCode::malformed);
}

TEST_F(HsmEngine, GeneratesASecretThatItsOwnerCanUse) {
  for (const HashAlgorithm algorithm : kAlgorithms) {
    const auto made = engine().generate_oath(algorithm);
    ASSERT_TRUE(made);
    ASSERT_EQ(made->secret.size(), digest_bytes(algorithm));
    const std::uint64_t counter = 77;
    const auto code = code_of(algorithm, made->secret.expose(), counter, oath::Digits::six);
    EXPECT_EQ(match(made->sealed, algorithm, 6, {&counter, 1}, code), counter);
  }
}

TEST_F(HsmEngine, NeverSealsTheSecretInClear) {
  const Bytes secret = secret_of(32);
  const auto sealed = engine().seal_oath(HashAlgorithm::sha1, secret);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(as_text(*sealed).find(as_text(BytesView{secret}.first(8))), std::string_view::npos);
}

TEST_F(HsmEngine, ComputesStableMacsThatDifferByKeyAndMessage) {
  const auto of = [&](MacKey key, std::string_view message) {
    const auto mac = engine().mac(key, as_bytes(message));
    return mac ? Bytes{mac->begin(), mac->end()} : Bytes{};
  };
  const Bytes mac = of(MacKey::record, "row");
  EXPECT_EQ(mac.size(), sizeof(Mac));
  EXPECT_EQ(of(MacKey::record, "row"), mac);
  EXPECT_NE(of(MacKey::record, "Row"), mac);
  EXPECT_NE(of(MacKey::pepper, "row"), mac);
}

TEST_F(HsmEngine, BoundsWhatItMacs) {
  EXPECT_TRUE(engine().mac(MacKey::record, Bytes(kMacInputBytesMax)));
  EXPECT_EQ(failure(engine().mac(MacKey::record, Bytes(kMacInputBytesMax + 1))),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(failure(engine().mac(MacKey{7}, {})), ErrorCode::malformed);
}

EngineSettings with_two_handles() {
  EngineSettings settings = HsmToken::shared().engine_settings();
  settings.handles_max = 2;
  return settings;
}

class HsmEngineWithTwoHandles : public HsmEngine {
 protected:
  HsmEngineWithTwoHandles() : HsmEngine{with_two_handles()} {}
};

TEST_F(HsmEngineWithTwoHandles, KeepsAnsweringForManyFactors) {
  std::deque<Generated> factors;
  for (int i = 0; i < 5; ++i) {
    auto made = engine().generate_oath(HashAlgorithm::sha1);
    ASSERT_TRUE(made);
    factors.push_back(*std::move(made));
  }
  for (std::uint64_t round = 0; round < 20; ++round) {
    const Generated& factor = factors[round * 3 % factors.size()];
    const auto code =
        code_of(HashAlgorithm::sha1, factor.secret.expose(), round, oath::Digits::six);
    EXPECT_EQ(match(factor.sealed, HashAlgorithm::sha1, 6, {&round, 1}, code), round);
    EXPECT_LE(engine().handles(), 2U);
  }
}

EngineSettings with_private_objects() {
  EngineSettings settings = HsmToken::shared().engine_settings();
  settings.private_session_objects = true;
  return settings;
}

class HsmEngineWithPrivateObjects : public HsmEngine {
 protected:
  HsmEngineWithPrivateObjects() : HsmEngine{with_private_objects()} {}
};

TEST_F(HsmEngineWithPrivateObjects, MatchesTheSame) {
  const auto sealed = engine().seal_oath(HashAlgorithm::sha1, as_bytes("12345678901234567890"));
  ASSERT_TRUE(sealed);
  constexpr std::uint64_t kCounter = 1;
  EXPECT_EQ(match(*sealed, HashAlgorithm::sha1, 6, {&kCounter, 1}, "287082"), kCounter);
}

TEST(HsmEngineRestart, OpensWhatAnEarlierEngineSealed) {
  Bytes sealed;
  {
    auto first = Engine::open(HsmToken::shared().engine_settings());
    ASSERT_TRUE(first);
    auto made = first->seal_oath(HashAlgorithm::sha1, as_bytes("12345678901234567890"));
    ASSERT_TRUE(made);
    sealed = *std::move(made);
  }
  auto second = Engine::open(HsmToken::shared().engine_settings());
  ASSERT_TRUE(second);
  constexpr std::uint64_t kCounter = 1;
  const auto answer =
      second->match_oath({sealed, HashAlgorithm::sha1, 6, {&kCounter, 1}, "287082"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, kCounter);
}

}  // namespace
}  // namespace countersign::hsm
