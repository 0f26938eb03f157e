// SPDX-License-Identifier: Apache-2.0
#include "policies/policy_files.hpp"

#include "policies/peer_rules.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

namespace countersign::policies {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRealmsFolder = "realms";
constexpr std::string_view kEnding = ".toml";

using Text = std::variant<std::string, Unreadable>;

// The whole file, or a little more of it than a policy may have: parse() says that it is too long.
Text read(const std::string& file) {
  errno = 0;
  // Folders can be opened, and read as nothing at all.
  std::error_code unknown;
  if (fs::is_directory(file, unknown)) return Unreadable{file, EISDIR};
  std::ifstream stream{file, std::ios::binary};
  if (!stream) return Unreadable{file, errno};
  std::string text(kPolicyBytesMax + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return Unreadable{file, errno};
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

Loaded of(std::variant<Policy, Mistake> parsed) {
  return std::visit([](auto&& either) { return Loaded{std::move(either)}; }, std::move(parsed));
}

Loaded load_file(const std::string& file) {
  auto text = read(file);
  if (auto* unreadable = std::get_if<Unreadable>(&text)) return std::move(*unreadable);
  return of(parse(std::get<std::string>(text), file));
}

Loaded load_over(const std::string& file, const Policy& root) {
  auto text = read(file);
  if (auto* unreadable = std::get_if<Unreadable>(&text)) return std::move(*unreadable);
  return of(parse_realm(std::get<std::string>(text), file, root));
}

// The realms' files, in the order of their names; none where there is no folder.
std::variant<std::vector<fs::path>, Mistake, Unreadable> realm_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  fs::directory_iterator entries{folder, failed};
  if (failed == std::errc::no_such_file_or_directory) return files;
  for (; !failed && entries != fs::directory_iterator{}; entries.increment(failed)) {
    const std::string name = entries->path().filename();
    if (name.starts_with('.') || !name.ends_with(kEnding)) continue;
    files.push_back(entries->path());
    if (files.size() > kRealmFilesMax) {
      return Mistake{"there may be at most " + std::to_string(kRealmFilesMax) + " realms' files",
                     folder, 1, 1};
    }
  }
  if (failed) return Unreadable{folder, failed.value()};
  std::ranges::sort(files);
  return files;
}

}  // namespace

Loaded load(const std::string& file) {
  auto loaded = load_file(file);
  auto* policy = std::get_if<Policy>(&loaded);
  if (policy == nullptr) return loaded;
  auto files = realm_files(fs::path{file}.parent_path() / kRealmsFolder);
  if (auto* mistake = std::get_if<Mistake>(&files)) return std::move(*mistake);
  if (auto* unreadable = std::get_if<Unreadable>(&files)) return std::move(*unreadable);
  for (const fs::path& each : std::get<std::vector<fs::path>>(files)) {
    const std::string realm = each.stem();
    if (!is_realm(realm)) {
      return Mistake{"a realm's file is called by its realm: 1 to 32 of a to z, 0 to 9, and -",
                     each, 1, 1};
    }
    auto own = load_over(each, *policy);
    auto* rules = std::get_if<Policy>(&own);
    if (rules == nullptr) return own;
    policy->realms.emplace(realm, std::make_shared<const Policy>(std::move(*rules)));
  }
  return loaded;
}

Loaded load_realm(const std::string& file, const std::string& root_file) {
  const auto root = load_file(root_file);
  const auto* policy = std::get_if<Policy>(&root);
  if (policy == nullptr) return root;
  return load_over(file, *policy);
}

}  // namespace countersign::policies
