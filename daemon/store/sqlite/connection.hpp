// SPDX-License-Identifier: Apache-2.0
// One SQLite connection and its prepared statements, as values that close themselves.
//
// The only header that names SQLite's types, and only by declaration. A connection and its
// statements belong to one thread.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <type_traits>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace countersign::store::sqlite {

class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* prepared) : prepared_{prepared} {}
  Statement(Statement&& other) noexcept : prepared_{std::exchange(other.prepared_, nullptr)} {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(prepared_, other.prepared_);
    return *this;
  }
  ~Statement();

  // Binds the values in order and steps once: true when there is a row to read. Texts and blobs
  // are not copied: they live until rewind(). Fails with `already_exists` on a key that is taken,
  // with `corrupt` on a damaged page or a value longer than any of ours, `unavailable` otherwise.
  template <class... Values>
  Result<bool> start(const Values&... values) {
    rewind();
    int place = 0;
    (bind(++place, values), ...);
    return step();
  }
  Result<bool> step();
  void rewind();

  // Runs a statement that gives no rows; how many rows it changed.
  template <class... Values>
  Result<int> run(const Values&... values) {
    const Result<bool> stepped = start(values...);
    rewind();
    if (!stepped) return stepped.error();
    return changes();
  }

  // Of the row that step() found; views are valid until the next step() or rewind().
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] BytesView blob(int column) const;
  // All zero unless it has exactly this many bytes: what it should match will not.
  template <std::size_t Size>
  [[nodiscard]] std::array<std::byte, Size> fixed(int column) const {
    std::array<std::byte, Size> out{};
    const BytesView bytes = blob(column);
    if (bytes.size() == Size) std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
  }

 private:
  template <class Value>
  void bind(int place, const Value& value) {
    if constexpr (std::is_integral_v<Value> || std::is_enum_v<Value>) {
      bind_integer(place, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_convertible_v<Value, std::string_view>) {
      bind_text(place, value);
    } else {
      bind_blob(place, value);
    }
  }
  void bind_integer(int place, std::int64_t value);
  void bind_text(int place, std::string_view value);
  void bind_blob(int place, BytesView value);
  [[nodiscard]] int changes() const;

  sqlite3_stmt* prepared_ = nullptr;
};

// Resets a query when the reading function returns, so that no read transaction is left open.
class Rewind {
 public:
  explicit Rewind(Statement& statement) : statement_{statement} {}
  Rewind(const Rewind&) = delete;
  Rewind& operator=(const Rewind&) = delete;
  ~Rewind() { statement_.rewind(); }

 private:
  Statement& statement_;
};

class Connection {
 public:
  enum class Mode { read_write, read_only };

  // Fails with `unavailable`; `native` is SQLite's extended code.
  static Result<Connection> open(const std::filesystem::path& file, Mode mode);

  Connection() = default;
  Connection(Connection&& other) noexcept : database_{std::exchange(other.database_, nullptr)} {}
  Connection& operator=(Connection&& other) noexcept {
    std::swap(database_, other.database_);
    return *this;
  }
  ~Connection();

  // Runs statements that give no rows of interest.
  Status execute(const char* sql);
  Result<Statement> prepare(const char* sql);
  // The first column of the first row. Fails with `not_found`.
  Result<std::int64_t> number(const char* sql);
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] std::string message() const;

 private:
  explicit Connection(sqlite3* database) : database_{database} {}
  Status harden();

  sqlite3* database_ = nullptr;
};

// What a statement that must change exactly one row has changed. Fails with `conflict`.
[[nodiscard]] Status one_row(const Result<int>& changed);

// Whether a value was longer than any of ours: somebody else wrote the row.
[[nodiscard]] bool is_too_long(const Error& error);
// Whether SQLite could not make sure that bytes reached the disk: what it holds in memory may then
// differ from what is there.
[[nodiscard]] bool is_sync_failure(const Error& error);
// Whether the disk refused; the connection has to be opened anew.
[[nodiscard]] bool is_disk_failure(const Error& error);

}  // namespace countersign::store::sqlite
