// SPDX-License-Identifier: Apache-2.0
// What an administrator may write, and where a mistake is found. Secrets in files, too.
#include "courier/settings/secret_file.hpp"
#include "courier/settings/settings.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace countersign::courier {
namespace {

constexpr const char* kMail = R"([[provider]]
name = "mail"
kind = "smtp"
host = "smtp.example.com"
from = "codes@example.com"
)";

SmtpSettings smtp_in(const std::string& text) {
  const auto parsed = parse_settings(text);
  const auto* settings = std::get_if<Settings>(&parsed);
  if (settings == nullptr || settings->providers.size() != 1) {
    ADD_FAILURE() << std::get<Mistake>(parsed).message;
    return {};
  }
  return std::get<SmtpSettings>(settings->providers[0].kind);
}

Mistake mistake_in(const std::string& text) {
  const auto parsed = parse_settings(text);
  const auto* mistake = std::get_if<Mistake>(&parsed);
  EXPECT_NE(mistake, nullptr) << text;
  return mistake == nullptr ? Mistake{} : *mistake;
}

TEST(CourierSettings, AMailServerNeedsLittle) {
  const SmtpSettings smtp = smtp_in(kMail);
  EXPECT_EQ(smtp.host, "smtp.example.com");
  EXPECT_EQ(smtp.port, 587);
  EXPECT_EQ(smtp.tls, SmtpSettings::Tls::starttls);
  EXPECT_EQ(smtp.from, "codes@example.com");
  EXPECT_EQ(smtp.username, "");
}

TEST(CourierSettings, ReadsEverythingAboutAMailServer) {
  const SmtpSettings smtp = smtp_in(std::string{kMail} + R"(port = 2465
tls = "implicit"
ca_file = "/etc/ca.pem"
username = "courier"
password_file = "smtp-password"
from_name = "Example"
)");
  EXPECT_EQ(smtp.port, 2465);
  EXPECT_EQ(smtp.tls, SmtpSettings::Tls::implicit);
  EXPECT_EQ(smtp.ca_file, "/etc/ca.pem");
  EXPECT_EQ(smtp.username, "courier");
  EXPECT_EQ(smtp.password_file, "smtp-password");
  EXPECT_EQ(smtp.from_name, "Example");
}

TEST(CourierSettings, TheImplicitPortIsItsOwn) {
  EXPECT_EQ(smtp_in(std::string{kMail} + "tls = \"implicit\"\n").port, 465);
}

TEST(CourierSettings, OnlyThisMachineIsSpokenToWithoutTls) {
  const auto with_host = [](const std::string& host) {
    return "[[provider]]\nname = \"m\"\nkind = \"smtp\"\nfrom = \"a@b\"\ntls = \"none\"\nhost = "
           "\"" +
           host + "\"\n";
  };
  for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
    EXPECT_EQ(smtp_in(with_host(host)).tls, SmtpSettings::Tls::none);
  }
  for (const char* host : {"smtp.example.com", "127.0.0.1.example.com", "10.0.0.1"}) {
    const Mistake mistake = mistake_in(with_host(host));
    EXPECT_EQ(mistake.line, 5U) << host;
    EXPECT_NE(mistake.message.find("this very machine"), std::string::npos);
  }
}

struct Wrong {
  const char* line;
  const char* says;
};
class WrongSmtp : public testing::TestWithParam<Wrong> {};
TEST_P(WrongSmtp, IsFoundAtItsPlace) {
  const Mistake mistake = mistake_in(std::string{kMail} + GetParam().line + "\n");
  EXPECT_NE(mistake.message.find(GetParam().says), std::string::npos) << mistake.message;
  EXPECT_EQ(mistake.line, 6U);
}
INSTANTIATE_TEST_SUITE_P(
    Each, WrongSmtp,
    testing::Values(Wrong{"port = 0", "from 1 to 65535"}, Wrong{"port = 65536", "from 1 to 65535"},
                    Wrong{"port = \"587\"", "whole number"},
                    Wrong{"tls = \"maybe\"", "\"required\""}, Wrong{"tls = \"\"", "not empty"},
                    Wrong{"tls = true", "a text"}, Wrong{"password = \"secret\"", "unknown key"},
                    Wrong{"from_name = \"a\\nb\"", "one line"},
                    Wrong{"username = \"x\"", "belong together"},
                    Wrong{"[[provider]]", "is missing"}));

