// SPDX-License-Identifier: Apache-2.0
// The journal's part of `store check`: is the chain whole, and do the rows agree with it?
#pragma once

#include "daemon/store/sqlite/reader.hpp"
#include "daemon/store/store.hpp"

namespace countersign::store {

// Reads and judges the records after place `after`, at most `max`; with the last of them also
// whether the journal ends where its sealed head says.
Result<CheckedSlice> check_journal(sqlite::Reader::Statements& statements, const HmacKey& key,
                                   Time now, std::int64_t after, std::size_t max);

}  // namespace countersign::store
