// SPDX-License-Identifier: Apache-2.0
// The tables, and whether the ones in a file are ours.
#pragma once

#include "daemon/store/sqlite/connection.hpp"

namespace countersign::store::sqlite {

inline constexpr std::int64_t kSchemaVersion = 1;
inline constexpr std::int64_t kApplicationId = 0x4353474e;  // "CSGN"

// Makes the tables in an empty file, brings older ones up to date, and refuses everything else:
// another program's database, a newer schema, a schema with so much as one trigger too many.
//
// Fails with `corrupt` or `unavailable`; `explanation` then says what is wrong and what to do.
Status make_ready(Connection& connection, std::string& explanation);

}  // namespace countersign::store::sqlite
