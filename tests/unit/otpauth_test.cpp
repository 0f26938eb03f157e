// SPDX-License-Identifier: Apache-2.0
// What stands in an enrolment's QR code, and what a reader of one refuses.
#include "firmware-interface/otpauth_uri.hpp"

#include "tests/support/failure.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace countersign::otpauth {
namespace {

using test::failure;

constexpr std::string_view kSecret = "12345678901234567890";
constexpr std::string_view kSecretText = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const std::string kGood = "otpauth://totp/ACME:alice?secret=" + std::string{kSecretText};

Key key(Kind kind = Kind::totp) {
  Key made;
  made.kind = kind;
  made.issuer = "ACME Co";
  made.account = "alice@example.com";
  made.secret = SecretBytes{as_bytes(kSecret)};
  return made;
}

std::string built(const Key& key) {
  const auto text = build(key);
  return text ? std::string{as_text(text->expose())} : "refused";
}

TEST(OtpauthUri, WritesEveryParameterOut) {
  EXPECT_EQ(built(key()),
            "otpauth://totp/ACME%20Co:alice%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            "&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30");
  Key hotp = key(Kind::hotp);
  hotp.issuer.clear();
  hotp.algorithm = HashAlgorithm::sha512;
  hotp.digits = oath::Digits::eight;
  hotp.counter = kCounterMax;
  EXPECT_EQ(built(hotp),
            "otpauth://hotp/alice%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            "&algorithm=SHA512&digits=8&counter=9223372036854775807");
}

TEST(OtpauthUri, EncodesWhatWouldChangeItsMeaning) {
  Key tricky = key();
  tricky.issuer = "A&B=C/D?E#F%+";
  tricky.account = "\xc3\xa9:x&digits=8";
  EXPECT_TRUE(built(tricky).starts_with(
      "otpauth://totp/A%26B%3DC%2FD%3FE%23F%25%2B:%C3%A9%3Ax%26digits%3D8?secret="));
}

TEST(OtpauthUri, RefusesToWriteWhatNobodyCouldRead) {
  const auto refuses = [](auto change) {
    Key wrong = key();
    change(wrong);
    return failure(build(wrong));
  };
  const auto malformed = ErrorCode::malformed;
  EXPECT_EQ(refuses([](Key& k) { k.account.clear(); }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.account = " alice"; }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.issuer = "ACME:Co"; }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.issuer.clear(), k.account = "a:b"; }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.account = "a\nb"; }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.secret = SecretBytes{kSecretBytesMin - 1}; }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.digits = static_cast<oath::Digits>(5); }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.digits = static_cast<oath::Digits>(9); }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.period_seconds = 14; }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.period_seconds = 121; }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.kind = Kind::hotp, k.counter = kCounterMax + 1; }), malformed);
  EXPECT_EQ(refuses([](Key& k) { k.account.assign(257, 'a'); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(refuses([](Key& k) { k.secret = SecretBytes{kSecretBytesMax + 1}; }),
            ErrorCode::limit_exceeded);
}

TEST(OtpauthUri, WritesTheLargestKeyThereIs) {
  Key large = key(Kind::hotp);
  large.issuer.assign(kNameBytesMax, '\xff');
  large.account.assign(kNameBytesMax, '\xff');
  large.secret = SecretBytes{kSecretBytesMax};
  large.counter = kCounterMax;
  const std::string text = built(large);
  EXPECT_LE(text.size(), kUriBytesMax);
  EXPECT_TRUE(parse(text));
}

TEST(OtpauthUri, ReadsDefaultsAsTheFormatSays) {
  const auto read = parse("otpauth://totp/alice?secret=" + std::string{kSecretText});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, Kind::totp);
  EXPECT_EQ(read->issuer, "");
  EXPECT_EQ(read->account, "alice");
  EXPECT_EQ(as_text(read->secret.expose()), kSecret);
  EXPECT_EQ(read->algorithm, HashAlgorithm::sha1);
  EXPECT_EQ(read->digits, oath::Digits::six);
  EXPECT_EQ(read->period_seconds, 30);
}

TEST(OtpauthUri, ReadsTheSpellingsInUse) {
  const std::string secret{kSecretText};
  for (const std::string& text : std::vector<std::string>{
           "otpauth://totp/ACME%20Co:alice?issuer=ACME%20Co&secret=" + secret,
           "otpauth://totp/ACME%20Co%3Aalice?issuer=ACME%20Co&secret=" + secret,
           "otpauth://totp/ACME%20Co:%20alice?secret=" + secret,
           "otpauth://totp/alice?issuer=ACME%20Co&secret=" + secret,
           "OTPAUTH://TOTP/ACME%20Co:alice?algorithm=sha1&secret=" + secret,
           "otpauth://totp/ACME Co:alice?secret=" + secret,
           "otpauth://totp/ACME%20Co:alice?secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
           "otpauth://totp/ACME%20Co:alice?secret=GEZDGNBV%20GY3TQOJQ%20GEZDGNBV%20GY3TQOJQ",
       }) {
    const auto read = parse(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->issuer, "ACME Co") << text;
    EXPECT_EQ(read->account, "alice") << text;
    EXPECT_EQ(as_text(read->secret.expose()), kSecret) << text;
  }
}

TEST(OtpauthUri, ReadsHotpCountersToTheLast) {
  const std::string start = "otpauth://hotp/alice?secret=" + std::string{kSecretText};
  const auto read = parse(start + "&counter=9223372036854775807");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->counter, kCounterMax);
  EXPECT_EQ(failure(parse(start + "&counter=9223372036854775808")), ErrorCode::malformed);
  EXPECT_EQ(failure(parse(start + "&counter=18446744073709551616")), ErrorCode::malformed);
  EXPECT_EQ(failure(parse(start + "&counter=-1")), ErrorCode::malformed);
  EXPECT_EQ(failure(parse(start + "&counter=")), ErrorCode::malformed);
  EXPECT_EQ(failure(parse(start)), ErrorCode::malformed);
  EXPECT_EQ(failure(parse(start + "&counter=0&period=30")), ErrorCode::malformed);
}

