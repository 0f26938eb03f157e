// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/canary.hpp"

#include "tests/support/hmac.hpp"

#include "firmware-interface/base32.hpp"
#include "firmware-interface/oath.hpp"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iterator>
#include <sstream>

namespace countersign::test {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size));
  return bytes;
}

std::string random_digits() {
  std::uint64_t number = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number);
  std::ostringstream text;
  text << std::setw(8) << std::setfill('0') << number % 100'000'000;
  return text.str();
}

std::string base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  text.pop_back();  // the zero behind it
  return text;
}

std::string value_of(const std::string& json, const std::string& key) {
  const std::string before = "\"" + key + "\":";
  std::size_t begin = json.find(before);
  if (begin == std::string::npos) return "";
  begin += before.size();
  if (json[begin] == '"') ++begin;
  return json.substr(begin, json.find_first_of("\",}", begin) - begin);
}

std::string file_text(const std::string& path) {
  std::ifstream file{path};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string spaced(const std::string& code) { return code.substr(0, 4) + " " + code.substr(4); }

// As JSON may spell it too: Boost.JSON has a buffer of its own for such texts.
std::string escaped(const std::string& code) {
  std::string text;
  for (const char c : code) text += std::string{"\\u003"} + c;
  return text;
}

std::string Canary::watched(const std::string& passcode) {
  passcodes_.insert({passcode, spaced(passcode), escaped(passcode)});
  return passcode;
}

std::string Canary::press(Person& person) {
  const Bytes mac =
      hmac(person.algorithm, as_bytes(person.secret), oath::counter_bytes(person.counter++));
  return watched(std::string{oath::truncate(mac, oath::Digits::eight).view()});
}

void Canary::enrol(Person& person) {
  secrets_[person.name] = person.secret;
  v1::Request create;
  create.mutable_create_subject()->mutable_subject()->set_username(person.name);
  ASSERT_TRUE(accounts_.ask(create).has_subject());
  v1::Request enrol;
  auto& factor = *enrol.mutable_enrol_oath();
  factor.mutable_subject()->set_username(person.name);
  factor.set_kind(v1::HOTP);
  factor.set_algorithm(static_cast<v1::HashAlgorithm>(static_cast<int>(person.algorithm)));
  factor.set_digits(8);
  factor.set_secret(person.secret);
  const v1::Reply enrolled = accounts_.ask(enrol);
  ASSERT_TRUE(enrolled.has_enrolment()) << enrolled.ShortDebugString();
  person.factor = enrolled.enrolment().factor().id();
  v1::Request confirm;
  confirm.mutable_confirm_factor()->set_factor_id(person.factor);
  confirm.mutable_confirm_factor()->set_passcode(wrong());
  EXPECT_FALSE(accepted(accounts_.ask(confirm)));
  confirm.mutable_confirm_factor()->set_passcode(press(person));
  ASSERT_TRUE(accepted(accounts_.ask(confirm)));
}

void Canary::enrol_over_http(Person& person) {
  secrets_[person.name] = person.secret;
  const std::string subject = R"({"subject":{"username":")" + person.name + "\"}";
  accounts_.ask_json("create-subject", subject + "}");
  const std::string algorithm =
      "SHA" + std::to_string(person.algorithm == HashAlgorithm::sha1     ? 1
                             : person.algorithm == HashAlgorithm::sha256 ? 256
                                                                         : 512);
  const std::string enrolled = accounts_.ask_json(
      "enrol-oath", subject + R"(,"kind":"HOTP","digits":8,"algorithm":")" + algorithm +
                        R"(","secret":")" + base64(person.secret) + "\"}");
  ASSERT_THAT(enrolled, HasSubstr("PENDING"));
  const std::string id = value_of(enrolled, "id");
  person.factor = std::stoull(id);
  const std::string confirm = R"({"factorId":")" + id + R"(","passcode":")";
  EXPECT_THAT(accounts_.ask_json("confirm-factor", confirm + wrong() + "\"}"),
              HasSubstr("WRONG_CODE"));
  ASSERT_THAT(accounts_.ask_json("confirm-factor", confirm + press(person) + "\"}"),
              HasSubstr("ACCEPTED"));
}

