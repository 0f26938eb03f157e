// SPDX-License-Identifier: Apache-2.0
#include "companion/files/static_files.hpp"

#include "base/log.hpp"

#include <sodium.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kFolder = "/static/";
constexpr std::string_view kBrandPath = "/brand.css";
constexpr std::string_view kLogoPath = "/logo";
constexpr std::string_view kFaviconPath = "/favicon.ico";
constexpr std::string_view kCss = "text/css; charset=utf-8";

struct MediaType {
  std::string_view suffix;
  std::string_view type;
};
constexpr std::array<MediaType, 4> kMediaTypes{{{".css", kCss},
                                                {".js", "text/javascript; charset=utf-8"},
                                                {".svg", "image/svg+xml"},
                                                {".png", "image/png"}}};

std::string_view media_type_of(std::string_view name) {
  for (const MediaType& known : kMediaTypes) {
    if (name.ends_with(known.suffix)) return known.type;
  }
  return "application/octet-stream";
}

std::string version_of(std::string_view bytes) {
  constexpr std::size_t kBytes = 16;
  std::array<unsigned char, kBytes> digest{};
  ::crypto_generichash(digest.data(), digest.size(),
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr,
                       0);
  std::string text(2 * kBytes + 1, '\0');
  ::sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
  text.resize(2 * kBytes);
  return text;
}

Response response_of(std::string_view media_type, std::string bytes) {
  Response response;
  response.media_type = media_type;
  response.body = std::move(bytes);
  return response;
}

Response of_realm(Response response) {
  response.kept = Kept::briefly;
  return response;
}

std::string colours_of(const Brand& brand) {
  return ":root{--accent:" + brand.accent +
         "}@media(prefers-color-scheme:dark){:root{--accent:" + brand.accent_dark + "}}\n";
}

}  // namespace

Result<StaticFiles::File> StaticFiles::read(const std::string& path) {
  std::ifstream stream{path, std::ios::binary};
  std::string bytes(kFileBytesMax + 1, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!stream.is_open() || stream.bad() ||
      static_cast<std::size_t>(stream.gcount()) > kFileBytesMax) {
    const Error unreadable{ErrorCode::malformed, "static.file"};
    log::error("web.static", unreadable, {{"file", log::ConfigText{path}}});
    return unreadable;
  }
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return File{.media_type = media_type_of(path), .version = version_of(bytes), .bytes = bytes};
}

Result<StaticFiles> StaticFiles::load(const std::string& folder, const std::vector<Brand>& brands) {
  StaticFiles files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator{folder, failed}) {
    CS_TRY(File file, read(entry.path().string()));
    files.files_.emplace(entry.path().filename().string(), std::move(file));
  }
  for (const Brand& brand : brands) {
    if (brand.logo.empty()) continue;
    CS_TRY(File logo, read(brand.logo));
    files.logos_.emplace(brand.origin, std::move(logo));
  }
  return files;
}

std::string StaticFiles::url_of(const std::string& name) const {
  const auto found = files_.find(name);
  if (found == files_.end()) return {};
  return std::string{kFolder} + name + "?v=" + found->second.version;
}

std::optional<Response> StaticFiles::find_static(const Request& request) const {
  const auto found = files_.find(request.path.substr(kFolder.size()));
  if (found == files_.end()) return std::nullopt;
  Response response = response_of(found->second.media_type, found->second.bytes);
  const bool is_named = request.query.value_of("v") == found->second.version;
  response.kept = is_named ? Kept::always : Kept::never;
  return response;
}

std::optional<Response> StaticFiles::find(const Request& request, const Brand& brand) const {
  if (request.method != Method::get) return std::nullopt;
  if (request.path.starts_with(kFolder)) return find_static(request);
  if (request.path == kBrandPath) return of_realm(response_of(kCss, colours_of(brand)));
  if (request.path != kLogoPath && request.path != kFaviconPath) return std::nullopt;
  const auto logo = logos_.find(brand.origin);
  if (logo == logos_.end()) {
    // Browsers ask for one at every site.
    Response none = response_of({}, {});
    none.status = kStatusNoContent;
    return of_realm(std::move(none));
  }
  return of_realm(response_of(logo->second.media_type, logo->second.bytes));
}

}  // namespace countersign::companion