TEST(OtpauthUri, RefusesParametersThatItDoesNotUnderstand) {
  ASSERT_TRUE(parse(kGood));
  for (const std::string_view more : {"&secret=GEZDGNBVGY3TQOJQ",
                                      "&digits=6&digits=6",
                                      "&t0=0",
                                      "&encoder=steam",
                                      "&Digits=6",
                                      "&digits=5",
                                      "&digits=9",
                                      "&digits=",
                                      "&digits=+6",
                                      "&digits=6 ",
                                      "&digits=6.0",
                                      "&digits=%36",
                                      "&period=14",
                                      "&period=121",
                                      "&period=-30",
                                      "&period=4294967326",
                                      "&counter=0",
                                      "&algorithm=MD5",
                                      "&algorithm=",
                                      "&algorithm=SHA",
                                      "&algorithm=SHA1 ",
                                      "&issuer=Other",
                                      "&issuer=",
                                      "&issuer=AC%4",
                                      "&issuer=ACME%00",
                                      "&",
                                      "&&",
                                      "&=",
                                      "&digits",
                                      "#here",
                                      "&issuer=ACME#"}) {
    const std::string text = kGood + std::string{more};
    if (more == "&") continue;  // a lone separator at the end separates nothing
    EXPECT_EQ(failure(parse(text)), ErrorCode::malformed) << text;
  }
}

TEST(OtpauthUri, RefusesAnotherShape) {
  const std::string query = "?secret=" + std::string{kSecretText};
  for (const std::string& text : std::vector<std::string>{"",
                                                          "otpauth",
                                                          "otpauth://",
                                                          "otpauth:totp/alice" + query,
                                                          "https://totp/alice" + query,
                                                          "otpauth://motp/alice" + query,
                                                          "otpauth://totp" + query,
                                                          "otpauth://totp/" + query,
                                                          "otpauth://totp:1/alice" + query,
                                                          "otpauth://a@totp/alice" + query,
                                                          "otpauth://totp/alice",
                                                          "otpauth://totp/alice?",
                                                          "otpauth://totp/alice?secret=",
                                                          "otpauth://totp/:alice" + query,
                                                          "otpauth://totp/ACME:" + query,
                                                          "otpauth://totp/ACME:%20" + query,
                                                          "otpauth://totp/%0Aalice" + query,
                                                          "otpauth://totp/%zz" + query,
                                                          "otpauth://totp/a%2" + query,
                                                          "otpauth://totp/alice?secret=GEZDGNBV",
                                                          "otpauth://totp/alice?secret=0189!",
                                                          " " + kGood,

                                                          kGood + "\n",
                                                          "otpauth://totp?x/alice" + query}) {
    EXPECT_EQ(failure(parse(text)), ErrorCode::malformed) << text;
  }
}

TEST(OtpauthUri, IsBounded) {
  std::string text = kGood + "&issuer=";
  text.append(kUriBytesMax + 1 - text.size(), 'a');
  EXPECT_EQ(failure(parse(text)), ErrorCode::limit_exceeded);
}

TEST(OtpauthUri, RoundTripsRandomKeys) {
  std::mt19937_64 random{20'260'101};
  const auto name = [&random](std::size_t size) {
    std::string text(size, ' ');
    for (char& c : text) {
      const auto byte = 0x21 + random() % (0x100 - 0x21);
      c = byte == 0x7f || byte == ':' ? '-' : static_cast<char>(byte);
    }
    return text;
  };
  for (int i = 0; i < 2'000; ++i) {
    Key made;
    made.kind = random() % 2 == 0 ? Kind::totp : Kind::hotp;
    made.issuer = name(random() % 40);
    made.account = name(1 + random() % 40);
    made.secret = SecretBytes{kSecretBytesMin + random() % 200};
    for (std::byte& b : made.secret.expose()) b = static_cast<std::byte>(random());
    made.algorithm = static_cast<HashAlgorithm>(1 + random() % 3);
    made.digits = static_cast<oath::Digits>(6 + random() % 3);
    if (made.kind == Kind::totp)
      made.period_seconds = static_cast<std::uint16_t>(15 + random() % 106);
    if (made.kind == Kind::hotp) made.counter = random() >> 1;

    const std::string text = built(made);
    const auto read = parse(text);
    ASSERT_TRUE(read) << text;
    ASSERT_EQ(built(*read), text);
    ASSERT_EQ(read->issuer, made.issuer);
    ASSERT_EQ(read->account, made.account);
    ASSERT_EQ(as_text(read->secret.expose()), as_text(made.secret.expose()));
  }
}

}  // namespace
}  // namespace countersign::otpauth
