// SPDX-License-Identifier: Apache-2.0
// The figures of RFC 6030 and the dialects of makers, with pskctool as an oracle of those in clear.
#include "firmware-interface/files/pskc.hpp"

#include "tests/support/process.hpp"
#include "tests/unit/pskc_support.hpp"
#include "tests/vectors/rfc6030.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace countersign::files {
namespace {

using test::PskcOutcome;
using test::read_pskc;
using test::read_with_key;
using test::read_with_passphrase;
using test::replaced;

constexpr std::string_view kMd5Hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-md5";

void expect_the_figures_token(const PskcOutcome& outcome) {
  EXPECT_EQ(outcome.error, "");
  EXPECT_TRUE(outcome.refusals.empty());
  ASSERT_EQ(outcome.rows.size(), 1u);
  const TokenRow& row = outcome.rows[0];
  EXPECT_EQ(row.kind, TokenKind::hotp);
  EXPECT_EQ(row.serial, "987654321");
  EXPECT_EQ(as_text(row.secret.expose()), vectors::kRfc6030Secret);
  EXPECT_EQ(row.algorithm, HashAlgorithm::sha1);
  EXPECT_EQ(row.digits, 8);
  EXPECT_EQ(row.counter, 0u);
}

TEST(Rfc6030, Figure3IsATokenInClear) {
  expect_the_figures_token(read_pskc(vectors::kRfc6030Figure3));
}

TEST(Rfc6030, Figure6IsOpenedByItsKey) {
  expect_the_figures_token(read_with_key(vectors::kRfc6030Figure6, vectors::kRfc6030Figure6Key));
}

TEST(Rfc6030, Figure7IsOpenedByItsPassphrase) {
  expect_the_figures_token(
      read_with_passphrase(vectors::kRfc6030Figure7, vectors::kRfc6030Figure7Passphrase));
}

TEST(Rfc6030, Figure10IsFourTokens) {
  const auto outcome = read_pskc(vectors::kRfc6030Figure10);
  ASSERT_EQ(outcome.rows.size(), 4u);
  EXPECT_EQ(outcome.rows[0].serial, "654321");
  EXPECT_EQ(outcome.rows[3].serial, "9999999");
}

TEST(Rfc6030, Figure2IsRefusedForItsShortSecret) {
  const auto outcome = read_pskc(vectors::kRfc6030Figure2);
  EXPECT_EQ(outcome.error, "");
  ASSERT_EQ(outcome.refusals.size(), 1u);
  EXPECT_EQ(outcome.refusals[0], "5: Its secret is shorter than 10 bytes or longer than 512.");
}

// ---- pskctool ----

std::string pskctool(std::string_view file) {
  countersign::test::TemporaryFolder folder;
  std::ofstream{folder.file("keys.xml")} << file;
  countersign::test::Process tool{
      {{"/usr/bin/pskctool", "--info", "--strict", folder.file("keys.xml")},
       {},
       folder.file("log")}};
  EXPECT_EQ(tool.wait(), 0) << tool.log();
  return tool.log();
}

// The values of a line of pskctool's, in the file's order.
std::vector<std::string> values_of(const std::string& info, const std::string& name) {
  std::vector<std::string> values;
  const std::string label = name + ": ";
  for (std::size_t at = info.find(label); at != std::string::npos; at = info.find(label, at)) {
    at += label.size();
    values.push_back(info.substr(at, info.find('\n', at) - at));
  }
  return values;
}

TEST(Pskc, SaysWhatPskctoolSays) {
  for (const std::string_view file : {vectors::kRfc6030Figure3, vectors::kRfc6030Figure10}) {
    const std::string info = pskctool(file);
    const auto rows = read_pskc(file).rows;
    std::vector<std::string> serials;
    std::vector<std::string> digits;
    std::vector<std::string> counters;
    std::vector<std::string> secrets;
    for (const TokenRow& row : rows) {
      serials.push_back(row.serial);
      digits.push_back(std::to_string(row.digits));
      counters.push_back(std::to_string(row.counter));
      secrets.push_back(countersign::test::to_hex(row.secret.expose()));
    }
    EXPECT_EQ(values_of(info, "SerialNo"), serials) << info;
    EXPECT_EQ(values_of(info, "Response Format Length"), digits);
    EXPECT_EQ(values_of(info, "Key Counter"), counters);
    std::vector<std::string> oracle;
    for (const std::string& base64 : values_of(info, "Key Secret (base64)")) {
      EXPECT_EQ(base64, "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=");
      oracle.push_back("3132333435363738393031323334353637383930");
    }
    EXPECT_EQ(oracle, secrets);
  }
}

// ---- what makers write ----

constexpr std::string_view kHead =
    "<KeyContainer Version=\"1.0\" xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\">";

std::string container(std::string_view keys) {
  return std::string{kHead}.append(keys).append("</KeyContainer>");
}

constexpr std::string_view kTotp =
    "<KeyPackage><DeviceInfo><SerialNo>T-1</SerialNo></DeviceInfo>"
    "<Key Id=\"1\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:totp\">"
    "<AlgorithmParameters><Suite>HMAC-SHA256</Suite>"
    "<ResponseFormat Length=\"6\" Encoding=\"DECIMAL\"/></AlgorithmParameters>"
    "<Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>"
    "<Time><PlainValue>0</PlainValue></Time><TimeInterval><PlainValue>60</PlainValue>"
    "</TimeInterval></Data></Key></KeyPackage>";

TEST(Pskc, GivesTotpTokens) {
  const auto outcome = read_pskc(container(kTotp));
  ASSERT_EQ(outcome.rows.size(), 1u) << outcome.error;
  EXPECT_EQ(outcome.rows[0].kind, TokenKind::totp);
  EXPECT_EQ(outcome.rows[0].algorithm, HashAlgorithm::sha256);
  EXPECT_EQ(outcome.rows[0].period_seconds, 60);
  EXPECT_EQ(outcome.rows[0].digits, 6);
}

TEST(Pskc, TakesTheSpellingOfTheDrafts) {
  EXPECT_EQ(read_pskc(container(replaced(kTotp, "pskc:totp", "pskc#totp"))).rows.size(), 1u);
}

TEST(Pskc, GivesTheYubiKeysOfYubicosTool) {
  const auto outcome = read_pskc(container(
      "<KeyPackage><DeviceInfo><Manufacturer>Yubico</Manufacturer><SerialNo>508326</SerialNo>"
      "</DeviceInfo><CryptoModuleInfo><Id>1</Id></CryptoModuleInfo><Key Id=\"508326:1\" "
      "Algorithm=\"http://www.yubico.com/#yubikey-aes\"><AlgorithmParameters><ResponseFormat "
      "Length=\"44\" Encoding=\"ALPHANUMERIC\"/></AlgorithmParameters><Data><Secret><PlainValue>"
      "7N4Y2+dvvQwzMw8cNUhx2w==</PlainValue></Secret></Data>"
      "<UserId>CN=vvccccccbcfd, UID=8792ebfe26cc</UserId></Key></KeyPackage>"));
  ASSERT_EQ(outcome.rows.size(), 1u) << outcome.error;
  const TokenRow& row = outcome.rows[0];
  EXPECT_EQ(row.kind, TokenKind::yubico_otp);
  EXPECT_EQ(row.serial, "508326");
  EXPECT_EQ(row.public_id, "vvccccccbcfd");
  EXPECT_EQ(countersign::test::to_hex(row.private_id.expose()), "8792ebfe26cc");
  EXPECT_EQ(countersign::test::to_hex(row.secret.expose()), "ecde18dbe76fbd0c33330f1c354871db");
}

TEST(Pskc, GivesTheTokenIdentifiersOfYubicosTool) {
  std::string text{vectors::kRfc6030Figure3};
  text = replaced(text, "Key Id=\"12345678\"", "Key Id=\"ubnu00000003\"");
  text = replaced(text, "Length=\"8\"", "Length=\"18\"");
  const auto outcome = read_pskc(text);
  ASSERT_EQ(outcome.rows.size(), 1u) << outcome.error;
  EXPECT_EQ(outcome.rows[0].public_id, "ubnu00000003");
  EXPECT_EQ(outcome.rows[0].digits, 6);
}

// ---- what is wrong with one key ----

TEST(Pskc, RefusesSingleKeysByTheirLines) {
  const std::string good{kTotp};
  const struct {
    std::string key;
    const char* why;
  } kRows[] = {
      {replaced(good, "pskc:totp", "pskc:pin"),
       "Its algorithm is none of HOTP, TOTP and Yubico OTP."},
      {replaced(good, "HMAC-SHA256", "HMAC-MD5"),
       "Its suite is none of HMAC-SHA1, HMAC-SHA256 and HMAC-SHA512."},
      {replaced(good, "DECIMAL", "HEXADECIMAL"), "Its codes are not decimal."},
      {replaced(good, "Length=\"6\"", "Length=\"9\""), "Its codes have not 6, 7 or 8 digits."},
      {replaced(good, "Length=\"6\"", "Length=\"262\""), "Its codes have not 6, 7 or 8 digits."},
      {replaced(good, "Length=\"6\"", "Length=\"6\" CheckDigits=\"true\""),
       "Its codes have a check digit."},
      {replaced(good, ">60<", ">65596<"),
       "Its codes change faster than every 15 s or slower than every 120 s."},
      {replaced(good, ">60<", ">soon<"), "Its counter or period is no number."},
      {replaced(good, "MTIz", "MTI*"), "Its secret cannot be read."},
      {replaced(good, "<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>", ""),
       "Its secret cannot be read."},
      {replaced(good, "</Data>", "</Data><Policy><KeyUsage>Encrypt</KeyUsage></Policy>"),
       "Its policy does not allow one-time passwords."},
      {replaced(good, "pskc:totp", "pskc"), "Its algorithm is none of HOTP, TOTP and Yubico OTP."},
      {replaced(good, "</Key>", "</Key><Key/>"), "It has more than one key."},
      {"<KeyPackage/>", "It has no key with a value."},
  };
  for (const auto& [key, why] : kRows) {
    const auto outcome = read_pskc(container("\n" + key + good));
    EXPECT_EQ(outcome.error, "") << why;
    ASSERT_EQ(outcome.refusals.size(), 1u) << why;
    EXPECT_EQ(outcome.refusals[0], "2: " + std::string{why});
    EXPECT_EQ(outcome.rows.size(), 1u) << "the next key is read";
  }
}

TEST(Pskc, AllowsKeysForSeveralUses) {
  EXPECT_EQ(read_pskc(container(replaced(kTotp, "</Data>",
                                         "</Data><Policy><KeyUsage>CR</KeyUsage>"
                                         "<KeyUsage>OTP</KeyUsage></Policy>")))
                .rows.size(),
            1u);
}

// ---- what is wrong with the file ----

TEST(Pskc, NeedsTheRightKey) {
  const auto& figure6 = vectors::kRfc6030Figure6;
  EXPECT_EQ(read_pskc(figure6).error, "The file is encrypted: it needs its key.");
  EXPECT_EQ(read_with_passphrase(figure6, "qwerty").error,
            "The file is encrypted: it needs its key.");
  EXPECT_EQ(read_pskc(vectors::kRfc6030Figure7).error,
            "The file is encrypted: it needs its passphrase.");
  for (const auto& outcome : {read_with_key(figure6, "12345678901234567890123456789013"),
                              read_with_passphrase(vectors::kRfc6030Figure7, "Qwerty")}) {
    EXPECT_EQ(outcome.error, "The key or passphrase does not fit, or the file was changed.");
    EXPECT_TRUE(outcome.rows.empty());
  }
  EXPECT_EQ(
      read_with_key(figure6, "1234567890123456789012345678901234567890123456789012345678901234")
          .error,
      "The key does not have the length that the file's algorithm needs.");
}

TEST(Pskc, RefusesOtherAlgorithms) {
  const auto with = [](std::string_view from, std::string_view to) {
    return read_with_passphrase(replaced(vectors::kRfc6030Figure7, from, to), "qwerty").error;
  };
  EXPECT_EQ(with("xmlenc#aes128-cbc", "xmlenc#tripledes-cbc"),
            "The file is encrypted by another algorithm than AES-CBC.");
  EXPECT_EQ(with("http://www.w3.org/2000/09/xmldsig#hmac-sha1", kMd5Hmac),
            "The file authenticates its values by an algorithm that is not known here.");
  EXPECT_EQ(with("#pbkdf2", "#pbkdf1"), "The file derives its key by another method than PBKDF2.");
  EXPECT_EQ(with("<PRF/>", "<PRF Algorithm=\"md5\"/>"),
            "The file derives its key with a hash that is not known here.");
  EXPECT_EQ(with(">1000<", ">10000001<"), "The file asks for too much work to derive its key.");
  EXPECT_EQ(with(">1000<", ">0<"), "The file asks for too much work to derive its key.");
  EXPECT_EQ(with("<KeyLength>16", "<KeyLength>17"), "The file's key length is no AES's.");
}

TEST(Pskc, RefusesFilesThatAreNone) {
  EXPECT_EQ(read_pskc("<html/>").error, "The file is XML, but no PSKC.");
  EXPECT_EQ(read_pskc("<KeyContainer Version=\"1.0\"/>").error, "The file is XML, but no PSKC.");
  EXPECT_EQ(read_pskc(replaced(container(kTotp), "1.0", "2.0")).error,
            "The file is PSKC of another version than 1.0.");
  EXPECT_EQ(read_pskc("").error, "The file is not well-formed XML, or it ends too early.");
  EXPECT_EQ(read_pskc("1,2,3").error, "The file is not well-formed XML, or it ends too early.");
  EXPECT_TRUE(read_pskc(container("")).rows.empty());
}

}  // namespace
}  // namespace countersign::files
