// SPDX-License-Identifier: Apache-2.0
#include "tests/support/yubico_key.hpp"

#include "firmware-interface/modhex.hpp"

#include <openssl/rand.h>

#include <stdexcept>

namespace countersign::test {
namespace {

constexpr std::uint32_t kTicksBetweenTaps = 16;

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size));
  return bytes;
}

v1::Reply must(client::Client& client, const v1::Request& request) {
  auto reply = client.call(request);
  if (!reply) throw std::runtime_error{"the daemon did not answer"};
  if (reply->has_error()) throw std::runtime_error{reply->error().message()};
  return std::move(*reply);
}

}  // namespace

const char* const kGatewayPolicy = R"([[peer]]
name = "self"
user = "self"
sockets = ["verify", "provision", "admin"]

[[peer]]
name = "gateway"
user = "self"
sockets = ["verify"]
public_id_only = true

[throttle]
failures_free = 99
delay_first = "1s"
delay_max = "1s"
)";

std::string YubicoKey::otp(const YubicoTap& tap) const {
  return public_id + modhex::encode(yubico_block(as_bytes(aes_key), as_bytes(private_id), tap));
}

std::string YubicoKey::tap() {
  const std::string typed = otp(next);
  next.timestamp = (next.timestamp + kTicksBetweenTaps) & 0xff'ffff;
  if (next.session_use == 0xff) ++next.session_counter;
  ++next.session_use;
  return typed;
}

YubicoKey random_yubico_key(const std::string& username, const std::string& public_id) {
  return {.username = username,
          .public_id = public_id,
          .aes_key = random_bytes(16),
          .private_id = random_bytes(6),
          .next = {.session_counter = 1, .session_use = 0, .timestamp = 0x00c230}};
}

std::string public_id_of(std::uint32_t number) {
  Bytes bytes{std::byte{0x00}, std::byte{0x00}};
  Writer{bytes}.integer(number);
  return modhex::encode(bytes);
}

v1::Request enrol_request(const YubicoKey& key) {
  v1::Request request;
  auto& enrol = *request.mutable_enrol_yubico_otp();
  enrol.mutable_subject()->set_username(key.username);
  enrol.set_public_id(key.public_id);
  enrol.set_aes_key(key.aes_key);
  enrol.set_private_id(key.private_id);
  return request;
}

v1::Request confirm_request(YubicoKey& key) {
  v1::Request request;
  request.mutable_confirm_factor()->set_factor_id(key.factor);
  request.mutable_confirm_factor()->set_passcode(key.tap());
  return request;
}

void enrol(const Appliance& appliance, YubicoKey& key, bool confirm) {
  client::Client client = appliance.provision_client();
  v1::Request create;
  create.mutable_create_subject()->mutable_subject()->set_username(key.username);
  must(client, create);
  key.factor = must(client, enrol_request(key)).enrolment().factor().id();
  if (!confirm) return;
  const v1::Reply confirmed = must(client, confirm_request(key));
  if (!accepted(confirmed)) throw std::runtime_error{confirmed.ShortDebugString()};
}

v1::Request by_public_id(const std::string& otp, const std::string& request_id) {
  v1::Request request;
  request.set_request_id(request_id);
  request.mutable_verify()->set_passcode(otp);
  return request;
}

}  // namespace countersign::test
