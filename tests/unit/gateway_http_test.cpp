// SPDX-License-Identifier: Apache-2.0
// HTTP as validation clients speak it, and as nobody should.
#include "gateway/http.hpp"

#include "tests/support/failure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

namespace countersign::gateway {
namespace {

class Reader : public http::RequestReader {
 public:
  Reader() : RequestReader{kBodyBytesMax} {}

  Result<std::optional<HttpRequest>> next() {
    CS_TRY(const bool whole, read());
    if (!whole) return std::optional<HttpRequest>{};
    CS_TRY(HttpRequest request, read_http(*this));
    return std::optional{request};
  }
};

void feed(Reader& reader, std::string_view bytes) {
  const auto space = reader.space();
  ASSERT_LE(bytes.size(), space.size());
  std::memcpy(space.data(), bytes.data(), bytes.size());
  reader.advance(bytes.size());
}

Result<std::optional<HttpRequest>> read(Reader& reader, std::string_view bytes) {
  feed(reader, bytes);
  return reader.next();
}

unsigned refusal(const std::string& bytes) {
  Reader reader;
  const auto request = read(reader, bytes);
  return request ? (*request ? 200 : 100) : status_of(request.error());
}

TEST(GatewayHttp, ReadsAQuery) {
  Reader reader;
  const auto request = read(reader, "GET /wsapi/2.0/verify?id=1&otp=x HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(request && *request);
  EXPECT_EQ((*request)->version, Version::two);
  EXPECT_EQ((*request)->query, "id=1&otp=x");
  EXPECT_EQ((*request)->form, "");
  EXPECT_TRUE(reader.keeps_alive());
}

TEST(GatewayHttp, ReadsAFormAndWhatElseIsInThePipeline) {
  Reader reader;
  const auto first = read(reader,
                          "POST /wsapi/verify HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
                          "Content-Type: Application/x-www-form-urlencoded; charset=utf-8\r\n\r\n"
                          "id=1GET /wsapi/verify?id=2 HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->version, Version::one);
  EXPECT_EQ((*first)->form, "id=1");
  reader.restart();
  EXPECT_TRUE(reader.has_begun());
  const auto second = reader.next();
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->query, "id=2");
  EXPECT_FALSE(reader.keeps_alive());
}

TEST(GatewayHttp, ReadsByteByByte) {
  Reader reader;
  const std::string bytes = "GET /wsapi/2.0/verify?id=1 HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const char c : bytes.substr(0, bytes.size() - 1)) {
    const auto part = read(reader, {&c, 1});
    ASSERT_TRUE(part && !*part);
  }
  const auto whole = read(reader, "\n");
  ASSERT_TRUE(whole && *whole);
  EXPECT_EQ((*whole)->query, "id=1");
}

TEST(GatewayHttp, LetsAPeerThatWaitsSendItsBody) {
  Reader reader;
  const auto begun = read(reader,
                          "POST /wsapi/verify HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                          "Content-Length: 4\r\n"
                          "Content-Type: application/x-www-form-urlencoded\r\n\r\n");
  ASSERT_TRUE(begun && !*begun);
  EXPECT_TRUE(reader.takes_expectation());
  EXPECT_FALSE(reader.takes_expectation());
}

TEST(GatewayHttp, RefusesWithTheStatusThatSaysWhy) {
  const std::string host = " HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(refusal("GET /" + host + "\r\n"), 404U);
  EXPECT_EQ(refusal("GET /wsapi/2.0/verify/" + host + "\r\n"), 404U);
  EXPECT_EQ(refusal("GET /wsapi/2.1/verify?" + host + "\r\n"), 404U);
  EXPECT_EQ(refusal("PUT /wsapi/verify" + host + "\r\n"), 405U);
  EXPECT_EQ(refusal("HEAD /wsapi/verify?id=1" + host + "\r\n"), 405U);
  EXPECT_EQ(refusal("GET /wsapi/verify" + host + "Content-Length: 1\r\n\r\nx"), 415U);
  EXPECT_EQ(refusal("POST /wsapi/verify" + host + "Content-Length: 1\r\n\r\nx"), 415U);
  EXPECT_EQ(refusal("POST /wsapi/verify" + host + "Content-Length: 4097\r\n\r\n"), 413U);
  EXPECT_EQ(refusal("GET /wsapi/verify?" + std::string(3100, 'x') + host + "\r\n"), 414U);
  EXPECT_EQ(refusal("GET /wsapi/verify" + host + "X: " + std::string(9000, 'x') + "\r\n\r\n"),
            431U);
  EXPECT_EQ(refusal("POST /wsapi/verify" + host + "Transfer-Encoding: chunked\r\n\r\n"), 411U);
  EXPECT_EQ(refusal("\x16\x03\x01 not http"), 400U);
}

TEST(GatewayHttp, WritesWhatAClientCanRead) {
  EXPECT_EQ(write_http(200, "body", true),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
            "Content-Length: 4\r\n\r\nbody");
  const std::string busy = write_http(kStatusTooManyRequests, "", false);
  EXPECT_NE(busy.find("429 Too Many Requests\r\n"), std::string::npos);
  EXPECT_NE(busy.find("\r\nRetry-After: 1\r\n"), std::string::npos);
  EXPECT_NE(busy.find("\r\nConnection: close\r\n"), std::string::npos);
}

}  // namespace
}  // namespace countersign::gateway
