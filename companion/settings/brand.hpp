// SPDX-License-Identifier: Apache-2.0
// How the pages of a realm look, and where they are.
#pragma once

#include <string>
#include <string_view>

namespace countersign::companion {

struct Brand {
  std::string realm = "default";  // as the daemon calls it
  // Scheme, host and port as browsers see them: "https://accounts.example.com". Requests that name
  // another host are refused.
  std::string origin = "http://localhost:8190";
  std::string product = "Countersign";
  std::string logo;                     // a file, SVG or PNG; may be empty
  std::string accent = "#1d5fbf";       // "#rrggbb": buttons and links
  std::string accent_dark = "#8ab4f8";  // the same in dark mode
  std::string zone = "UTC";             // in which times are shown: "Europe/Helsinki"

  [[nodiscard]] std::string_view host() const {
    const std::string_view all = origin;
    return all.substr(all.find("//") + 2);
  }
  [[nodiscard]] bool secure() const { return origin.starts_with("https://"); }
};

}  // namespace countersign::companion
