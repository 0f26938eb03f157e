// SPDX-License-Identifier: Apache-2.0
#include "courier/words/template_files.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

namespace countersign::courier {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRealmsFolder = "realms";
constexpr std::size_t kLanguageBytesMax = 35;  // RFC 5646, 4.4.1
constexpr std::size_t kEntriesMax = 1'000;     // of one folder

Error mistake(const Error& error, const std::string& path) {
  log::error("courier.template", error, {{"file", log::ConfigText{path}}});
  return error;
}

// "en", "fi-FI", "zh-Hant-TW".
bool is_language(std::string_view name) {
  const std::string_view primary = name.substr(0, name.find('-'));
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_tag_character = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
  };
  return (primary.size() == 2 || primary.size() == 3) && name.size() <= kLanguageBytesMax &&
         std::ranges::all_of(primary, is_letter) && std::ranges::all_of(name, is_tag_character);
}

// What is in the folder, without what is hidden, in one order everywhere.
Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code failed;
  fs::directory_iterator entry{folder, failed};
  for (; !failed && entry != fs::directory_iterator{}; entry.increment(failed)) {
    if (entry->path().filename().string().starts_with('.')) continue;
    if (paths.size() == kEntriesMax) {
      return mistake({ErrorCode::limit_exceeded, "template.files"}, folder);
    }
    paths.push_back(entry->path());
  }
  if (failed) {
    const auto number = static_cast<std::uint64_t>(failed.value());
    return mistake({ErrorCode::not_found, "template.folder", number}, folder);
  }
  std::ranges::sort(paths);
  return paths;
}

Result<std::string> read_bounded(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text(kTemplateBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    return mistake({ErrorCode::not_found, "template.read"}, path);
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

struct Place {
  std::size_t kind;
  std::size_t part;
};

std::optional<Place> place_of(const fs::path& path) {
  const std::string stem = path.stem();
  const auto* const kind = std::ranges::find(kKinds, stem, &Kind::name);
  const auto* const part = std::ranges::find(kPartSuffixes, path.extension().string());
  if (kind == kKinds.end() || part == kPartSuffixes.end()) return std::nullopt;
  return Place{static_cast<std::size_t>(kind - kKinds.begin()),
               static_cast<std::size_t>(part - kPartSuffixes.begin())};
}

Result<TemplateSet> read_language(const fs::path& folder) {
  TemplateSet set;
  CS_TRY(const std::vector<fs::path> paths, entries_of(folder));
  for (const fs::path& path : paths) {
    const auto place = place_of(path);
    if (!place) return mistake({ErrorCode::malformed, "template.unknown_file"}, path);
    CS_TRY(std::string text, read_bounded(path));
    const auto checked =
        check_template(kKinds.at(place->kind), static_cast<Part>(place->part), text);
    if (!checked) return mistake(checked.error(), path);
    set.at(place->kind).at(place->part) = {path, std::move(text)};
  }
  return set;
}

Result<TemplateLanguages> read_languages(const fs::path& folder, bool has_realms) {
  TemplateLanguages languages;
  CS_TRY(const std::vector<fs::path> paths, entries_of(folder));
  for (const fs::path& path : paths) {
    const std::string name = path.filename();
    if (has_realms && name == kRealmsFolder) continue;
    if (!is_language(name)) return mistake({ErrorCode::malformed, "template.language"}, path);
    CS_TRY(TemplateSet set, read_language(path));
    if (!languages.emplace(lower_case(name), std::move(set)).second) {
      return mistake({ErrorCode::malformed, "template.language_twice"}, path);
    }
    if (languages.size() > kTemplateLanguagesMax) {
      return mistake({ErrorCode::limit_exceeded, "template.languages"}, path);
    }
  }
  return languages;
}

}  // namespace

Result<TemplateFiles> read_template_files(const std::string& directory) {
  TemplateFiles files;
  CS_TRY(files.all, read_languages(directory, true));
  const fs::path realms = fs::path{directory} / kRealmsFolder;
  std::error_code ignored;
  if (!fs::exists(realms, ignored)) return files;
  CS_TRY(const std::vector<fs::path> paths, entries_of(realms));
  if (paths.size() > kTemplateRealmsMax) {
    return mistake({ErrorCode::limit_exceeded, "template.realms"}, realms);
  }
  for (const fs::path& path : paths) {
    CS_TRY(files.realms[path.filename()], read_languages(path, false));
  }
  return files;
}

Status complete(TemplateSet& set, const TemplateSet* all, const std::string& language) {
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
    for (std::size_t part = 0; part < kPartCount; ++part) {
      TemplateFile& file = set.at(kind).at(part);
      if (file.path.empty() && all != nullptr) file = all->at(kind).at(part);
      if (!file.path.empty()) continue;
      const std::string missing =
          language + '/' + std::string{kKinds.at(kind).name} + std::string{kPartSuffixes.at(part)};
      return mistake({ErrorCode::not_found, "template.missing"}, missing);
    }
  }
  return {};
}

std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace countersign::courier
