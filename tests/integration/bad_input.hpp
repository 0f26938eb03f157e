// SPDX-License-Identifier: Apache-2.0
// A whole appliance that is fed what no proper peer sends, and must do its work all the same.
#pragma once

#include "tests/support/appliance.hpp"
#include "tests/support/raw_peer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace countersign::test {

// Stands somewhere in most bad inputs. No answer may quote it.
inline constexpr const char* kMarker = "sesame";

class BadInput : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    appliance_ = std::make_unique<Appliance>(
        Appliance::Options{.policy = "[throttle]\nfailures_free = 100\nfailures_max = 100\n"});
    token_ = appliance_->enrol("alice", v1::HOTP);
  }
  static void TearDownTestSuite() { appliance_.reset(); }

  // Whatever has happened: the daemon is there, and verifies.
  void TearDown() override {
    EXPECT_TRUE(appliance_->daemon().alive());
    expect_service("after it all");
  }

  static void expect_service(const std::string& after) {
    client::Client portal = appliance_->verify_client();
    EXPECT_TRUE(accepted(verify(portal, "alice", token_.press()))) << after;
  }

  // An error that says what is wrong, and nothing of what was sent.
  static void expect_clear_error(const v1::Reply& reply, const std::string& input) {
    EXPECT_TRUE(reply.has_error()) << input << ": " << reply.ShortDebugString();
    EXPECT_NE(reply.error().code(), v1::ERROR_CODE_UNSPECIFIED) << input;
    EXPECT_GT(reply.error().message().size(), 10u) << input;
    EXPECT_EQ(reply.error().message().find(kMarker), std::string::npos) << input;
  }
  static void expect_clear_error(const HttpReply& reply, const std::string& input) {
    EXPECT_TRUE(reply.status >= 400 && reply.status < 500) << reply.status << ": " << input;
    EXPECT_THAT(reply.body, testing::HasSubstr("\"code\":")) << input;
    EXPECT_THAT(reply.body, testing::HasSubstr("\"message\":")) << input;
    EXPECT_EQ(reply.body.find(kMarker), std::string::npos) << input;
    EXPECT_EQ(reply.body.find("ACCEPTED"), std::string::npos) << input;
  }

  static inline std::unique_ptr<Appliance> appliance_;
  static inline Token token_;
};

}  // namespace countersign::test
