// SPDX-License-Identifier: Apache-2.0
// What makes a delivery report believable: it comes to an address that only its provider was told.
//
//   <url>/reports/<provider>/<message id>/<token>
//
// The token is a keyed hash of the two before it. The key is an administrator's file, or else made
// anew at each start: then reports of messages that were sent before it are not believed.
#pragma once

#include "base/error.hpp"
#include "base/secret_bytes.hpp"
#include "courier/model/message.hpp"

#include <string>
#include <string_view>

namespace countersign::courier {

struct DeliveryReportSettings;

class ReportKey {
 public:
  // Fails as read_secret() does, and with `unavailable`.
  static Result<ReportKey> from(const DeliveryReportSettings& settings);

  // What follows the host: "/reports/…".
  [[nodiscard]] std::string path(std::string_view provider, MessageId message) const;
  // In constant time.
  [[nodiscard]] bool matches(std::string_view token, std::string_view provider,
                             MessageId message) const;

 private:
  explicit ReportKey(SecretBytes key) : key_{std::move(key)} {}
  [[nodiscard]] std::string token(std::string_view provider, MessageId message) const;

  SecretBytes key_;
};

inline constexpr std::string_view kReportsPath = "/reports/";

}  // namespace countersign::courier
