// SPDX-License-Identifier: Apache-2.0
// What a browser is sent: the headers that protect every page, and cookies.
#include "companion/request/response.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace countersign::companion {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t from = 0;
  for (std::size_t end = text.find("\r\n"); end != from; end = text.find("\r\n", from)) {
    lines.push_back(text.substr(from, end - from));
    from = end + 2;
  }
  return lines;
}

std::vector<std::string> headers_of(const Response& response, bool secure = true) {
  return lines_of(write(response, secure, false, true));
}

Response page_of(std::string body) {
  Response response;
  response.body = std::move(body);
  response.language = "en";
  return response;
}

TEST(CompanionResponse, EveryAnswerBearsWhatProtectsIt) {
  Response refused = page_of("no");
  refused.status = kStatusForbidden;
  for (const Response& response : {page_of("<p>"), go_to("/account"), refused}) {
    const auto headers = headers_of(response);
    EXPECT_THAT(headers, Contains("X-Content-Type-Options: nosniff"));
    EXPECT_THAT(headers, Contains("X-Frame-Options: DENY"));
    EXPECT_THAT(headers, Contains("Referrer-Policy: same-origin"));
    EXPECT_THAT(headers, Contains("Cross-Origin-Opener-Policy: same-origin"));
    EXPECT_THAT(headers, Contains("Cross-Origin-Resource-Policy: same-origin"));
    EXPECT_THAT(headers, Contains(StartsWith("Permissions-Policy: ")));
    EXPECT_THAT(headers, Contains("Cache-Control: no-store"));
    EXPECT_THAT(headers,
                Contains("Strict-Transport-Security: max-age=63072000; includeSubDomains"));
    EXPECT_THAT(headers, Contains("Content-Security-Policy: default-src 'none'; script-src 'self'; "
                                  "style-src 'self'; img-src 'self'; font-src 'self'; "
                                  "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
                                  "require-trusted-types-for 'script'; trusted-types 'none'; "
                                  "form-action 'self'"));
  }
}

TEST(CompanionResponse, PlainHttpPromisesNothingOfTls) {
  EXPECT_THAT(headers_of(page_of(""), false),
              Not(Contains(StartsWith("Strict-Transport-Security"))));
}

TEST(CompanionResponse, APageSaysWhatItIs) {
  const std::string text = write(page_of("<p>ä"), true, false, true);
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nContent-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nContent-Language: en\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(text, EndsWith("\r\n\r\n<p>ä"));
  EXPECT_THAT(text, Not(HasSubstr("Connection:")));
}

TEST(CompanionResponse, HeadHasNoBodyAndTheLastAnswerSaysSo) {
  EXPECT_THAT(write(page_of("<p>"), true, true, true), EndsWith("Content-Length: 3\r\n\r\n"));
  EXPECT_THAT(write(page_of("<p>"), true, false, false), HasSubstr("\r\nConnection: close\r\n"));
}

TEST(CompanionResponse, ARedirectionHasAPlaceAndNoPage) {
  const std::string text = write(go_to("/account?done=password"), true, false, true);
  EXPECT_THAT(text, StartsWith("HTTP/1.1 303 See Other\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nLocation: /account?done=password\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("\r\nContent-Type")));
  EXPECT_THAT(text, EndsWith("Content-Length: 0\r\n\r\n"));
}

TEST(CompanionResponse, FormsMayLeadToThePortalWhereThePageSaysSo) {
  Response response = page_of("<p>");
  response.form_target = "https://portal.example.com";
  EXPECT_THAT(headers_of(response),
              Contains(EndsWith("; form-action 'self' https://portal.example.com")));
}

TEST(CompanionResponse, WhatNeverChangesIsKept) {
  Response response = page_of("body{}");
  response.kept = Kept::always;
  EXPECT_THAT(headers_of(response), Contains("Cache-Control: public, max-age=31536000, immutable"));
}

TEST(CompanionResponse, AWrongMethodIsToldTheRightOnes) {
  Response response = page_of("");
  response.status = kStatusMethodNotAllowed;
  EXPECT_THAT(headers_of(response), Contains("Allow: GET, HEAD, POST"));
}

TEST(CompanionResponse, EveryCookieIsOfThisHostAloneAndHiddenFromScripts) {
  Response response = go_to("/account");
  for (const std::string_view name :
       {kSessionCookie, kTicketCookie, kFormCookie, kDeviceCookie, kAskerCookie, kLanguageCookie}) {
    EXPECT_TRUE(name.starts_with("__Host-")) << name;
    response.cookies.push_back({.name = name, .value = "v", .age = std::nullopt});
    EXPECT_THAT(headers_of(response), Contains("Set-Cookie: " + std::string{name} +
                                               "=v; Path=/; Secure; HttpOnly; SameSite=Lax"));
  }
}

TEST(CompanionResponse, CookiesLastAsLongAsTheyAreToldTo) {
  const SetCookie lasting{.name = kLanguageCookie, .value = "fi", .age = std::chrono::hours{1}};
  EXPECT_THAT(lasting.text(), EndsWith("; Max-Age=3600"));
  const SetCookie gone{.name = kSessionCookie, .value = "", .age = std::nullopt};
  EXPECT_EQ(gone.text(), "__Host-countersign=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
}

}  // namespace
}  // namespace countersign::companion
