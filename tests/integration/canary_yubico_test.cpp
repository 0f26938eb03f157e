// SPDX-License-Identifier: Apache-2.0
// Promise 1 for YubiKeys: neither an AES key nor a private id nor an OTP, as typed or as the block
// that it stands for, stays anywhere outside the HSM's process.
#include "tests/integration/canary.hpp"
#include "tests/support/yubico_key.hpp"

#include "firmware-interface/modhex.hpp"

#include <gmock/gmock.h>

namespace countersign::test {
namespace {

using testing::HasSubstr;

class CanaryYubico : public Canary {
 protected:
  void watch_secrets(const YubicoKey& key) {
    secrets_[key.username + ", AES key"] = key.aes_key;
    private_ids_.push_back(key.private_id);
  }
  std::string tap(YubicoKey& key) {
    const std::string otp = key.tap();
    watched(otp);
    const std::string block = otp.substr(key.public_id.size());
    // The public id is no secret, and stands in the database.
    passcodes_.insert(block);
    blocks_.push_back(std::string{as_text(*modhex::decode(block))});
    return otp;
  }
  std::string upper(std::string otp) {
    for (char& c : otp) c = static_cast<char>(c - 'a' + 'A');
    return watched(otp);
  }
  static v1::Request create(const YubicoKey& key) {
    v1::Request request;
    request.mutable_create_subject()->mutable_subject()->set_username(key.username);
    return request;
  }
  void confirm(YubicoKey& key) {
    v1::Request request;
    request.mutable_confirm_factor()->set_factor_id(key.factor);
    request.mutable_confirm_factor()->set_passcode(tap(key));
    ASSERT_TRUE(accepted(accounts_.ask(request)));
  }
  v1::Reply verify_otp(const YubicoKey& key, const std::string& otp) {
    return verify(Person{.name = key.username}, otp);
  }

  void expect_nothing_of_a_yubikey_left(const std::string& when) {
    expect_nothing_left(when);
    CanarySearch search;
    for (const std::string& id : private_ids_) search.add_text("private id", id);
    for (const std::string& block : blocks_) search.add_secret("block", block);
    EXPECT_THAT(search.in_memory_of(appliance_.daemon().pid()), testing::IsEmpty()) << when;
    const auto folder = std::filesystem::path{appliance_.pin_file()}.parent_path();
    EXPECT_THAT(search.in_folder(folder), testing::IsEmpty()) << when;
  }

  std::vector<std::string> private_ids_;
  std::vector<std::string> blocks_;
};

TEST_F(CanaryYubico, NothingSecretLeavesTheHsmProcess) {
  YubicoKey imported = random_yubico_key("imported", "ccccccccccbd");
  watch_secrets(imported);
  accounts_.ask(create(imported));
  imported.factor = accounts_.ask(enrol_request(imported)).enrolment().factor().id();
  ASSERT_NO_FATAL_FAILURE(confirm(imported));

  YubicoKey shown{.username = "shown", .public_id = "ccccccccccbb"};
  accounts_.ask(create(shown));
  {
    const v1::Reply enrolled = accounts_.ask(enrol_request(shown));
    shown.aes_key = enrolled.enrolment().yubico().aes_key();
    shown.private_id = enrolled.enrolment().yubico().private_id();
    shown.factor = enrolled.enrolment().factor().id();
  }
  watch_secrets(shown);
  ASSERT_NO_FATAL_FAILURE(confirm(shown));

  YubicoKey over_http = random_yubico_key("http", "ccccccccccbe");
  watch_secrets(over_http);
  accounts_.ask(create(over_http));
  const std::string enrolled = accounts_.ask_json(
      "enrol-yubico-otp", R"({"subject":{"username":"http"},"publicId":"ccccccccccbe","aesKey":")" +
                              base64(over_http.aes_key) + R"(","privateId":")" +
                              base64(over_http.private_id) + "\"}");
  ASSERT_THAT(enrolled, HasSubstr("PENDING"));

  for (YubicoKey* key : {&imported, &shown}) {
    const std::string otp = tap(*key);
    EXPECT_TRUE(accepted(verify_otp(*key, otp)));
    EXPECT_EQ(verify_otp(*key, otp).verdict().reason(), v1::REPLAYED);
    EXPECT_TRUE(accepted(verify_otp(*key, upper(tap(*key)))));
    const std::string link = "https://my.yubico.com/yk/#";
    EXPECT_TRUE(accepted(verify_otp(*key, link + tap(*key))));
    EXPECT_THAT(verify_over_http(Person{.name = key->username}, tap(*key)), HasSubstr("ACCEPTED"));
    // Somebody else's key, and one that nobody knows.
    YubicoKey forged = random_yubico_key(key->username, key->public_id);
    EXPECT_EQ(verify_otp(*key, tap(forged)).verdict().reason(), v1::WRONG_CODE);
    YubicoKey unknown = random_yubico_key(key->username, "cccccccccccc");
    EXPECT_EQ(verify_otp(*key, tap(unknown)).verdict().reason(), v1::NO_SUCH_FACTOR);
  }
  settle();
  expect_nothing_of_a_yubikey_left("after the answers");
}

}  // namespace
}  // namespace countersign::test
