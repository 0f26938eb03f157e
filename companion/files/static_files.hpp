// SPDX-License-Identifier: Apache-2.0
// What pages refer to: style, script, a realm's colours and logo. Read once, at the start.
#pragma once

#include "base/error.hpp"
#include "companion/request/request.hpp"
#include "companion/request/response.hpp"
#include "companion/settings/brand.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace countersign::companion {

class StaticFiles {
 public:
  static constexpr std::size_t kFileBytesMax = 1024 * 1024;

  // Everything in `folder`, and the logos. Fails with `malformed`: one cannot be read, or is too
  // large; the log says which.
  static Result<StaticFiles> load(const std::string& folder, const std::vector<Brand>& brands);

  // "/static/app.js?v=..." of "app.js": another one for each content. Empty if it is not there.
  [[nodiscard]] std::string url_of(const std::string& name) const;

  // Nothing when the address is none of these.
  [[nodiscard]] std::optional<Response> find(const Request& request, const Brand& brand) const;

 private:
  struct File {
    std::string_view media_type;
    std::string version;
    std::string bytes;
  };
  static Result<File> read(const std::string& path);
  [[nodiscard]] std::optional<Response> find_static(const Request& request) const;

  std::map<std::string, File> files_;  // by name
  std::map<std::string, File> logos_;  // by origin
};

}  // namespace countersign::companion
