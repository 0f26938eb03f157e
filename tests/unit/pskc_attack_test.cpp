// SPDX-License-Identifier: Apache-2.0
// PSKC files that somebody changed, cut off or made to do harm: nothing comes of them.
#include "firmware-interface/files/pskc.hpp"

#include "firmware-interface/files/xml.hpp"
#include "tests/unit/pskc_support.hpp"
#include "tests/vectors/rfc6030.hpp"

#include <gtest/gtest.h>

namespace countersign::files {
namespace {

using test::read_pskc;
using test::read_with_key;
using test::replaced;

constexpr std::string_view kDoesNotFit =
    "The key or passphrase does not fit, or the file was changed.";
constexpr std::string_view kDoctype = "The file declares a document type: no token file does.";
constexpr std::string_view kNotXml = "The file is not well-formed XML, or it ends too early.";
constexpr std::string_view kOutOfOrder = "The file's elements are out of order.";

std::string error_of_figure6(std::string_view from, std::string_view to) {
  const auto outcome =
      read_with_key(replaced(vectors::kRfc6030Figure6, from, to), vectors::kRfc6030Figure6Key);
  EXPECT_TRUE(outcome.rows.empty());
  return outcome.error;
}

TEST(PskcAttack, AnyChangedEncryptedValueEndsTheReading) {
  EXPECT_EQ(error_of_figure6("AAECAwQF", "AAECAwQG"), kDoesNotFit) << "initialisation vector";
  EXPECT_EQ(error_of_figure6("lef1VmNP", "lef1VmNQ"), kDoesNotFit) << "ciphertext";
  EXPECT_EQ(error_of_figure6("Su+NvtQf", "Su+NvtQg"), kDoesNotFit) << "MAC";
  EXPECT_EQ(error_of_figure6("Su+NvtQfmvfJzF6bmQiJqoLRExc=", "Su+NvtQfmvfJzF6bmQiJqoLR"),
            kDoesNotFit)
      << "truncated MAC";
  EXPECT_EQ(error_of_figure6("ESIzRFVm", "ESIzRFVn"), kDoesNotFit) << "MAC key";
}

TEST(PskcAttack, AMissingMacEndsTheReading) {
  EXPECT_EQ(error_of_figure6(
                "<ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=\n                    </ValueMAC>", ""),
            "An encrypted value is not authenticated, as the file says it is.");
}

TEST(PskcAttack, AnUnreadableEncryptedValueEndsTheReading) {
  EXPECT_EQ(error_of_figure6("AAECAwQF", "AAEC*wQF"), "An encrypted value cannot be read.");
  EXPECT_EQ(error_of_figure6("Su+NvtQf", "Su+*vtQf"), "A value's MAC cannot be read.");
}

TEST(PskcAttack, SecretsInClearCannotBeSlippedIn) {
  const std::string_view figure = vectors::kRfc6030Figure6;
  const std::size_t start = figure.find("<EncryptedValue>");
  const std::size_t end = figure.find("</Secret>");
  const std::string planted = replaced(figure, figure.substr(start, end - start),
                                       "<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>");
  EXPECT_EQ(read_with_key(planted, vectors::kRfc6030Figure6Key).error,
            "A secret stands in clear in a file that encrypts its values.");
  const auto rewritten = read_with_key(vectors::kRfc6030Figure3, vectors::kRfc6030Figure6Key);
  EXPECT_EQ(rewritten.error, "The file is not encrypted, though a key or passphrase was given.");
  EXPECT_TRUE(rewritten.rows.empty());
}

TEST(PskcAttack, OneChangedKeyAmongMany) {
  const std::string_view figure = vectors::kRfc6030Figure6;
  const std::size_t start = figure.find("    <KeyPackage>");
  const std::size_t end = figure.find("</KeyContainer>");
  const std::string package{figure.substr(start, end - start)};
  const std::string head{figure.substr(0, start)};
  const auto good =
      read_with_key(head + package + package + "</KeyContainer>", vectors::kRfc6030Figure6Key);
  EXPECT_EQ(good.rows.size(), 2u);
  const auto bad =
      read_with_key(head + package + replaced(package, "AAEC", "AAED") + "</KeyContainer>",
                    vectors::kRfc6030Figure6Key);
  EXPECT_EQ(bad.error, kDoesNotFit);
}

TEST(PskcAttack, AForgedValueIsFoundInAKeyThatIsRefusedAnyway) {
  EXPECT_EQ(error_of_figure6("pskc:hotp", "pskc:pin"), "");
  const auto forged = replaced(vectors::kRfc6030Figure6, "Su+NvtQf", "Su+NvtQg");
  EXPECT_EQ(
      read_with_key(replaced(forged, "pskc:hotp", "pskc:pin"), vectors::kRfc6030Figure6Key).error,
      kDoesNotFit);
}

TEST(PskcAttack, TheMacMethodCannotBeTakenBack) {
  const std::string second =
      "<MACMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\"/>";
  EXPECT_EQ(error_of_figure6("    <KeyPackage>", second + "<KeyPackage>"), kOutOfOrder);
  EXPECT_EQ(error_of_figure6("    <KeyPackage>", "<EncryptionKey/><KeyPackage>"), kOutOfOrder);
}

TEST(PskcAttack, EntitiesAreNeverRead) {
  const std::string secret = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=";
  const auto with_doctype = [&](const std::string& doctype, const std::string& value) {
    const std::string text =
        replaced(vectors::kRfc6030Figure3, "<KeyContainer", doctype + "<KeyContainer");
    return read_pskc(replaced(text, secret, value)).error;
  };
  EXPECT_EQ(with_doctype("<!DOCTYPE KeyContainer>", secret), kDoctype);
  EXPECT_EQ(with_doctype("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>", "&e;"),
            kDoctype);
  EXPECT_EQ(with_doctype("<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\">", secret), kDoctype);
  std::string laughs = "<!DOCTYPE x [<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 10; ++i) {
    laughs += "<!ENTITY l" + std::to_string(i) + " \"";
    for (int j = 0; j < 10; ++j) laughs += "&l" + std::to_string(i - 1) + ";";
    laughs += "\">";
  }
  EXPECT_EQ(with_doctype(laughs + "]>", "&l9;"), kDoctype);
  EXPECT_EQ(with_doctype("", "&e;"), kNotXml) << "an entity that nothing declares";
}

TEST(PskcAttack, OtherEncodingsCannotHideADocumentType) {
  std::string utf16 = "\xff\xfe";
  for (const char c : std::string{"<!DOCTYPE x><KeyContainer/>"}) utf16 += {c, '\0'};
  EXPECT_EQ(read_pskc(utf16).error, "The file is not UTF-8.");
  // UTF-7's way of writing "<!DOCTYPE x>".
  EXPECT_EQ(read_pskc("<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADwAIQ-DOCTYPE x+AD4-<a/>").error,
            kNotXml);
}

TEST(PskcAttack, EveryTruncationIsRefused) {
  const std::string_view figure = vectors::kRfc6030Figure6;
  const std::size_t whole =
      figure.find("</KeyContainer>") + std::string_view{"</KeyContainer>"}.size();
  for (std::size_t size = 0; size < whole; ++size) {
    EXPECT_NE(read_with_key(figure.substr(0, size), vectors::kRfc6030Figure6Key).error, "") << size;
  }
}

TEST(PskcAttack, DepthIsLimited) {
  std::string deep = "<KeyContainer Version=\"1.0\" xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\">";
  for (int i = 0; i < 100'000; ++i) deep += "<KeyPackage>";
  EXPECT_EQ(read_pskc(deep).error, kNotXml);
}

TEST(PskcAttack, SizeIsLimited) {
  const std::string large(xml::kFileBytesMax + 1, ' ');
  EXPECT_EQ(read_pskc(large).error, "The file is larger than 64 MiB.");
}

}  // namespace
}  // namespace countersign::files
