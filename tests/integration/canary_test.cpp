// SPDX-License-Identifier: Apache-2.0
// Promise 1: no seed, PIN or passcode stays anywhere outside the HSM's process.
//
// Enrols and verifies with values that occur nowhere else, in both encodings, rightly, wrongly and
// malformed, and then reads the daemon's whole memory and every file that the appliance has. The
// connections that carried the values are still open, as a portal's are.
#include "tests/integration/canary.hpp"

#include "firmware-interface/base32.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace countersign::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

TEST_F(Canary, TheSearchFindsWhatWasPlantedOnPurpose) {
  Person person{.name = "alice", .secret = random_bytes(20)};
  enrol(person);
  const std::string planted = random_bytes(20);
  const std::string code = random_digits();
  CanarySearch search;
  search.add_secret("planted secret", planted);
  search.add_text("planted passcode", code);
  search.add_text("a line of the log", "daemon.ready");
  const auto shown = base32::encode(as_bytes(planted));
  ASSERT_TRUE(shown);
  v1::Request rename;
  rename.mutable_rename_factor()->set_factor_id(person.factor);
  rename.mutable_rename_factor()->set_label(std::string{as_text(std::as_const(*shown).expose())} +
                                            " " + code);
  ASSERT_TRUE(accounts_.ask(rename).has_factor());

  const auto memory = search.in_memory_of(appliance_.daemon().pid());
  EXPECT_THAT(memory, Contains(HasSubstr("planted secret, BASE32 in memory")));
  EXPECT_THAT(memory, Contains(HasSubstr("planted passcode in memory")));
  const auto files = search.in_folder(fs::path{appliance_.pin_file()}.parent_path());
  EXPECT_THAT(files, Contains(HasSubstr("planted secret, BASE32 in " + appliance_.database())));
  EXPECT_THAT(files, Contains(HasSubstr("planted passcode in " + appliance_.database())));
  EXPECT_THAT(files, Contains(HasSubstr("a line of the log in " + appliance_.path("daemon-"))));
}

TEST_F(Canary, NothingSecretLeavesTheHsmProcess) {
  std::vector<Person> native;
  std::vector<Person> http;
  for (const auto algorithm : {HashAlgorithm::sha1, HashAlgorithm::sha256, HashAlgorithm::sha512}) {
    const auto size = digest_bytes(algorithm);
    const std::string suffix = std::to_string(size);
    native.push_back({"native-" + suffix, random_bytes(size), algorithm});
    http.push_back({"http-" + suffix, random_bytes(size), algorithm});
    ASSERT_NO_FATAL_FAILURE(enrol(native.back()));
    ASSERT_NO_FATAL_FAILURE(enrol_over_http(http.back()));
  }
  ASSERT_NO_FATAL_FAILURE(enrol_generated("generated"));
  for (std::size_t i = 0; i < native.size(); ++i) {
    use(native[i]);
    use_over_http(http[i]);
    resynchronise(native[i], http[i]);
  }
  send_malformed(native.front());
  send_malformed_over_http(native.front());
  break_off(native.front());
  settle();
  expect_nothing_left("after the answers");

  ASSERT_EQ(appliance_.hsm().terminate(), 0);
  EXPECT_EQ(verify(native.front(), wrong()).error().code(), v1::UNAVAILABLE);
  EXPECT_THAT(verify_over_http(http.front(), wrong()), HasSubstr("UNAVAILABLE"));
  settle_without_hsm();
  expect_nothing_left("after the HSM has gone");
}

}  // namespace
}  // namespace countersign::test
