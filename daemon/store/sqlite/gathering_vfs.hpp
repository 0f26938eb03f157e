// SPDX-License-Identifier: Apache-2.0
// A file layer for SQLite that hands the write-ahead log to the kernel in large pieces.
//
// SQLite writes each page of a commit by two calls: a commit of two hundred attempts takes four
// hundred, and half of the writer's time. Here what is contiguous gathers in memory until it is
// synced, read, or too much. A commit is as durable as before: it syncs, and only then does SQLite
// let anybody read the pages.
#pragma once

namespace countersign::store::sqlite {

// What sqlite3_open_v2() is to be told, for connections that write; null if SQLite has no file
// layer of its own to stand on. Registers it at the first call.
[[nodiscard]] const char* gathering_vfs();

}  // namespace countersign::store::sqlite
