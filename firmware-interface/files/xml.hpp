// SPDX-License-Identifier: Apache-2.0
// XML as far as token files need it: the root's children, one after another, each with everything
// in it. libxml2 reads; what is dangerous in XML is refused before it does.
//
// No document type (and so no entities of the file's own), no network, no other encoding than
// UTF-8, no more depth (256) or text (10 MB) than libxml2 takes by itself. What libxml2 frees is
// wiped, because secrets in clear pass through it.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/secret_bytes.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::files::xml {

inline constexpr std::size_t kFileBytesMax = std::size_t{64} * 1024 * 1024;

// Something that can be pointed at until the reader goes on.
class Element {
 public:
  explicit Element(const void* node) : node_{node} {}

  // Without its namespace's prefix.
  [[nodiscard]] std::string_view name() const;
  [[nodiscard]] std::string_view name_space() const;
  // The first of that name, whatever its namespace: files in the wild are careless with those of
  // the encryption's elements, and the RFC's own figure is.
  [[nodiscard]] std::optional<Element> child(std::string_view name) const;
  [[nodiscard]] std::optional<Element> next_sibling(std::string_view name) const;
  // The same, all the way down; none if a step is missing.
  [[nodiscard]] std::optional<Element> at(std::initializer_list<std::string_view> path) const;
  [[nodiscard]] std::optional<std::string> attribute(const char* name) const;
  // Its text, trimmed. Always treated as a secret.
  [[nodiscard]] SecretBytes text() const;
  [[nodiscard]] std::size_t line() const;

 private:
  const void* node_;
};

class Reader {
 public:
  // REQUIRES: `file` outlives the reader. Fails like next().
  static Result<Reader> open(BytesView file);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  // The root: its name, namespace and attributes, without its children.
  [[nodiscard]] Element root() const;
  // The next child of the root; none behind the last. Fails with `malformed`, `limit_exceeded`, and
  // `denied` for what XML allows and this does not; the operation is a sentence.
  Result<std::optional<Element>> next();

 private:
  struct State;
  explicit Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace countersign::files::xml
