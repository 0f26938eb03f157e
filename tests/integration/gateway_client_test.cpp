// SPDX-License-Identifier: Apache-2.0
// Clients of the Yubico validation protocol on the real parts: what a gateway asks for them.
#include "tests/support/yubico_key.hpp"

#include "firmware-interface/base64.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace countersign::test {
namespace {

// A key, a text and the signature of one by the other.
constexpr auto kKey = "mG5be6ZJU1qBGz24yPh/ESM3UdU=";
constexpr auto kText =
    "id=1&nonce=0123456789abcdef&otp=dteffujehknhfjbrjnlnldnhcujvddbikngjrtgh&timestamp=1";
constexpr auto kSignature = "Fv9WiwNaGGC2FcpIL9pgsqa7wtk=";

std::string from_base64(std::string_view text) {
  return std::string{as_text(base64::decode(text)->expose())};
}

class GatewayClients : public testing::Test {
 protected:
  static v1::Reply ask(client::Client& client, const v1::Request& request) {
    auto reply = client.call(request);
    if (!reply) ADD_FAILURE() << "no answer: " << reply.error().operation.view();
    return reply ? *reply : v1::Reply{};
  }
  v1::Client add(bool require_signature, const std::string& network = "",
                 const std::string& key = from_base64(kKey)) {
    v1::Request request;
    v1::AddClient& add = *request.mutable_add_client();
    add.set_name("VPN");
    add.set_require_signature(require_signature);
    if (!network.empty()) add.add_networks(network);
    add.set_api_key(key);
    const v1::Reply reply = ask(admin_, request);
    EXPECT_TRUE(reply.has_client()) << reply.ShortDebugString();
    return reply.client();
  }
  v1::ClientOutcome check(std::uint32_t client, const std::string& signature,
                          const std::string& from = "192.0.2.7", const std::string& text = kText) {
    v1::Request request;
    request.mutable_check_client()->set_client_id(client);
    request.mutable_check_client()->set_text(text);
    request.mutable_check_client()->set_signature(signature);
    request.mutable_check_client()->set_source_address(from);
    return ask(gateway_, request).client_check().outcome();
  }
  v1::Reply sign(std::uint32_t client, const std::string& text) {
    v1::Request request;
    request.mutable_sign_for_client()->set_client_id(client);
    request.mutable_sign_for_client()->set_text(text);
    return ask(gateway_, request);
  }

  Appliance appliance_{{.policy = kGatewayPolicy}};
  client::Client admin_ = appliance_.admin_client();
  client::Client gateway_ = appliance_.verify_client();
};

TEST_F(GatewayClients, SignaturesAreThoseOfTheKey) {
  const std::uint32_t id = add(true).id();
  EXPECT_EQ(check(id, from_base64(kSignature)), v1::CLIENT_MAY);
  EXPECT_EQ(sign(id, kText).signature().signature(), from_base64(kSignature));
  EXPECT_EQ(check(id, from_base64(kSignature), "192.0.2.7", std::string{kText} + "1"),
            v1::BAD_SIGNATURE);
  std::string flipped = from_base64(kSignature);
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  EXPECT_EQ(check(id, flipped), v1::BAD_SIGNATURE);
  EXPECT_EQ(check(id, from_base64(kSignature).substr(0, 19)), v1::BAD_SIGNATURE);
  EXPECT_EQ(check(id, ""), v1::BAD_SIGNATURE);
  EXPECT_EQ(check(id, from_base64(kSignature), "192.0.2.7", ""), v1::BAD_SIGNATURE);
}

TEST_F(GatewayClients, MayAskUnsignedUnlessTheyMustSign) {
  const std::uint32_t id = add(false).id();
  EXPECT_EQ(check(id, ""), v1::CLIENT_MAY);
  EXPECT_EQ(check(id, "wrong"), v1::BAD_SIGNATURE);
}

TEST_F(GatewayClients, AskFromTheirNetworksAlone) {
  const std::uint32_t id = add(false, "192.0.2.0/24").id();
  EXPECT_EQ(check(id, "", "192.0.2.255"), v1::CLIENT_MAY);
  EXPECT_EQ(check(id, "", "::ffff:192.0.2.1"), v1::CLIENT_MAY);
  EXPECT_EQ(check(id, "", "192.0.3.1"), v1::CLIENT_MAY_NOT);
  EXPECT_EQ(check(id, "", "2001:db8::1"), v1::CLIENT_MAY_NOT);
  EXPECT_EQ(check(id, "wrong", "192.0.3.1"), v1::CLIENT_MAY_NOT);
}

TEST_F(GatewayClients, ARevokedOneMayNotAskAndIsToldSoSigned) {
  const std::uint32_t id = add(true).id();
  EXPECT_EQ(check(id, from_base64(kSignature)), v1::CLIENT_MAY);
  v1::Request revoke;
  revoke.mutable_revoke_client()->set_client_id(id);
  EXPECT_TRUE(ask(admin_, revoke).client().revoked());
  EXPECT_EQ(check(id, from_base64(kSignature)), v1::CLIENT_MAY_NOT);
  EXPECT_EQ(sign(id, kText).signature().signature(), from_base64(kSignature));
  appliance_.stop_daemon();
  appliance_.start_daemon();
  gateway_ = appliance_.verify_client();
  EXPECT_EQ(check(id, from_base64(kSignature)), v1::CLIENT_MAY_NOT);
}

TEST_F(GatewayClients, WhoIsNotThereIsNoClient) {
  EXPECT_EQ(check(7, ""), v1::NO_SUCH_CLIENT);
  EXPECT_EQ(sign(7, kText).error().code(), v1::NOT_FOUND);
}

TEST_F(GatewayClients, AGeneratedKeyIsShownOnceAndSigns) {
  const v1::Client made = add(true, "", "");
  ASSERT_EQ(made.api_key().size(), 20u);
  v1::Request list;
  list.mutable_list_clients();
  const v1::Reply listed = ask(admin_, list);
  ASSERT_EQ(listed.client_list().clients_size(), 1);
  EXPECT_EQ(listed.client_list().clients(0).api_key(), "");
  const std::string signature = sign(made.id(), kText).signature().signature();
  EXPECT_EQ(check(made.id(), signature), v1::CLIENT_MAY);
  // The same key, imported, signs alike: what was shown is the key.
  const std::uint32_t twin = add(true, "", made.api_key()).id();
  EXPECT_EQ(sign(twin, kText).signature().signature(), signature);
  EXPECT_THAT(appliance_.check_store(), testing::IsEmpty());
}

}  // namespace
}  // namespace countersign::test
