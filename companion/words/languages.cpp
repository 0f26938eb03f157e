// SPDX-License-Identifier: Apache-2.0
#include "companion/words/languages.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <filesystem>

namespace countersign::companion {
namespace {

constexpr std::string_view kSuffix = ".json";

Status check_complete(const Catalogue& reference, const Catalogue& other) {
  for (const std::string_view key : reference.keys()) {
    if (other.has(key)) continue;
    const Error missing{ErrorCode::malformed, "texts.missing"};
    log::error("web.texts", missing,
               {{"language", log::ConfigText{other.language()}}, {"key", log::ConfigText{key}}});
    return missing;
  }
  return {};
}

// A tag's own letters, so that what a browser says can be compared at all.
std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

Result<Languages> Languages::load(const std::string& folder) {
  Languages languages;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator{folder, failed}) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(kSuffix)) continue;
    if (languages.all_.size() == kMax) return Error{ErrorCode::limit_exceeded, "texts.languages"};
    const std::string tag = name.substr(0, name.size() - kSuffix.size());
    CS_TRY(auto catalogue, Catalogue::load(entry.path().string(), tag));
    languages.all_.emplace(lower_case(tag), std::move(catalogue));
  }
  const Catalogue* const reference = languages.find(kReference);
  if (failed || reference == nullptr) {
    const Error missing{ErrorCode::malformed, "texts.folder"};
    log::error("web.texts", missing, {{"file", log::ConfigText{folder}}});
    return missing;
  }
  for (const auto& [tag, catalogue] : languages.all_) {
    CS_CHECK(check_complete(*reference, *catalogue));
  }
  return languages;
}

const Catalogue* Languages::find(std::string_view language) const {
  for (std::string rest = lower_case(language); !rest.empty();) {
    if (const auto found = all_.find(rest); found != all_.end()) return found->second.get();
    const std::size_t hyphen = rest.rfind('-');
    rest.resize(hyphen == std::string::npos ? 0 : hyphen);
  }
  return nullptr;
}

const Catalogue& Languages::choose(std::string_view chosen, std::string_view preferred) const {
  if (const Catalogue* const found = find(chosen)) return *found;
  // "fi-FI,fi;q=0.9,en;q=0.8": browsers send them in order, the weights fall.
  while (!preferred.empty()) {
    const std::string_view item = preferred.substr(0, preferred.find(','));
    preferred.remove_prefix(std::min(preferred.size(), item.size() + 1));
    std::string_view tag = item.substr(0, item.find(';'));
    while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
    if (const Catalogue* const found = find(tag)) return *found;
  }
  return *find(kReference);
}

}  // namespace countersign::companion
