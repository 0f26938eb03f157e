// SPDX-License-Identifier: Apache-2.0
// HTTP and JSON that are no requests of ours.
#include "tests/integration/bad_input.hpp"

#include <utility>
#include <vector>

namespace countersign::test {
namespace {

TEST_F(BadInput, JsonThatIsNoRequestIsRefused) {
  const std::string subject = R"({"subject":{"username":"alice"})";
  const std::string good = subject + R"(,"passcode":"sesame")";
  const std::string enrol = subject + R"(,"kind":)";
  const std::vector<std::pair<const char*, std::string>> inputs{
      {"verify", ""},
      {"verify", "{}"},
      {"verify", "null"},
      {"verify", "[]"},
      {"verify", "\"sesame\""},
      {"verify", "sesame"},
      {"verify", good},
      {"verify", good + "}}"},
      {"verify", good + ",}"},
      {"verify", good + "}{}"},
      {"verify", good + ",\"sesame\":1}"},
      {"verify", good + ",\"passcode\":\"sesame\"}"},
      {"verify", good + ",\"subject\":{\"username\":\"alice\"}}"},
      {"verify", good + ",\"factorId\":\"1\",\"factor_id\":\"1\"}"},
      {"verify", good + ",\"factorId\":-1}"},
      {"verify", good + ",\"factorId\":1.5}"},
      {"verify", good + ",\"factorId\":1e400}"},
      {"verify", good + ",\"factorId\":18446744073709551616}"},
      {"verify", good + ",\"factorId\":\"sesame\"}"},
      {"verify", good + ",\"factorId\":true}"},
      {"verify", good + ",\"factorId\":{}}"},
      {"verify", good + ",\"clientAddress\":\"sesame\"}"},
      {"verify", good + ",\"Passcode\":\"sesame\"}"},
      {"verify", subject + ",\"passcode\":123456}"},
      {"verify", subject + ",\"passcode\":[\"sesame\"]}"},
      {"verify", subject + ",\"passcode\":null}"},
      {"verify", subject + ",\"passcode\":\"sesame\\ud800\"}"},
      {"verify", subject + ",\"passcode\":\"sesame\\u0000\"}"},
      {"verify", subject + ",\"passcode\":\"sesame\\q\"}"},
      {"verify", subject + ",\"passcode\":\"sesame\xFF\"}"},
      {"verify", subject + ",\"passcode\":\"sesame\n\"}"},
      {"verify", subject + ",\"passcode\":'sesame'}"},
      {"verify", subject + ",/* sesame */\"passcode\":\"123456\"}"},
      {"verify", "\xEF\xBB\xBF" + good + "}"},
      {"verify", R"({"subject":{"username":"alice","sesame":1},"passcode":"123456"})"},
      {"verify", R"({"subject":"alice","passcode":"sesame"})"},
      {"verify", std::string(30'000, '[')},
      {"verify",
       [] {
         std::string deep;
         for (int i = 0; i < 3000; ++i) deep += R"({"subject":)";
         return deep;
       }()},
      {"create-subject", enrol + "\"TOTP\"}"},
      {"enrol-oath", enrol + "\"sesame\"}"},
      {"enrol-oath", enrol + "\"totp\"}"},
      {"enrol-oath", enrol + "\"FACTOR_KIND_UNSPECIFIED\"}"},
      {"enrol-oath", enrol + "0}"},
      {"enrol-oath", enrol + "99}"},
      {"enrol-oath", enrol + R"("TOTP","algorithm":"MD5"})"},
      {"enrol-oath", enrol + R"("TOTP","digits":5})"},
      {"enrol-oath", enrol + R"("TOTP","digits":4294967302})"},
      {"enrol-oath", enrol + R"("TOTP","periodSeconds":0.5})"},
      {"enrol-oath", enrol + R"("TOTP","periodSeconds":1})"},
      {"enrol-oath", enrol + R"("HOTP","counter":9223372036854775808})"},
      {"enrol-oath", enrol + R"("HOTP","secret":"sesame!"})"},
      {"enrol-oath", enrol + R"("HOTP","secret":"c2VzYW1l"})"},
  };
  const std::string socket = appliance_->socket("admin");
  for (const auto& [operation, json] : inputs) {
    const HttpReply reply = post(socket, operation, json);
    expect_clear_error(reply, json.substr(0, 200));
    EXPECT_EQ(reply.status, 400) << json.substr(0, 200);
  }
}

TEST_F(BadInput, HttpThatIsNoRequestOfOursIsRefused) {
  const auto head = [](const std::string& line, const std::string& fields = "") {
    return line + " HTTP/1.1\r\nHost: sesame\r\n" + fields + "\r\n";
  };
  const std::string two = "Content-Length: 2\r\n";
  const std::vector<std::pair<std::string, int>> inputs{
      {head("POST /v1/sesame", two) + "{}", 404},
      {head("POST /v1/Verify", two) + "{}", 404},
      {head("POST /v1/create_subject", two) + "{}", 404},
      {head("POST /v1/verify/", two) + "{}", 404},
      {head("POST /v1/", two) + "{}", 404},
      {head("POST /", two) + "{}", 404},
      {head("POST /v2/verify", two) + "{}", 404},
      {head("POST /v1/%76erify", two) + "{}", 404},
      {head("POST /v1/verify?sesame=1", two) + "{}", 404},
      {head("POST /v1/../v1/verify", two) + "{}", 404},
      {head("GET /v1/verify"), 405},
      {head("PUT /v1/verify", two) + "{}", 405},
      {head("DELETE /v1/verify"), 405},
      {head("POST /v1/verify", two + "Idempotency-Key: sesame\r\n") + "{}", 400},
      {head("POST /v1/verify", two + "Idempotency-Key: " + std::string(65, 's') + "\r\n") + "{}",
       400},
      {head("POST /v1/verify", two + "Idempotency-Key: 0123456789abcdef\r\nIdempotency-Key: "
                                     "0123456789abcdef\r\n") +
           "{}",
       400},
      {head("POST /v1/verify", "Content-Length: 65537\r\n"), 413},
      {head("POST /v1/verify", "Content-Length: -2\r\n"), 400},
      {head("POST /v1/verify", "Content-Length: 99999999999999999999\r\n"), 400},
      {head("POST /v1/verify", two + "Transfer-Encoding: chunked\r\n") + "{}", 400},
      {head("POST /v1/verify", "Transfer-Encoding: chunked\r\n") + "zz\r\nsesame", 411},
      {head("POST /v1/verify", "X: " + std::string(20'000, 'x') + "\r\n"), 431},
      {"POST /v1/" + std::string(30'000, 'x'), 431},
      {"POST /v1/verify HTTP/3.7\r\n\r\n", 400},
      {"SESAME\r\n\r\n", 400},
      {"POST\x01sesame\r\n\r\n", 400},
  };
  for (const auto& [request, status] : inputs) {
    RawPeer peer{appliance_->socket("verify")};
    peer.send(request);
    const HttpReply reply = peer.http().value_or(HttpReply{});
    expect_clear_error(reply, request.substr(0, 200));
    EXPECT_EQ(reply.status, status) << request.substr(0, 200) << reply.body;
  }
}

TEST_F(BadInput, TruncatedHttpIsRefused) {
  const std::string whole = http_post("verify", R"({"passcode":"sesame"})");
  for (const std::size_t size : {std::size_t{1}, std::size_t{10}, whole.size() - 1}) {
    RawPeer peer{appliance_->socket("verify")};
    ASSERT_TRUE(peer.send(whole.substr(0, size)));
    peer.finish_sending();
    const HttpReply reply = peer.http().value_or(HttpReply{});
    expect_clear_error(reply, whole.substr(0, size));
    EXPECT_TRUE(peer.has_ended());
  }
}

}  // namespace
}  // namespace countersign::test
