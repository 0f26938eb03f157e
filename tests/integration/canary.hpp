// SPDX-License-Identifier: Apache-2.0
// People whose secrets and passcodes occur nowhere else, and everything that is done with them.
#pragma once

#include "tests/integration/canary_search.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/raw_peer.hpp"

#include "base/hash_algorithm.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace countersign::test {

// The losers of a race and the wrong codes of a test shall not be throttled.
inline constexpr const char* kCanaryPolicy = R"([throttle]
failures_free = 99
delay_first = "1s"
delay_max = "1s"
[code]
digits = 8
[[sms.prefix]]
prefix = "+358"
per_hour = 500
)";

[[nodiscard]] std::string random_bytes(std::size_t size);
[[nodiscard]] std::string random_digits();
[[nodiscard]] std::string base64(const std::string& bytes);
[[nodiscard]] std::string file_text(const std::string& path);
// The value of a key in a flat piece of JSON.
[[nodiscard]] std::string value_of(const std::string& json, const std::string& key);

struct Person {
  std::string name;
  std::string secret;
  HashAlgorithm algorithm = HashAlgorithm::sha1;
  std::uint64_t factor = 0;
  std::uint64_t counter = 0;
};

// Connections that stay open all the time: two for each socket, one an encoding.
struct Connections {
  explicit Connections(const Appliance& appliance, const std::string& socket)
      : native{appliance.socket(socket)}, http{appliance.socket(socket)} {}

  v1::Reply ask(v1::Request request) {
    request.set_request_id(*client::new_request_id());
    EXPECT_TRUE(native.send(frame_of(request)));
    return native.frame().value_or(v1::Reply{});
  }
  std::string ask_json(const std::string& operation, const std::string& json) {
    EXPECT_TRUE(http.send(http_post(operation, json)));
    return http.http().value_or(HttpReply{}).body;
  }

  RawPeer native;
  RawPeer http;
};

class Canary : public testing::Test {
 protected:
  void enrol(Person& person);
  void enrol_over_http(Person& person);
  void enrol_generated(const std::string& name);

  // Every passcode that goes to the daemon is a canary from then on.
  std::string watched(const std::string& passcode);
  std::string press(Person& person);
  std::string wrong() { return watched(random_digits()); }

  v1::Reply verify(const Person& person, const std::string& passcode);
  std::string verify_over_http(const Person& person, const std::string& passcode);
  void use(Person& person);
  void use_over_http(Person& person);
  void resynchronise(Person& person, Person& another);
  void send_malformed(const Person& person);
  void send_malformed_over_http(const Person& person);
  void break_off(const Person& person);

  // Other people's traffic: what is left in buffers that are used again is overwritten by it.
  void settle();
  void settle_without_hsm();
  void expect_nothing_left(const std::string& when);

  Appliance appliance_{{.policy = kCanaryPolicy}};
  Connections portal_{appliance_, "verify"};
  Connections accounts_{appliance_, "provision"};
  Connections security_{appliance_, "admin"};
  std::map<std::string, std::string> secrets_;
  std::set<std::string> passcodes_;
};

}  // namespace countersign::test
