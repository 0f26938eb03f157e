// SPDX-License-Identifier: Apache-2.0
// What tests of SMS gateways share: a message on its way, secrets in files, transfers that run.
#pragma once

#include "base/clock.hpp"
#include "courier/engine/provider.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace countersign::courier {

[[nodiscard]] inline Outgoing outgoing(const std::string& text = "Your code: 123456") {
  return Outgoing{.id = MessageId{42},
                  .channel = Channel::sms,
                  .destination = "+358401234567",
                  .content = {.sms = text},
                  .expires_at = SystemClock{}.now() + std::chrono::seconds{299}};
}

inline std::string write_secret(const test::TemporaryFolder& folder, const std::string& name,
                                const std::string& secret) {
  const std::string path = folder.file(name);
  std::ofstream{path} << secret << '\n';
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  return path;
}

// Hands the message over, as the engine does.
inline Outcome deliver(Provider& provider, const Outgoing& message) {
  const auto transfer = provider.begin(message);
  if (!transfer) {
    ADD_FAILURE() << "not begun: " << transfer.error().operation.view();
    return {};
  }
  const CURLcode code = curl_easy_perform((*transfer)->handle());
  long status = 0;
  curl_easy_getinfo((*transfer)->handle(), CURLINFO_RESPONSE_CODE, &status);
  return (*transfer)->judge(code, status);
}

}  // namespace countersign::courier
