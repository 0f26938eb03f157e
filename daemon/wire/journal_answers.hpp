// SPDX-License-Identifier: Apache-2.0
// From the model to records of the journal as they are shown. Private to wire.
#pragma once

#include "daemon/model/replies.hpp"

#include <string_view>

namespace countersign::v1 {
class ActivityList;
class JournalPage;
class JournalRecord;
}  // namespace countersign::v1

namespace countersign::wire {

// "factor_enrolled"; empty for a number that stands for no event.
[[nodiscard]] std::string_view name_of(Event event);

void write(const JournalLine& line, v1::JournalRecord& message);
void write(const ActivityList& list, v1::ActivityList& message);
void write(const JournalPage& page, v1::JournalPage& message);

}  // namespace countersign::wire
