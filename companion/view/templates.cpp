// SPDX-License-Identifier: Apache-2.0
#include "companion/view/templates.hpp"

#include "base/log.hpp"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kSuffix = ".html";
constexpr std::string_view kEscaped = "{{%AUTOESCAPE context=\"HTML\"}}";
constexpr std::string_view kOpen = "[[";
constexpr std::string_view kClose = "]]";

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      // Two of these would begin a name of ctemplate's.
      case '{':
        html += "&#123;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

// Nothing when it names a text that there is not.
std::optional<std::string> with_words(std::string_view text, const Catalogue& words) {
  std::string page{kEscaped};
  while (!text.empty()) {
    const std::size_t open = text.find(kOpen);
    page += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find(kClose, open);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view key = text.substr(open + kOpen.size(), close - open - kOpen.size());
    if (!words.has(key)) return std::nullopt;
    page += escaped(words(key));
    text.remove_prefix(close + kClose.size());
  }
  return page;
}

}  // namespace

struct Templates::Cache {
  ctemplate::TemplateCache cache;
};

Templates::Templates() : cache_{std::make_unique<Cache>()} {}
Templates::~Templates() = default;

std::string Templates::key(std::string_view name, std::string_view language) {
  return std::string{language} + '/' + std::string{name};
}

Status Templates::add(const std::string& name, const std::string& text, const Catalogue& words) {
  const auto page = with_words(text, words);
  if (!page) return Error{ErrorCode::malformed, "template.text"};
  const std::string called = key(name, words.language());
  if (cache_->cache.StringToTemplateCache(called, *page, ctemplate::STRIP_BLANK_LINES)) return {};
  return Error{ErrorCode::malformed, "template.html"};
}

Result<std::unique_ptr<Templates>> Templates::load(const std::string& folder,
                                                   const Languages& languages) {
  std::unique_ptr<Templates> templates{new Templates};
  std::error_code failed;
  std::size_t pages = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder, failed}) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(kSuffix)) continue;
    std::ifstream stream{entry.path(), std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    const std::string name = file.substr(0, file.size() - kSuffix.size());
    for (const auto& [tag, words] : languages.all()) {
      const Status added = templates->add(name, text, *words);
      if (added) continue;
      log::error("web.template", added.error(), {{"file", log::ConfigText{entry.path().native()}}});
      return added.error();
    }
    ++pages;
  }
  if (failed || pages == 0) {
    const Error missing{ErrorCode::malformed, "template.folder"};
    log::error("web.template", missing, {{"file", log::ConfigText{folder}}});
    return missing;
  }
  templates->cache_->cache.Freeze();
  return templates;
}

std::string Templates::render(const std::string& key,
                              const ctemplate::TemplateDictionary& values) const {
  std::string page;
  // A name of our own that is wrong; half a page must not go out.
  if (!cache_->cache.ExpandNoLoad(key, ctemplate::STRIP_BLANK_LINES, &values, nullptr, &page)) {
    log::error("web.render", {{"page", log::ConfigText{key}}});
    page.clear();
  }
  return page;
}

}  // namespace countersign::companion
