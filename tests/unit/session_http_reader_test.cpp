// SPDX-License-Identifier: Apache-2.0
// HTTP requests, whatever the chunks they arrive in.
#include "daemon/net/http.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace countersign::net {
namespace {

std::string post(std::string_view path, std::string_view body, std::string_view headers = "") {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\n" + std::string{headers} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

struct Seen {
  std::string operation, body, key;
  bool keeps_alive;
  friend bool operator==(const Seen&, const Seen&) = default;
};

struct Outcome {
  std::vector<Seen> requests;
  std::string failure;
};

Outcome read(std::string_view bytes, std::size_t chunk) {
  HttpReader reader;
  Outcome outcome;
  while (!bytes.empty()) {
    bytes.remove_prefix(reader.take(as_bytes(bytes.substr(0, chunk))));
    for (;;) {
      const auto request = reader.next();
      if (!request) {
        outcome.failure = request.error().operation.view();
        return outcome;
      }
      if (!*request) break;
      outcome.requests.push_back({std::string{(*request)->operation}, std::string{(*request)->body},
                                  std::string{(*request)->idempotency_key}, reader.keeps_alive()});
      reader.restart();
    }
  }
  return outcome;
}

class HttpInChunks : public testing::TestWithParam<std::size_t> {};

TEST_P(HttpInChunks, GivesEveryRequestOnce) {
  const std::string largest(HttpReader::kBodyBytesMax, ' ');
  const Outcome outcome =
      read(post("/v1/verify", "{1}", "Idempotency-Key: 0123456789abcdef\r\n") +
               "GET /v1/health HTTP/1.1\r\n\r\n" + post("/v1/create-subject", largest) +
               post("/v1/verify", "{2}", "Connection: close\r\n"),
           GetParam());
  EXPECT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.requests,
              testing::ElementsAre(
                  Seen{"verify", "{1}", "0123456789abcdef", true}, Seen{"health", "{}", "", true},
                  Seen{"create-subject", largest, "", true}, Seen{"verify", "{2}", "", false}));
}

INSTANTIATE_TEST_SUITE_P(Sizes, HttpInChunks, testing::Values(1, 3, 64, 1000, 1 << 20));

TEST(HttpReader, RefusesWhatIsNotARequest) {
  EXPECT_EQ(read("HELLO\r\n\r\n", 99).failure, "http.header");
  EXPECT_EQ(read("POST /v1/verify HTTP/3.1\r\n\r\n", 99).failure, "http.header");
  EXPECT_EQ(read("POST /v1/verify HTTP/1.1\r\nContent-Length: x\r\n\r\n", 99).failure,
            "http.header");
  EXPECT_EQ(read("POST /v1/verify HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 99)
                .failure,
            "http.header");
}

TEST(HttpReader, RefusesOtherMethodsAndPaths) {
  EXPECT_EQ(read("GET /v1/verify HTTP/1.1\r\n\r\n", 99).failure, "http.method");
  EXPECT_EQ(read("PUT /v1/health HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 99).failure,
            "http.method");
  EXPECT_EQ(read(post("/", "{}"), 99).failure, "http.path");
  EXPECT_EQ(read(post("/v2/verify", "{}"), 99).failure, "http.path");
}

TEST(HttpReader, RefusesTwoIdempotencyKeys) {
  const auto twice = "Idempotency-Key: 0123456789abcdef\r\nIdempotency-Key: 0123456789abcdeg\r\n";
  EXPECT_EQ(read(post("/v1/verify", "{}", twice), 99).failure, "http.idempotency_key");
}

TEST(HttpReader, HandsOverOneSession) {
  HttpReader reader;
  const std::string bytes = post("/v1/get-session", "{}", "Countersign-Session: abc-_\r\n");
  ASSERT_EQ(reader.take(as_bytes(bytes)), bytes.size());
  const auto request = reader.next();
  ASSERT_TRUE(request && *request);
  EXPECT_EQ((*request)->session, "abc-_");
  const auto twice = "Countersign-Session: abc\r\ncountersign-session: abc\r\n";
  EXPECT_EQ(read(post("/v1/get-session", "{}", twice), 99).failure, "http.session");
}

TEST(HttpReader, RefusesHeadersAndBodiesPastTheirLimit) {
  const std::string long_header = "X: " + std::string(HttpReader::kHeaderBytesMax, 'x') + "\r\n";
  EXPECT_EQ(read(post("/v1/verify", "{}", long_header), 1000).failure, "http.header_length");
  EXPECT_EQ(read("POST /" + std::string(1 << 20, 'x'), 1000).failure, "http.header_length");
  // By its announced length, before a byte of it has arrived.
  EXPECT_EQ(read("POST /v1/verify HTTP/1.1\r\nContent-Length: 65537\r\n\r\n", 99).failure,
            "http.body_length");
  EXPECT_EQ(read("POST /v1/verify HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 99).failure,
            "http.length_required");
}

TEST(HttpReader, TellsOnceThatABodyAwaitsLeave) {
  HttpReader reader;
  const std::string header =
      "POST /v1/verify HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  ASSERT_EQ(reader.take(as_bytes(header)), header.size());
  ASSERT_TRUE(reader.next());
  EXPECT_TRUE(reader.takes_expectation());
  EXPECT_FALSE(reader.takes_expectation());
}

TEST(HttpAnswer, IsWrittenWithItsLength) {
  std::string out;
  write_http({.status = 404, .body = "{}"}, false, out);
  EXPECT_EQ(
      out,
      "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
      "Content-Length: 3\r\nConnection: close\r\n\r\n{}\n");
}

}  // namespace
}  // namespace countersign::net
