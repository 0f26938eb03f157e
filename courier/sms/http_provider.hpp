// SPDX-License-Identifier: Apache-2.0
// SMS through a gateway that takes JSON over HTTP: what is asked and what an answer means stands in
// the settings.
#pragma once

#include "base/clock.hpp"
#include "courier/engine/provider.hpp"
#include "courier/settings/http_settings.hpp"
#include "courier/settings/settings.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::courier {

// REQUIRES: the clock outlives it. Fails as read_secret() does.
[[nodiscard]] Result<std::unique_ptr<Provider>> make_http_provider(
    const std::string& name, const HttpSettings& settings, const DeliveryReportSettings& reports,
    const Clock& clock);

// What an answer means by these settings.
[[nodiscard]] Outcome judge_http(const HttpSettings& settings, long status, std::string_view body);

}  // namespace countersign::courier