TEST(CourierSettings, FindsWhatIsWrongElsewhere) {
  EXPECT_NE(mistake_in("").message.find("provider is missing"), std::string::npos);
  EXPECT_NE(mistake_in("provider = 1").message.find("[[provider]]"), std::string::npos);
  EXPECT_NE(mistake_in("[[provider]]\nname = \"m\"\nkind = \"pigeon\"").message.find("smtp"),
            std::string::npos);
  EXPECT_NE(mistake_in(std::string{kMail} + kMail).message.find("another provider"),
            std::string::npos);
  EXPECT_EQ(mistake_in("x = \n").line, 1U);
  EXPECT_EQ(mistake_in(std::string(kSettingsBytesMax + 1, '#')).line, 1U);
  EXPECT_NE(mistake_in("[daemon]\nsocket = \"" + std::string(108, 'x') + "\"\n" + kMail)
                .message.find("107"),
            std::string::npos);
  std::string many;
  for (std::size_t i = 0; i <= kProvidersMax; ++i) {
    many += "[[provider]]\nname = \"m" + std::to_string(i) +
            "\"\nkind = \"smtp\"\nhost = \"h\"\nfrom = \"a@b\"\n";
  }
  EXPECT_NE(mistake_in(many).message.find("1 to 16"), std::string::npos);
}

TEST(CourierSettings, HostsAndSendersCannotBreakOut) {
  for (const char* line : {"host = \"a b\"", "host = \"a/b\"", "host = \"a@b\"", "host = \"[::1]\"",
                           "from = \"a\"", "from = \"<a@b>\"", "from = \"a@b, c@d\"",
                           "from = \"a b@c\"", "name = \"A\"", "name = \"a b\""}) {
    std::string text = kMail;
    const std::string key = std::string{line}.substr(0, std::string{line}.find(' '));
    const std::size_t at = text.find(key + " = ");
    text.replace(at, text.find('\n', at) - at, line);
    mistake_in(text);
  }
}

class SecretFile : public testing::Test {
 protected:
  std::string file(const std::string& content,
                   std::filesystem::perms mode = std::filesystem::perms::owner_read) {
    const std::string path = folder_.file("secret" + std::to_string(++count_));
    std::ofstream{path} << content;
    std::filesystem::permissions(path, mode);
    return path;
  }
  static ErrorCode failure(const std::string& name) {
    const auto secret = read_secret(name);
    EXPECT_FALSE(secret) << name;
    return secret ? ErrorCode{} : secret.error().code;
  }

  test::TemporaryFolder folder_;
  int count_ = 0;
};

TEST_F(SecretFile, IsItsOnlyLine) {
  for (const char* content : {"pass word", "pass word\n"}) {
    const auto secret = read_secret(file(content));
    ASSERT_TRUE(secret);
    EXPECT_EQ(as_text(secret->expose()), "pass word");
  }
}

TEST_F(SecretFile, IsForNobodyElse) {
  using std::filesystem::perms;
  for (const perms others : {perms::group_read, perms::others_read, perms::group_write,
                             perms::others_write, perms::others_exec}) {
    EXPECT_EQ(failure(file("x", perms::owner_read | others)), ErrorCode::denied);
  }
}

TEST_F(SecretFile, IsNothingElse) {
  EXPECT_EQ(failure(folder_.file("none")), ErrorCode::not_found);
  EXPECT_EQ(failure(folder_.path()), ErrorCode::denied);
  EXPECT_EQ(failure("/dev/null"), ErrorCode::denied);
  EXPECT_EQ(failure(file("")), ErrorCode::malformed);
  EXPECT_EQ(failure(file("\n")), ErrorCode::malformed);
  EXPECT_EQ(failure(file("a\nb\n")), ErrorCode::malformed);
  EXPECT_EQ(failure(file("a\r\n")), ErrorCode::malformed);
  EXPECT_EQ(failure(file(std::string(kSecretBytesMax + 1, 'x'))), ErrorCode::malformed);
}

TEST_F(SecretFile, MayBeACredentialOfSystemd) {
  const std::string path = file("word");
  const std::string name = path.substr(path.rfind('/') + 1);
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(failure(name), ErrorCode::not_found);
  ::setenv("CREDENTIALS_DIRECTORY", folder_.path().c_str(), 1);
  const auto secret = read_secret(name);
  EXPECT_EQ(failure("../" + name), ErrorCode::not_found);
  ::unsetenv("CREDENTIALS_DIRECTORY");
  ASSERT_TRUE(secret);
  EXPECT_EQ(as_text(secret->expose()), "word");
}

}  // namespace
}  // namespace countersign::courier
