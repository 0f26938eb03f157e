// SPDX-License-Identifier: Apache-2.0
// Files of tokens through the real command into a real appliance: nothing is lost or doubled when
// an import of a hundred thousand is killed half way and done again.
//
// CS_IMPORT_ROWS sets how many.
#include "tests/support/appliance.hpp"
#include "tests/vectors/rfc6030.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

namespace countersign::test {
namespace {

constexpr std::uint64_t kRowsByDefault = 100'000;
constexpr std::chrono::minutes kImportPatience{8};

std::uint64_t rows() {
  const char* text = std::getenv("CS_IMPORT_ROWS");
  return text == nullptr ? kRowsByDefault : std::strtoull(text, nullptr, 10);
}

std::string public_id(std::uint64_t number) {
  static constexpr std::string_view kModhex = "cbdefghijklnrtuv";
  std::string text(12, 'c');
  for (std::size_t i = text.size(); i-- > 0; number /= 16) text[i] = kModhex[number % 16];
  return text;
}

// Of this many bytes, different for each number.
std::string hex(std::uint64_t number, std::size_t bytes) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string text(2 * bytes, 'a');
  for (std::size_t i = text.size(); i-- > 0 && number > 0; number /= 16) {
    text[i] = kHex[number % 16];
  }
  return text;
}

void write_ykksm(const std::string& file, std::uint64_t count) {
  std::ofstream out{file};
  out << "# ykksm 1\n";
  for (std::uint64_t i = 1; i <= count; ++i) {
    out << i << ',' << public_id(i) << ',' << hex(i, 6) << ',' << hex(i, 16)
        << ",000000000000,2026-11-22T08:00:00,\n";
  }
}

void write(const std::string& file, std::string_view text) { std::ofstream{file} << text; }

v1::TokenList tokens_after(client::Client& admin, std::uint64_t id) {
  v1::Request request;
  request.mutable_list_tokens()->set_after_id(id);
  const auto reply = admin.call(request);
  EXPECT_TRUE(reply && reply->has_token_list()) << (reply ? reply->ShortDebugString() : "no reply");
  return reply ? reply->token_list() : v1::TokenList{};
}

std::vector<v1::Token> all_tokens(client::Client& admin) {
  std::vector<v1::Token> all;
  for (;;) {
    const v1::TokenList page = tokens_after(admin, all.empty() ? 0 : all.back().id());
    if (page.tokens().empty()) return all;
    all.insert(all.end(), page.tokens().begin(), page.tokens().end());
  }
}

class Import : public testing::Test {
 protected:
  // The exit status; what it says is in `said`.
  int import(const std::string& file, std::vector<std::string> options = {}) {
    Process process = start(file, std::move(options));
    const int status = process.wait(kImportPatience).value_or(-1);
    said = process.log();
    return status;
  }
  Process start(const std::string& file, std::vector<std::string> options = {}) {
    std::vector<std::string> arguments{program_folder() / "countersign", "token", "import", file};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return Process{{.arguments = std::move(arguments),
                    .environment = node.environment(),
                    .log_file = node.path("import-" + std::to_string(++starts_) + ".log")}};
  }
  [[nodiscard]] bool says(const std::string& text) const {
    return said.find(text) != std::string::npos;
  }

  Appliance node;
  std::string said;

