// SPDX-License-Identifier: Apache-2.0
// What is read of a browser's request, and what is refused: forms, cookies, limits, other sites.
#include "companion/request/guard.hpp"
#include "tests/support/failure.hpp"
#include "tests/unit/companion_requests.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::companion {
namespace {

using countersign::test::failure;
using test::get_bytes;
using test::kOrigin;
using test::post_bytes;
using test::read;

unsigned refusal(const std::string& bytes) {
  const auto request = read(bytes);
  return request ? 200 : status_of(request.error());
}

TEST(CompanionRequest, AGetHasAPathAndAQuery) {
  const auto request =
      read(get_bytes("/sign-in?next=%2Faccount&x=a+b", "Accept-Language: fi-FI,fi;q=0.9\r\n"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, Method::get);
  EXPECT_EQ(request->path, "/sign-in");
  EXPECT_EQ(request->query.value_of("next"), "/account");
  EXPECT_EQ(request->query.value_of("x"), "a b");
  EXPECT_EQ(request->host, "accounts.example.com");
  EXPECT_EQ(request->languages, "fi-FI,fi;q=0.9");
  EXPECT_EQ(request->client_address, test::kClient);
}

TEST(CompanionRequest, AFormIsReadOnce) {
  const auto request = read(post_bytes("/sign-in", "username=%C3%A4iti&password=a%2Bb+c&empty="));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, Method::post);
  EXPECT_EQ(request->form.value_of("username"), "äiti");
  EXPECT_EQ(request->form.value_of("password"), "a+b c");
  EXPECT_NE(request->form.find("empty"), nullptr);
  EXPECT_EQ(request->form.find("absent"), nullptr);
}

TEST(CompanionRequest, WhatCanBeReadInTwoWaysIsRefused) {
  EXPECT_EQ(refusal(post_bytes("/sign-in", "a=1&a=2")), 400U);
  EXPECT_EQ(refusal(post_bytes("/sign-in", "a=%2")), 400U);
  EXPECT_EQ(refusal(post_bytes("/sign-in", "a=%zz")), 400U);
  EXPECT_EQ(refusal(get_bytes("/", "Host: other.example.com\r\n")), 400U);
  EXPECT_EQ(refusal(get_bytes("/", "Origin: null\r\nOrigin: https://a.example\r\n")), 400U);
}

TEST(CompanionRequest, WhatIsNoTextIsRefused) {
  EXPECT_EQ(refusal(post_bytes("/sign-in", "a=%00")), 400U);
  EXPECT_EQ(refusal(post_bytes("/sign-in", "a=%0d%0aSet-Cookie:x")), 400U);
  EXPECT_EQ(refusal(post_bytes("/sign-in", "a=%ff")), 400U);
  EXPECT_EQ(refusal(post_bytes("/sign-in", "a=%c0%af")), 400U);     // overlong
  EXPECT_EQ(refusal(post_bytes("/sign-in", "a=%ed%a0%80")), 400U);  // half of a pair
  EXPECT_EQ(refusal(post_bytes("/sign-in", "%ff=a")), 400U);
  EXPECT_EQ(refusal(get_bytes("/?next=%ff")), 400U);
  EXPECT_EQ(refusal(get_bytes("/\xff")), 400U);
}

TEST(CompanionRequest, OthersFormsAreNotRead) {
  const std::string head = "POST /sign-in HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n";
  EXPECT_EQ(refusal(head + "Content-Type: text/plain\r\n\r\na=1"), 415U);
  EXPECT_EQ(refusal(head + "Content-Type: multipart/form-data; boundary=x\r\n\r\na=1"), 415U);
  EXPECT_EQ(refusal(head + "Content-Type: application/json\r\n\r\n{ }"), 415U);
  EXPECT_EQ(refusal(head + "\r\na=1"), 415U);
  EXPECT_EQ(refusal(head + "Content-Type: Application/X-WWW-Form-Urlencoded;charset=utf-8\r\n\r\n"
                           "a=1"),
            200U);
}

TEST(CompanionRequest, OtherMethodsAreRefused) {
  for (const std::string method : {"PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"}) {
    EXPECT_EQ(refusal(method + " / HTTP/1.1\r\nHost: h\r\n\r\n"), 405U) << method;
  }
  const auto head = read("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->head);
  EXPECT_EQ(head->method, Method::get);
}

TEST(CompanionRequest, NothingIsLargerThanItsLimit) {
  const std::string path(Request::kTargetBytesMax - 1, 'a');
  EXPECT_EQ(refusal(get_bytes("/" + path)), 200U);
  EXPECT_EQ(refusal(get_bytes("/a" + path)), 414U);
  std::string fields;
  for (std::size_t i = 0; i < Request::kFieldsMax; ++i) fields += 'f' + std::to_string(i) + "=1&";
  EXPECT_EQ(refusal(post_bytes("/", fields)), 200U);
  EXPECT_EQ(refusal(post_bytes("/", fields + "more=1")), 413U);
  EXPECT_EQ(refusal(post_bytes("/", std::string(Request::kBodyBytesMax, 'a'))), 200U);
  EXPECT_EQ(refusal(post_bytes("/", std::string(Request::kBodyBytesMax + 1, 'a'))), 413U);
  EXPECT_EQ(refusal(get_bytes("/", "X-Long: " + std::string(9000, 'a') + "\r\n")), 431U);
}

TEST(CompanionRequest, WhatABrowserSaysOfItselfIsCutAndPlain) {
  const std::string name(Request::kUserAgentBytesMax + 50, 'M');
  const auto request = read(get_bytes("/", "User-Agent: " + name + "\r\n"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->user_agent.size(), Request::kUserAgentBytesMax);
  const auto odd = read(get_bytes("/", "User-Agent: a\xff\tb\r\n"));
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->user_agent, "a??b");
}

TEST(CompanionCookies, OursAreReadAndNoOthers) {
  const Cookies cookies = Cookies::parse(
      "theme=dark; __Host-countersign=abc-_.9;__Host-countersign-form= x ; session=zzz");
  EXPECT_EQ(cookies.value_of(kSessionCookie), "abc-_.9");
  EXPECT_EQ(cookies.value_of(kFormCookie), "x");
  EXPECT_EQ(cookies.value_of("theme"), "");
  EXPECT_EQ(cookies.value_of(kTicketCookie), "");
}

// A neighbour under the same domain may set a cookie of another name, with any value.
TEST(CompanionCookies, NoneStandsInTheValueOfAnother) {
  const Cookies cookies = Cookies::parse("theme=x,__Host-countersign=theirs; a=b,c");
  EXPECT_EQ(cookies.value_of(kSessionCookie), "");
  const Cookies both = Cookies::parse("theme=x,__Host-countersign=theirs; __Host-countersign=mine");
  EXPECT_EQ(both.value_of(kSessionCookie), "mine");
}

TEST(CompanionCookies, OneThatComesTwiceIsNone) {
  const Cookies cookies = Cookies::parse(
      "__Host-countersign=mine; __Host-countersign=theirs; __Host-countersign-form=x");
  EXPECT_EQ(cookies.value_of(kSessionCookie), "");
  EXPECT_EQ(cookies.value_of(kFormCookie), "x");
}

TEST(CompanionCookies, AValueThatIsNotOursIsEmpty) {
  EXPECT_EQ(Cookies::parse("__Host-countersign=a\"b").value_of(kSessionCookie), "");
  EXPECT_EQ(Cookies::parse("__Host-countersign=<b>").value_of(kSessionCookie), "");
  const std::string fits(512, 'a');
  EXPECT_EQ(Cookies::parse("__Host-countersign=" + fits).value_of(kSessionCookie), fits);
  EXPECT_EQ(Cookies::parse("__Host-countersign=a" + fits).value_of(kSessionCookie), "");
}

// A form with this secret, from a browser that keeps that one.
Guarded guarded(std::string_view typed, std::string_view kept, std::string_view headers) {
  const auto request = read(post_bytes(
      "/sign-out", "csrf=" + std::string{typed},
      "Cookie: __Host-countersign-form=" + std::string{kept} + "\r\n" + std::string{headers}));
  if (!request) return Guarded::foreign;
  return guard(*request, kOrigin);
}

constexpr std::string_view kSecret = "abcdefghijklmnopqrstuv";
constexpr std::string_view kOurs = "Origin: https://accounts.example.com\r\n";

TEST(CompanionGuard, OurOwnFormPasses) {
  EXPECT_EQ(guarded(kSecret, kSecret, kOurs), Guarded::passes);
  EXPECT_EQ(guarded(kSecret, kSecret, "Sec-Fetch-Site: same-origin\r\n"), Guarded::passes);
}

TEST(CompanionGuard, AnotherSitesFormIsForeign) {
  for (const std::string_view origin :
       {"https://evil.example", "null", "http://accounts.example.com",
        "https://accounts.example.com.evil.example", "https://accounts.example.com:8443",
        "https://ACCOUNTS.example.com", "https://accounts.example.com/"}) {
    EXPECT_EQ(guarded(kSecret, kSecret, "Origin: " + std::string{origin} + "\r\n"),
              Guarded::foreign)
        << origin;
  }
  // What says nothing of where it comes from, and what says too little.
  EXPECT_EQ(guarded(kSecret, kSecret, ""), Guarded::foreign);
  for (const std::string_view site : {"cross-site", "same-site", "none"}) {
    EXPECT_EQ(guarded(kSecret, kSecret, "Sec-Fetch-Site: " + std::string{site} + "\r\n"),
              Guarded::foreign)
        << site;
  }
  // The one that names the site counts.
  EXPECT_EQ(
      guarded(kSecret, kSecret, "Origin: https://evil.example\r\nSec-Fetch-Site: same-origin\r\n"),
      Guarded::foreign);
}

TEST(CompanionGuard, AFormOfAnotherBrowserIsStale) {
  EXPECT_EQ(guarded("vutsrqponmlkjihgfedcba", kSecret, kOurs), Guarded::stale);
  EXPECT_EQ(guarded("", kSecret, kOurs), Guarded::stale);
  EXPECT_EQ(guarded(kSecret, "", kOurs), Guarded::stale);
  EXPECT_EQ(guarded("", "", kOurs), Guarded::stale);
  EXPECT_EQ(guarded("short", "short", kOurs), Guarded::stale);
}

TEST(CompanionGuard, NoTwoSecretsAreTheSame) {
  const std::string one = fresh_secret();
  EXPECT_EQ(one.size(), 22U);
  EXPECT_EQ(
      one.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
  EXPECT_NE(one, fresh_secret());
}

}  // namespace
}  // namespace countersign::companion