void Canary::enrol_generated(const std::string& name) {
  v1::Request create;
  create.mutable_create_subject()->mutable_subject()->set_username(name);
  ASSERT_TRUE(accounts_.ask(create).has_subject());
  v1::Request enrol;
  enrol.mutable_enrol_oath()->mutable_subject()->set_username(name);
  enrol.mutable_enrol_oath()->set_kind(v1::TOTP);
  const std::string native = accounts_.ask(enrol).enrolment().secret_base32();
  const std::string json = accounts_.ask_json(
      "enrol-oath", R"({"subject":{"username":")" + name + R"("},"kind":"HOTP"})");
  for (const auto& [how, shown] :
       {std::pair{"native", native}, std::pair{"http", value_of(json, "secretBase32")}}) {
    const auto secret = base32::decode(shown);
    ASSERT_TRUE(secret && secret->size() == 20) << how;
    secrets_[name + ", shown, " + how] = std::string{as_text(std::as_const(*secret).expose())};
  }
}

v1::Reply Canary::verify(const Person& person, const std::string& passcode) {
  v1::Request request;
  request.mutable_verify()->mutable_subject()->set_username(person.name);
  request.mutable_verify()->set_passcode(passcode);
  return portal_.ask(request);
}

std::string Canary::verify_over_http(const Person& person, const std::string& passcode) {
  return portal_.ask_json("verify", R"({"subject":{"username":")" + person.name +
                                        R"("},"passcode":")" + passcode + "\"}");
}

void Canary::use(Person& person) {
  const std::string code = press(person);
  EXPECT_TRUE(accepted(verify(person, code)));
  EXPECT_EQ(verify(person, code).verdict().reason(), v1::REPLAYED);
  EXPECT_FALSE(accepted(verify(person, wrong())));
  EXPECT_TRUE(accepted(verify(person, spaced(press(person)))));
  Person nobody = person;
  nobody.name = "nobody";
  EXPECT_EQ(verify(nobody, wrong()).verdict().reason(), v1::NO_SUCH_FACTOR);
}

void Canary::use_over_http(Person& person) {
  const std::string code = press(person);
  EXPECT_THAT(verify_over_http(person, code), HasSubstr("ACCEPTED"));
  EXPECT_THAT(verify_over_http(person, code), HasSubstr("REPLAYED"));
  EXPECT_THAT(verify_over_http(person, wrong()), HasSubstr("WRONG_CODE"));
  EXPECT_THAT(verify_over_http(person, spaced(press(person))), HasSubstr("ACCEPTED"));
  EXPECT_THAT(verify_over_http(person, escaped(press(person))), HasSubstr("ACCEPTED"));
}

void Canary::resynchronise(Person& person, Person& another) {
  person.counter += 200;
  v1::Request request;
  auto& two = *request.mutable_resynchronise_factor();
  two.set_factor_id(person.factor);
  two.set_first_passcode(press(person));
  two.set_second_passcode(press(person));
  EXPECT_TRUE(accepted(security_.ask(request)));

  another.counter += 200;
  const std::string first = press(another);
  EXPECT_THAT(security_.ask_json("resynchronise-factor",
                                 R"({"factorId":)" + std::to_string(another.factor) +
                                     R"(,"firstPasscode":")" + first + R"(","secondPasscode":")" +
                                     press(another) + "\"}"),
              HasSubstr("ACCEPTED"));
}

void Canary::send_malformed(const Person& person) {
  EXPECT_TRUE(verify(person, wrong() + "\xEF\xBC\x98").has_error());  // a full-width digit
  EXPECT_TRUE(verify(person, wrong() + std::string(130, '7')).has_error());
  EXPECT_TRUE(verify(person, wrong() + "\n").has_error());
  EXPECT_FALSE(accepted(verify(person, "+" + wrong())));
  // An unknown field behind it, and a passcode in a place where none belongs.
  v1::Request request;
  request.mutable_verify()->mutable_subject()->set_username(person.name);
  request.mutable_verify()->set_passcode(wrong());
  RawPeer peer{appliance_.socket("verify")};
  ASSERT_TRUE(peer.send(frame_of(request.SerializeAsString() + "\xFA\x07\x02hi")));
  EXPECT_TRUE(peer.frame().value_or(v1::Reply{}).has_error());
  ASSERT_TRUE(peer.send(frame_of(wrong())));
  EXPECT_TRUE(peer.frame().value_or(v1::Reply{}).has_error());
  EXPECT_TRUE(verify(Person{.name = wrong() + "\x01"}, wrong()).has_error());
}