 private:
  int starts_ = 0;
};

TEST_F(Import, KilledHalfWayItGoesOn) {
  const std::uint64_t count = rows();
  const std::string file = node.path("keys.csv");
  write_ykksm(file, count);
  client::Client admin = node.admin_client();
  {
    Process first = start(file);
    // Ids are given out in order.
    const auto half_way = [&] { return !tokens_after(admin, count / 2).tokens().empty(); };
    ASSERT_TRUE(wait_until(half_way, kImportPatience)) << first.log();
    first.kill(SIGKILL);
    ASSERT_EQ(first.wait(), 128 + SIGKILL) << "it had ended: " << first.log();
  }
  ASSERT_EQ(import(file), 0) << said;
  EXPECT_TRUE(says("refused: 0\n")) << said;
  EXPECT_FALSE(says("known already: 0\n")) << said;

  std::set<std::string> public_ids;
  for (const v1::Token& token : all_tokens(admin)) public_ids.insert(token.public_id());
  EXPECT_EQ(public_ids.size(), count);
  EXPECT_EQ(all_tokens(admin).size(), count);
  ASSERT_EQ(import(file), 0);
  EXPECT_TRUE(says("\nimported: 0\nknown already: " + std::to_string(count) + "\n")) << said;
  EXPECT_THAT(node.check_store(), testing::IsEmpty());
}

// The daemon waits 5 s for the HSM.
TEST_F(Import, OutlivesAnHsmThatIsAwayForLonger) {
  constexpr std::uint64_t kCount = 10'000;
  const std::string file = node.path("keys.csv");
  write_ykksm(file, kCount);
  client::Client admin = node.admin_client();
  Process whole = start(file);
  const auto has_begun = [&] { return !tokens_after(admin, 0).tokens().empty(); };
  ASSERT_TRUE(wait_until(has_begun, kImportPatience)) << whole.log();
  node.hsm().kill(SIGKILL);
  node.hsm().wait();
  std::this_thread::sleep_for(std::chrono::seconds{6});
  node.start_hsm();
  ASSERT_EQ(whole.wait(kImportPatience), 0) << whole.log();
  EXPECT_EQ(all_tokens(admin).size(), kCount);
}

TEST_F(Import, ADryRunTakesNothingIn) {
  const std::string file = node.path("keys.csv");
  write_ykksm(file, 500);
  ASSERT_EQ(import(file, {"--dry-run"}), 0) << said;
  EXPECT_TRUE(says("would be imported: 500\n")) << said;
  client::Client admin = node.admin_client();
  EXPECT_TRUE(tokens_after(admin, 0).tokens().empty());
}

TEST_F(Import, TakesInEveryFormat) {
  write(node.path("oath.csv"),
        "Token001, 15d2fa517d3c6b791bd4cc2044c241429307001f\n"
        "Token002, 8c557fc050721037fd31e1d3345b5d3263263e0f, totp, 8, 60, sha256\n");
  write(node.path("log.csv"),
        "LOGGING START,12/11/2013 11:10\n"
        "Yubico OTP,12/11/2013 11:10,1,vvgutbiedkvi,ab86c04de6a3,d26a7c0f85fdda28bd816e406342b214,"
        ",,0,0,0,0,0,0,0,0,0,0\n");
  write(node.path("figure7.xml"), vectors::kRfc6030Figure7);
  write(node.path("password"), vectors::kRfc6030Figure7Passphrase);
  EXPECT_EQ(import(node.path("oath.csv")), 0) << said;
  EXPECT_EQ(import(node.path("log.csv")), 0) << said;
  EXPECT_EQ(import(node.path("figure7.xml"), {"--password-file", node.path("password")}), 0)
      << said;
  EXPECT_TRUE(says("imported: 1\n")) << said;

  client::Client admin = node.admin_client();
  const auto tokens = all_tokens(admin);
  ASSERT_EQ(tokens.size(), 4u);
  EXPECT_EQ(tokens[0].kind(), v1::HOTP);
  EXPECT_EQ(tokens[1].kind(), v1::TOTP);
  EXPECT_EQ(tokens[1].digits(), 8u);
  EXPECT_EQ(tokens[1].algorithm(), v1::SHA256);
  EXPECT_EQ(tokens[1].period_seconds(), 60u);
  EXPECT_EQ(tokens[2].public_id(), "vvgutbiedkvi");
  EXPECT_EQ(tokens[3].serial(), "987654321");
}

TEST_F(Import, AFileWithOneBadMacImportsNothing) {
  const std::string_view figure = vectors::kRfc6030Figure6;
  const std::size_t start = figure.find("    <KeyPackage>");
  const std::size_t end = figure.find("</KeyContainer>");
  std::string forged{figure.substr(start, end - start)};
  forged.replace(forged.find("Su+N"), 4, "Su+M");
  write(node.path("figure6.xml"), std::string{figure.substr(0, end)} + forged + "</KeyContainer>");
  write(node.path("key"), vectors::kRfc6030Figure6Key);
  EXPECT_EQ(import(node.path("figure6.xml"), {"--key-file", node.path("key")}), 3);
  EXPECT_TRUE(says("or the file was changed")) << said;
  client::Client admin = node.admin_client();
  EXPECT_TRUE(tokens_after(admin, 0).tokens().empty());
}

TEST_F(Import, ATokenBecomesSomebodysFactor) {
  write(node.path("figure3.xml"), vectors::kRfc6030Figure3);
  ASSERT_EQ(import(node.path("figure3.xml")), 0) << said;
  ASSERT_EQ(node.run({"countersign", "subject", "create", "alice"}), 0);
  EXPECT_EQ(node.run({"countersign", "token", "list"}, &said), 0);
  EXPECT_TRUE(says("serial: 987654321\n")) << said;
  ASSERT_EQ(node.run({"countersign", "token", "assign", "alice", "--serial", "987654321"}, &said),
            0)
      << said;
  EXPECT_TRUE(says("state: pending\n")) << said;
  EXPECT_EQ(node.run({"countersign", "token", "list"}, &said), 0);
  EXPECT_TRUE(says("no tokens")) << said;
  // RFC 4226's first codes, as the figure's secret is its secret; with eight digits.
  write(node.path("code"), "84755224\n");
  client::Client provision = node.provision_client();
  v1::Request request;
  request.mutable_list_factors()->mutable_subject()->set_username("alice");
  const auto factors = provision.call(request);
  ASSERT_TRUE(factors);
  ASSERT_EQ(factors->factor_list().factors_size(), 1);
  const std::string id = std::to_string(factors->factor_list().factors(0).id());
  EXPECT_EQ(node.run({"countersign", "factor", "confirm", id, "--passcode-file", node.path("code")},
                     &said),
            0)
      << said;
  client::Client verifier = node.verify_client();
  EXPECT_TRUE(accepted(verify(verifier, "alice", "94287082")));
  EXPECT_EQ(import(node.path("figure3.xml")), 0);
  EXPECT_TRUE(says("known already: 1\n")) << said;
}

TEST_F(Import, ADiscardedTokenIsForgotten) {
  write(node.path("figure3.xml"), vectors::kRfc6030Figure3);
  ASSERT_EQ(import(node.path("figure3.xml")), 0) << said;
  client::Client admin = node.admin_client();
  const std::string id = std::to_string(tokens_after(admin, 0).tokens(0).id());
  EXPECT_EQ(node.run({"countersign", "token", "discard", id}), 0);
  EXPECT_EQ(node.run({"countersign", "token", "discard", id}), 3);
  EXPECT_TRUE(tokens_after(admin, 0).tokens().empty());
  EXPECT_EQ(import(node.path("figure3.xml")), 0);
  EXPECT_TRUE(says("\nimported: 1\n")) << said;
}

}  // namespace
}  // namespace countersign::test
