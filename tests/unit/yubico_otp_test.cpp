// SPDX-License-Identifier: Apache-2.0
// What is a Yubico OTP and what is almost one; the fields of a block, with libyubikey as an oracle.
#include "firmware-interface/yubico_otp.hpp"

#include "firmware-interface/modhex.hpp"
#include "tests/support/hex.hpp"

#include <gtest/gtest.h>
#include <yubikey.h>

#include <algorithm>
#include <random>

namespace countersign {
namespace {

constexpr std::string_view kPublicId = "vvccccccbcfd";
constexpr std::string_view kBlock = "hknhfjbrjnlnldnhcujvddbikngjrtgh";
constexpr std::string_view kBlockHex = "69b6481c8baba2b60e8f22179b58cd56";
constexpr std::string_view kPlain = "8792ebfe26cc130030c20011c89f23c8";

std::string otp() { return std::string{kPublicId} + std::string{kBlock}; }

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// As a Dvorak keyboard types what was meant for another.
std::string dvorak(std::string text) {
  static constexpr std::string_view kTyped = "jxe.uidchtnbpygk";
  std::ranges::transform(text, text.begin(),
                         [](char c) { return kTyped[modhex::kAlphabet.find(c)]; });
  return text;
}

TEST(YubicoOtp, HasOneCanonicalForm) {
  std::string mixed = otp();
  mixed[0] = 'V';
  mixed[20] = upper(mixed)[20];
  for (const std::string& typed :
       {otp(), upper(otp()), mixed, dvorak(otp()), upper(dvorak(otp())),
        "https://my.yubico.com/yk/#" + otp(), "https://my.yubico.com/neo/" + otp(),
        "https://my.yubico.com/yk/#" + upper(otp())}) {
    const auto parsed = parse_yubico_otp(typed);
    ASSERT_TRUE(parsed) << typed;
    EXPECT_EQ(parsed->public_id, kPublicId);
    EXPECT_EQ(test::to_hex(parsed->block), kBlockHex);
  }
}

TEST(YubicoOtp, MayHaveAnyEvenPublicIdOfUpTo16Letters) {
  for (std::size_t size = 0; size <= 16; size += 2) {
    const std::string public_id(size, 'b');
    const auto parsed = parse_yubico_otp(public_id + std::string{kBlock});
    ASSERT_TRUE(parsed) << size;
    EXPECT_EQ(parsed->public_id, public_id);
  }
  EXPECT_FALSE(parse_yubico_otp(std::string(18, 'b') + std::string{kBlock}));
}

TEST(YubicoOtp, StaysWhatItIsIfItCouldBeDvorakToo) {
  const std::string both(32, 'c');  // c is a letter of both alphabets, for different numbers
  EXPECT_EQ(test::to_hex(parse_yubico_otp(both)->block), std::string(32, '0'));
  // One letter that is of no other alphabet decides.
  EXPECT_EQ(test::to_hex(parse_yubico_otp("x" + both.substr(1))->block).substr(0, 4), "1777");
}

TEST(YubicoOtp, IsNothingElse) {
  const std::string good = otp();
  for (const std::string& typed : std::initializer_list<std::string>{
           "", "123456", good.substr(1), good + "c", good.substr(13), std::string(31, 'c'),
           std::string(50, 'c'), good + "\n", good.substr(0, 43) + " ", good.substr(0, 43) + "a",
           "." + good.substr(1), good.substr(0, 43) + '\0', "http://my.yubico.com/yk/#" + good,
           "https://my.yubico.com/yk/" + good, "https://my.yubico.com/yk/#",
           "https://my.yubico.com/neo/#" + good,
           "https://my.yubico.com/yk/#https://my.yubico.com/yk/#" + good,
           "https://my.yubico.com.example/yk/#" + good, std::string(44, '0')}) {
    EXPECT_FALSE(parse_yubico_otp(typed)) << typed;
  }
}

std::optional<YubicoPlain> fields(const Bytes& plaintext) {
  return parse_yubico_block(std::span{plaintext}.first<kYubicoBlockBytes>());
}

TEST(YubicoBlock, GivesThePublishedFields) {
  const auto plain = fields(test::from_hex(kPlain));
  ASSERT_TRUE(plain);
  EXPECT_EQ(test::to_hex(plain->private_id), "8792ebfe26cc");
  EXPECT_EQ(plain->session_counter, 19);
  EXPECT_EQ(plain->session_use, 17);
  EXPECT_EQ(plain->timestamp, 0x00c230u);
}

TEST(YubicoBlock, RefusesEveryFlippedBit) {
  for (std::size_t bit = 0; bit < 8 * kYubicoBlockBytes; ++bit) {
    Bytes plaintext = test::from_hex(kPlain);
    plaintext[bit / 8] ^= std::byte{1} << bit % 8;
    EXPECT_FALSE(fields(plaintext)) << bit;
  }
}

// What libyubikey encrypts with a random key, decrypts again and says about it.
TEST(YubicoBlock, AgreesWithLibyubikey) {
  std::mt19937_64 random{20261122};
  const auto number = [&random](unsigned max) {
    return std::uniform_int_distribution<unsigned>{0, max}(random);
  };
  for (int round = 0; round < 1000; ++round) {
    yubikey_token_st token{};
    for (auto& byte : token.uid) byte = static_cast<std::uint8_t>(number(0xff));
    token.ctr = static_cast<std::uint16_t>(number(0xffff));
    token.tstpl = static_cast<std::uint16_t>(number(0xffff));
    token.tstph = static_cast<std::uint8_t>(number(0xff));
    token.use = static_cast<std::uint8_t>(number(0xff));
    token.rnd = static_cast<std::uint16_t>(number(0xffff));
    token.crc = static_cast<std::uint16_t>(
        ~::yubikey_crc16(reinterpret_cast<const std::uint8_t*>(&token), sizeof token - 2));
    std::array<std::uint8_t, YUBIKEY_KEY_SIZE> key{};
    for (auto& byte : key) byte = static_cast<std::uint8_t>(number(0xff));
    std::array<char, YUBIKEY_OTP_SIZE + 1> typed{};
    yubikey_token_st encrypted_in_place = token;
    ::yubikey_generate(&encrypted_in_place, key.data(), typed.data());

    auto block = parse_yubico_otp(typed.data())->block;
    ::yubikey_aes_decrypt(reinterpret_cast<std::uint8_t*>(block.data()), key.data());
    const auto plain = parse_yubico_block(block);
    ASSERT_TRUE(plain) << round;
    EXPECT_TRUE(std::ranges::equal(plain->private_id, std::as_bytes(std::span{token.uid})));
    EXPECT_EQ(plain->session_counter, token.ctr & 0x7fff);
    EXPECT_EQ(plain->session_use, token.use);
    EXPECT_EQ(plain->timestamp, token.tstpl | token.tstph << 16u);
  }
}

}  // namespace
}  // namespace countersign
