// SPDX-License-Identifier: Apache-2.0
// The courier's numbers as Prometheus reads them.
#pragma once

#include "api/countersign.pb.h"

#include <string>

namespace countersign::cli {

// In Prometheus' text format, version 0.0.4: for the textfile collector of its node exporter.
[[nodiscard]] std::string as_metrics(const v1::CourierStatus& status);

}  // namespace countersign::cli
