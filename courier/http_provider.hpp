// SPDX-License-Identifier: Apache-2.0
// SMS through a gateway that takes JSON over HTTP: what is asked and what an answer means stands in
// the settings.
#pragma once

#include "courier/http_settings.hpp"
#include "courier/provider.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::courier {

// What a body may name.
[[nodiscard]] std::vector<std::string_view> http_body_names();

// REQUIRES: the clock outlives it. Fails as make_provider() does.
[[nodiscard]] Result<std::unique_ptr<Provider>> make_http_provider(
    const std::string& name, const HttpSettings& settings, const DeliveryReportSettings& reports,
    const Clock& clock);

// What an answer means by these settings.
[[nodiscard]] Outcome judge_http(const HttpSettings& settings, long status, std::string_view body);

}  // namespace countersign::courier
