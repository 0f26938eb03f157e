// SPDX-License-Identifier: Apache-2.0
// What is known of a person beside their factors, in words for a terminal.
#pragma once

#include "api/countersign.pb.h"

#include <ostream>
#include <string>

namespace countersign::cli {

// The name on a line or in a record: realm/username, without "default".
[[nodiscard]] std::string full_name(const v1::SubjectName& name);

void show(std::ostream& out, const v1::Profile& profile);
// The rest of an export: sessions, what was asked before a reset, and the journal's records.
void show_history(std::ostream& out, const v1::SubjectExport& all);

}  // namespace countersign::cli