void Canary::send_malformed_over_http(const Person& person) {
  const std::string subject = R"({"subject":{"username":")" + person.name + R"("},"passcode":)";
  const auto quoted = [this] { return "\"" + wrong() + "\""; };
  for (const std::string& json : {
           subject + quoted(),                                       // no end
           subject + quoted() + R"(,"unknown":1})",                  //
           subject + quoted() + R"(,"passcode":)" + quoted() + "}",  // twice
           subject + wrong() + "}",                                  // a number
           subject + "[" + quoted() + "]}",                          //
           subject + "{" + quoted() + ":1}}",                        // a key
           subject + "\"" + escaped(wrong()) + R"(\q"})",            //
           subject + quoted() + "}" + wrong(),                       // something behind
           std::string{"\""} + wrong() + "\"",                       // no object
           wrong(),                                                  //
       }) {
    const std::string answer = portal_.ask_json("verify", json);
    EXPECT_THAT(answer, HasSubstr("MALFORMED"));
  }
  for (const std::string& request : {
           "GET /v1/verify?passcode=" + wrong() + " HTTP/1.1\r\nHost: h\r\n\r\n",
           "POST /" + wrong() + " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
           "POST /v1/health HTTP/1.1\r\nIdempotency-Key: " + wrong() + "\r\n\r\n",
           "POST /v1/health HTTP/1.1\r\nAuthorization: " + wrong() + "\r\n\r\n",
       }) {
    RawPeer peer{appliance_.socket("verify")};
    ASSERT_TRUE(peer.send(request));
    EXPECT_TRUE(peer.http().has_value());
  }
}

// Peers that go away in the middle.
void Canary::break_off(const Person& person) {
  v1::Request request;
  request.set_request_id(*client::new_request_id());
  request.mutable_verify()->mutable_subject()->set_username(person.name);
  request.mutable_verify()->set_passcode(wrong());
  const std::string frame = frame_of(request);
  RawPeer{appliance_.socket("verify")}.send(frame.substr(0, frame.size() - 1));
  RawPeer{appliance_.socket("verify")}.send(frame);
  RawPeer{appliance_.socket("verify")}.send(frame_header(60'000) + wrong());
  const std::string http = http_post("verify", R"({"passcode":")" + wrong() + "\"}");
  RawPeer{appliance_.socket("verify")}.send(http.substr(0, http.size() - 1));
}

void Canary::settle() {
  for (int i = 0; i < 40; ++i) {
    const Person stranger{.name = "stranger-" + std::to_string(i)};
    verify(stranger, "24680");
    verify_over_http(stranger, "24680");
    v1::Request health;
    health.mutable_health();
    accounts_.ask(health);
    security_.ask(health);
    accounts_.ask_json("health", "{}");
    security_.ask_json("health", "{}");
  }
}

// A verify would wait for its deadline.
void Canary::settle_without_hsm() {
  v1::Request health;
  health.mutable_health();
  for (int i = 0; i < 40; ++i) {
    portal_.ask(health);
    portal_.ask_json("health", "{}");
  }
}

void Canary::expect_nothing_left(const std::string& when) {
  CanarySearch search;
  for (const auto& [whose, secret] : secrets_) search.add_secret("secret of " + whose, secret);
  for (const std::string& passcode : passcodes_) search.add_text("passcode " + passcode, passcode);
  search.add_text("the PIN", file_text(appliance_.pin_file()));
  EXPECT_THAT(search.in_memory_of(appliance_.daemon().pid()), IsEmpty()) << when;
  // The PIN's own file is the one place where the PIN belongs.
  const auto in_files = search.in_folder(fs::path{appliance_.pin_file()}.parent_path());
  for (const std::string& finding : in_files) {
    EXPECT_THAT(finding, HasSubstr("the PIN in " + appliance_.pin_file())) << when;
  }
  EXPECT_EQ(in_files.size(), 1u) << when;
}

}  // namespace countersign::test
