// SPDX-License-Identifier: Apache-2.0
// Names that people type, in the one form in which they are compared.
//
// Ten thousand spellings of one username share one failure budget because no path of the daemon
// ever sees another form than this one.
#pragma once

#include "base/error.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace countersign {

class Realm {
 public:
  static constexpr std::size_t kBytesMax = 32;
  // Lower-case letters, digits and hyphens; "default" when empty. Fails with `malformed`.
  static Result<Realm> from(std::string_view text);
  static Realm default_realm();
  [[nodiscard]] const std::string& text() const { return text_; }
  friend auto operator<=>(const Realm&, const Realm&) = default;

 private:
  explicit Realm(std::string_view text) : text_{text} {}
  std::string text_;
};

class Username {
 public:
  static constexpr std::size_t kBytesMax = 256;
  // NFKC, case-folded, trimmed of spaces around it. Fails with `malformed` on control characters,
  // unassigned or invisible (default-ignorable) code points, invalid UTF-8 and nothing at all, and
  // with `limit_exceeded`.
  static Result<Username> from(std::string_view typed);
  // What nobody is called: its text is empty.
  static Username none() { return Username{std::string{}}; }
  [[nodiscard]] const std::string& text() const { return text_; }
  friend auto operator<=>(const Username&, const Username&) = default;

 private:
  explicit Username(std::string text) : text_{std::move(text)} {}
  std::string text_;
};

struct SubjectName {
  Realm realm;
  Username username;
  // Stands where a request of a session names nobody: the session's own subject. Nobody bears it.
  static SubjectName own() { return {Realm::default_realm(), Username::none()}; }
  [[nodiscard]] bool is_own() const { return username.text().empty(); }
  friend auto operator<=>(const SubjectName&, const SubjectName&) = default;
};

// What somebody calls a factor: NFC, at most 64 code points, no control characters; may be empty.
class Label {
 public:
  static constexpr std::size_t kCodePointsMax = 64;
  // Fails with `malformed`, `limit_exceeded`.
  static Result<Label> from(std::string_view typed);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  explicit Label(std::string text) : text_{std::move(text)} {}
  std::string text_;
};

}  // namespace countersign
