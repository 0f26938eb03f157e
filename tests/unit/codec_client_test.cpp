// SPDX-License-Identifier: Apache-2.0
// Messages about clients of the Yubico validation protocol, in and out.
#include "tests/unit/codec_support.hpp"

#include "api/countersign.pb.h"

#include <gtest/gtest.h>

namespace countersign::wire {
namespace {

constexpr unsigned kCheckClient = 12, kSignForClient = 13, kAddClient = 45;

std::string check(std::string_view text, std::string_view signature,
                  std::string_view source = "192.0.2.1") {
  return request(kCheckClient, number_field(1, 7) + bytes_field(2, text) +
                                   bytes_field(3, signature) + bytes_field(4, source));
}

TEST(ClientCodec, ReadsACheck) {
  const auto decoded = decode_frame(as_bytes(check("id=7&otp=x", "signature", "::ffff:192.0.2.1")));
  ASSERT_TRUE(decoded);
  const auto& ask = std::get<CheckClient>(decoded->ask);
  EXPECT_EQ(ask.client, ClientId{7});
  EXPECT_EQ(as_text(ask.text.expose()), "id=7&otp=x");
  EXPECT_EQ(as_text(ask.signature), "signature");
  EXPECT_EQ(ask.source.text(), "192.0.2.1");
}

TEST(ClientCodec, BoundsWhatIsSigned) {
  EXPECT_EQ(native_failure(check(std::string(2048, 't'), "")), "");
  EXPECT_EQ(native_failure(check(std::string(2049, 't'), "")), "text");
  EXPECT_EQ(native_failure(check("t", std::string(65, 's'))), "signature");
  EXPECT_EQ(native_failure(check("t", "", "")), "source_address");
  EXPECT_EQ(native_failure(check("t", "", "192.0.2.1:80")), "source_address");
  EXPECT_EQ(native_failure(request(kCheckClient, bytes_field(4, "::1"))), "client_id");
  EXPECT_EQ(native_failure(request(kSignForClient, bytes_field(2, "t"))), "client_id");
  EXPECT_EQ(native_failure(request(kSignForClient,
                                   number_field(1, 7) + bytes_field(2, std::string(2049, 't')))),
            "text");
}

TEST(ClientCodec, ReadsANewClient) {
  const auto decoded = decode_json(
      "add-client",
      R"({"name":"VPN","networks":["192.0.2.0/24","::/0"],"requireSignature":true,"id":9,)"
      R"("apiKey":"mG5be6ZJU1qBGz24yPh/ESM3UdU="})",
      kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& ask = std::get<AddClient>(decoded->ask);
  EXPECT_EQ(ask.name.text(), "VPN");
  EXPECT_EQ(ask.networks.size(), 2u);
  EXPECT_TRUE(ask.require_signature);
  EXPECT_EQ(ask.id, ClientId{9});
  EXPECT_EQ(ask.api_key->size(), 20u);
}

TEST(ClientCodec, RefusesKeysAndNetworksThatAreNone) {
  const auto key = [](std::size_t size) {
    return native_failure(request(kAddClient, bytes_field(5, std::string(size, 'k'))));
  };
  EXPECT_EQ(key(15), "api_key");
  EXPECT_EQ(key(16), "");
  EXPECT_EQ(key(64), "");
  EXPECT_EQ(key(65), "api_key");
  EXPECT_EQ(native_failure(request(kAddClient, bytes_field(2, "192.0.2.1"))), "network.prefix");
  EXPECT_EQ(native_failure(request(kAddClient, bytes_field(2, "192.0.2.1/24"))),
            "network.host_bits");
  std::string many;
  for (int i = 0; i < 17; ++i) many += bytes_field(2, "::/0");
  EXPECT_EQ(native_failure(request(kAddClient, many)), "network.count");
}

TEST(ClientCodec, ShowsAKeyInTheAnswerThatMadeIt) {
  Client client{.id = ClientId{9}, .name = "VPN", .networks = {*Network::from("::/0")}};
  client.sealed = Bytes(40, std::byte{1});
  const Reply reply{RequestId{}, Answer{ClientReport{client, SecretBytes{as_bytes("the key")}}}};
  const HttpAnswer json = encode_json(reply);
  EXPECT_EQ(json.body, R"({"id":9,"name":"VPN","networks":["::/0"],"apiKey":"dGhlIGtleQ=="})");
  std::string frame;
  encode_frame(reply, frame);
  v1::Reply message;
  ASSERT_TRUE(message.ParseFromString(frame.substr(kHeaderBytes)));
  EXPECT_EQ(message.client().api_key(), "the key");
}

TEST(ClientCodec, WritesOutcomesAndSignatures) {
  const Reply check{RequestId{}, Answer{ClientCheck{ClientOutcome::may_not}}};
  EXPECT_EQ(encode_json(check).body, R"({"outcome":"CLIENT_MAY_NOT"})");
  const Reply signature{RequestId{}, Answer{Signature{}}};
  EXPECT_EQ(encode_json(signature).body, R"({"signature":"AAAAAAAAAAAAAAAAAAAAAAAAAAA="})");
}

}  // namespace
}  // namespace countersign::wire
