// SPDX-License-Identifier: Apache-2.0
#include "clients/pam/options.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace countersign::pam {
namespace {

Result<Options> parse(const std::vector<const char*>& arguments) {
  return parse_options(arguments);
}

TEST(PamOptions, HaveDefaultsThatAsk) {
  const auto options = parse({});
  ASSERT_TRUE(options);
  EXPECT_STREQ(options->socket, "/run/countersign/verify.sock");
  EXPECT_STREQ(options->realm, "");
  EXPECT_STREQ(options->prompt, "Code: ");
  EXPECT_EQ(options->timeout, std::chrono::seconds{5});
  EXPECT_EQ(options->source, Source::prompt);
  EXPECT_TRUE(options->has_fail_delay);
}

TEST(PamOptions, AreRead) {
  const auto options = parse({"socket=/s", "realm=staff", "prompt=Six digits: ", "timeout=60",
                              "try_first_pass", "nodelay"});
  ASSERT_TRUE(options);
  EXPECT_STREQ(options->socket, "/s");
  EXPECT_STREQ(options->realm, "staff");
  EXPECT_STREQ(options->prompt, "Six digits: ");
  EXPECT_EQ(options->timeout, std::chrono::seconds{60});
  EXPECT_EQ(options->source, Source::first_pass_or_prompt);
  EXPECT_FALSE(options->has_fail_delay);
}

TEST(PamOptions, RefuseTheirNearestNeighbours) {
  for (const char* argument : {"",
                               "socket",
                               "socket=",
                               "socket=run/verify.sock",
                               "sockets=/s",
                               "Socket=/s",
                               "realm=",
                               "prompt=",
                               "timeout=",
                               "timeout=0",
                               "timeout=61",
                               "timeout=-1",
                               "timeout=+5",
                               "timeout=5s",
                               "timeout= 5",
                               "timeout=99999999999999999999",
                               "use_first_pass=",
                               "use_first_pas",
                               "debug",
                               "nodelay=yes",
                               "null_ok"}) {
    const auto options = parse({"nodelay", argument});
    ASSERT_FALSE(options) << argument;
    EXPECT_EQ(options.error().native, 1U) << argument;
  }
}

TEST(PamOptions, RefuseTwoSources) {
  EXPECT_TRUE(parse({"use_first_pass", "use_first_pass"}));
  EXPECT_FALSE(parse({"use_first_pass", "try_first_pass"}));
  EXPECT_FALSE(parse({"try_first_pass", "use_first_pass"}));
}

}  // namespace
}  // namespace countersign::pam
