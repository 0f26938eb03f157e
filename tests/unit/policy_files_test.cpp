// SPDX-License-Identifier: Apache-2.0
// A policy and its realms as they lie on the disk: all of them, or what is wrong with one.
#include "policies/policy_files.hpp"

#include "tests/support/process.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace countersign::policies {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class PolicyFiles : public testing::Test {
 protected:
  PolicyFiles() { std::filesystem::create_directory(path("realms")); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_.file(name); }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream{path(name)} << text;
  }
  [[nodiscard]] Policy good() const {
    auto loaded = load(path("policy.toml"));
    if (auto* policy = std::get_if<Policy>(&loaded)) return std::move(*policy);
    ADD_FAILURE() << "the policy is refused";
    return {};
  }
  [[nodiscard]] Mistake bad() const {
    const auto loaded = load(path("policy.toml"));
    if (const auto* mistake = std::get_if<Mistake>(&loaded)) return *mistake;
    ADD_FAILURE() << "the policy is taken, or unreadable";
    return {};
  }
  [[nodiscard]] Unreadable unreadable() const {
    const auto loaded = load(path("policy.toml"));
    if (const auto* found = std::get_if<Unreadable>(&loaded)) return *found;
    ADD_FAILURE() << "the policy is read";
    return {};
  }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(PolicyFiles, RealmsAreReadOverThePolicy) {
  write("policy.toml", "[code]\ndigits = 7\n");
  write("realms/shop.toml", "[code]\nlifetime = \"1min\"\n");
  write("realms/bank-2.toml", "[code]\ndigits = 8\n");
  const Policy policy = good();
  EXPECT_EQ(policy.realms.size(), 2U);
  EXPECT_EQ(policy.of("shop").code.digits, 7);
  EXPECT_EQ(policy.of("shop").code.lifetime, std::chrono::seconds{60});
  EXPECT_EQ(policy.of("bank-2").code.digits, 8);
  EXPECT_EQ(policy.of("other").code.digits, 7);
}

TEST_F(PolicyFiles, WithoutAFolderThereAreNoRealms) {
  write("policy.toml", "");
  std::filesystem::remove(path("realms"));
  EXPECT_TRUE(good().realms.empty());
}

TEST_F(PolicyFiles, OneMistakeSpoilsThemAll) {
  write("policy.toml", "");
  write("realms/a.toml", "");
  write("realms/b.toml", "\n[code]\n  digits = 9\n");
  const Mistake mistake = bad();
  EXPECT_EQ(mistake.file, path("realms/b.toml"));
  EXPECT_EQ(mistake.line, 3U);
  EXPECT_EQ(mistake.column, 12U);
  EXPECT_THAT(mistake.message, HasSubstr("[code] digits"));
}

TEST_F(PolicyFiles, AFileIsCalledByItsRealm) {
  write("policy.toml", "");
  for (const std::string name : {"Shop.toml", "a b.toml", "a.b.toml", "\u00e4.toml",
                                 "abcdefghijklmnopqrstuvwxyz1234567.toml"}) {
    write("realms/" + name, "");
    EXPECT_EQ(bad().file, path("realms/" + name));
    std::filesystem::remove(path("realms/" + name));
  }
}

TEST_F(PolicyFiles, WhatAnEditorLeavesIsNobodys) {
  write("policy.toml", "");
  for (const std::string name :
       {".shop.toml.swp", ".#shop.toml", "shop.toml~", "shop.toml.dpkg-new", "README", ".toml"}) {
    write("realms/" + name, "rubbish");
  }
  EXPECT_TRUE(good().realms.empty());
}

TEST_F(PolicyFiles, WhatCannotBeReadIsNamed) {
  EXPECT_EQ(unreadable().file, path("policy.toml"));
  EXPECT_EQ(unreadable().error, ENOENT);
  write("policy.toml", "");
  std::filesystem::create_directory(path("realms/shop.toml"));
  EXPECT_EQ(unreadable().file, path("realms/shop.toml"));
  EXPECT_EQ(unreadable().error, EISDIR);
  std::filesystem::remove_all(path("realms"));
  write("realms", "");
  EXPECT_EQ(unreadable().file, path("realms"));
  EXPECT_EQ(unreadable().error, ENOTDIR);
}

TEST_F(PolicyFiles, AreBounded) {
  write("policy.toml", "# " + std::string(kPolicyBytesMax, 'x'));
  EXPECT_THAT(bad().message, HasSubstr("262144"));
  write("policy.toml", "");
  for (std::size_t i = 0; i <= kRealmFilesMax; ++i) {
    write("realms/r" + std::to_string(i) + ".toml", "");
  }
  EXPECT_THAT(bad().message, HasSubstr("at most 1000"));
  EXPECT_THAT(bad().file, EndsWith("/realms"));
}

TEST_F(PolicyFiles, OneRealmCanBeReadByItself) {
  write("policy.toml", "[code]\ndigits = 7\n");
  write("draft.toml", "[throttle]\nfailures_free = 7\n");
  write("realms/broken.toml", "[");
  const auto loaded = load_realm(path("draft.toml"), path("policy.toml"));
  const auto* policy = std::get_if<Policy>(&loaded);
  ASSERT_NE(policy, nullptr);
  EXPECT_EQ(policy->code.digits, 7);
  EXPECT_EQ(policy->throttle.failures_free, 7);
  const auto missing = load_realm(path("draft.toml"), path("nowhere.toml"));
  ASSERT_NE(std::get_if<Unreadable>(&missing), nullptr);
}

}  // namespace
}  // namespace countersign::policies
