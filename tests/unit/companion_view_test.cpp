// SPDX-License-Identifier: Apache-2.0
// Pages: whatever stands in them is text, wherever it stands; what has to be mended is told twice;
// and all of ours can be read.
#include "companion/view/page.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/process.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace countersign::companion {
namespace {

using countersign::test::failure;
using countersign::test::TemporaryFolder;
using testing::HasSubstr;
using testing::Not;

// What would leave any place in a page, if it were not escaped there.
constexpr std::string_view kHostile =
    R"(</title></script>"'><img src=x onerror=alert(1)>{{SECRET}}[[key]]&amp;)";

class View : public testing::Test {
 protected:
  View() {
    put("part_head",
        "{{#HAS_ERRORS}}!{{/HAS_ERRORS}}{{#ERRORS}}{{#ERROR}}<li>{{#AT_FIELD}}"
        "<a href=\"#{{FIELD_ID}}\">{{/AT_FIELD}}{{ERROR_TEXT}}{{/ERROR}}{{/ERRORS}}");
    put("part_foot", "");
    write("texts/en.json", R"({"key": "<b>\"'{{'bold'}}'\" & ’</b>", "language.name": "English"})");
  }
  void put(const std::string& name, const std::string& text) const {
    write("templates/" + name + ".html", text);
  }
  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path{folder_.path().string() + "/" + name};
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
  }
  [[nodiscard]] Status load() {
    CS_TRY(Languages languages, Languages::load(folder_.path().string() + "/texts"));
    languages_.emplace(std::move(languages));
    CS_TRY(templates_, Templates::load(folder_.path().string() + "/templates", *languages_));
    return {};
  }
  // A page of this text in which VALUE is `value`.
  std::string shown(const std::string& text, std::string_view value) {
    put("page", text);
    if (!load()) std::abort();
    Page page{"page", *languages_->find("en")};
    page.set("VALUE", value);
    return page.render(*templates_);
  }

  TemporaryFolder folder_;
  std::optional<Languages> languages_;
  std::unique_ptr<Templates> templates_;
};

TEST_F(View, AValueIsTextBetweenTags) {
  const std::string page = shown("<p>{{VALUE}}</p>", kHostile);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("&lt;img"));
  EXPECT_THAT(page, HasSubstr("{{SECRET}}[[key]]"));  // seen, and not filled in
  EXPECT_THAT(page, HasSubstr("&amp;amp;"));
}

TEST_F(View, AValueIsTextInATitle) {
  const std::string page = shown("<title>{{VALUE}}</title>", kHostile);
  EXPECT_EQ(page.find("</title>"), page.rfind("</title>"));
}

TEST_F(View, AValueStaysWithinItsAttribute) {
  for (const std::string attribute : {"value", "title", "aria-label", "data-download-title"}) {
    const std::string page = shown("<input " + attribute + "=\"{{VALUE}}\">", kHostile);
    EXPECT_THAT(page, Not(HasSubstr("<img"))) << attribute;
    // Its own two, and no more.
    EXPECT_EQ(std::ranges::count(page, '"'), 2) << page;
  }
}

TEST_F(View, AnAddressLeadsToPagesAndNotToScripts) {
  for (const std::string attribute : {"<a href", "<form action", "<img src"}) {
    for (const std::string_view hostile :
         {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "vbscript:x",
          "\x01javascript:alert(1)"}) {
      const std::string page = shown(attribute + "=\"{{VALUE}}\">", hostile);
      EXPECT_THAT(page, Not(HasSubstr("script:"))) << page;
      EXPECT_THAT(page, Not(HasSubstr("data:"))) << page;
    }
    EXPECT_THAT(shown(attribute + "=\"{{VALUE}}\">", "/account?done=x&y=1"),
                HasSubstr("/account?done=x&amp;y=1"));
  }
}

TEST_F(View, AnAddressIsAsSafeInEverySectionAndPart) {
  put("part_field", "<a href=\"{{VALUE}}\">{{LABEL}}</a>");
  put("page", "{{#ROW}}{{>FIELD}}{{/ROW}}");
  ASSERT_TRUE(load());
  Page page{"page", *languages_->find("en")};
  page.show("ROW");
  page.field("FIELD", {.name = "x", .label = std::string{kHostile}, .value = "javascript:x"});
  const std::string text = page.render(*templates_);
  EXPECT_THAT(text, Not(HasSubstr("javascript:")));
  EXPECT_THAT(text, Not(HasSubstr("<img")));
}

TEST_F(View, WordsAreTextTheSame) {
  EXPECT_THAT(shown("<p title=\"[[key]]\">[[key]]</p>", ""),
              HasSubstr("<p title=\"&lt;b&gt;&quot;&#123;&#123;bold}}&quot; &amp; ’&lt;/b&gt;\">"));
}

// A part that is put into the page stands wherever the page names it, also within a section.
TEST_F(View, APartStandsWithinASection) {
  put("part_field", "<input name=\"{{NAME}}\">");
  put("page", "{{#OPEN}}[{{>FIELD}}]{{/OPEN}}{{#SHUT}}({{>FIELD}}){{/SHUT}}");
  ASSERT_TRUE(load());
  Page page{"page", *languages_->find("en")};
  page.show("OPEN");
  page.field("FIELD", {.name = "code", .label = "Code"});
  EXPECT_EQ(page.render(*templates_), "[<input name=\"code\">]");
}

TEST_F(View, WhatIsWrongIsToldAboveAndAtItsField) {
  put("part_field",
      "<p>{{ID}}:{{#HAS_ERROR}}{{#WRONG}}{{ERROR_TEXT}}. {{/WRONG}}{{/HAS_ERROR}}"
      "{{#AUTOFOCUS}} focus{{/AUTOFOCUS}}{{#DESCRIBED}}({{DESCRIBED_BY}}){{/DESCRIBED}}");
  put("page", "{{>HEAD}}{{>ONE}}{{>OTHER}}");
  ASSERT_TRUE(load());
  const auto render = [&](bool wrong) {
    Page page{"page", *languages_->find("en")};
    page.field("ONE", {.name = "one", .label = "One", .focus = true});
    page.field("OTHER", {.name = "other", .label = "Other"});
    if (wrong) page.wrong("other", "Too <short>");
    if (wrong) page.wrong("other", "Too plain");
    if (wrong) page.wrong("", "Of both");
    EXPECT_EQ(page.has_errors(), wrong);
    return page.render(*templates_);
  };
  EXPECT_EQ(render(false), "<p>field-one: focus<p>field-other:");
  // The focus goes to what is wrong.
  EXPECT_EQ(render(true),
            "!<li><a href=\"#field-other\">Too &lt;short&gt;"
            "<li><a href=\"#field-other\">Too plain<li>Of both"
            "<p>field-one:<p>field-other:Too &lt;short&gt;. Too plain. (field-other-error)");
}

TEST_F(View, APageThatCannotBeReadIsRefused) {
  for (const std::string text : {"[[no.such.text]]", "[[key", "{{#OPEN}}", "{{/SHUT}}"}) {
    put("page", text);
    EXPECT_EQ(failure(load()), ErrorCode::malformed) << text;
  }
  std::filesystem::remove_all(folder_.path().string() + "/templates");
  EXPECT_EQ(failure(load()), ErrorCode::malformed);
}

TEST(OurPages, AllAreReadInEveryLanguage) {
  const auto languages = Languages::load(CS_TEXTS);
  ASSERT_TRUE(languages);
  const auto templates = Templates::load(CS_TEMPLATES, *languages);
  ASSERT_TRUE(templates);
  for (const auto& entry : std::filesystem::directory_iterator{CS_TEMPLATES}) {
    const std::string name = entry.path().stem().string();
    if (name.starts_with("part_")) continue;
    for (const auto& [tag, words] : languages->all()) {
      const std::string page = Page{name, *words}.render(**templates);
      EXPECT_THAT(page, HasSubstr("<h1>")) << name;
      EXPECT_THAT(page, Not(HasSubstr("[["))) << name;
      EXPECT_THAT(page, Not(HasSubstr("{{"))) << name;
      EXPECT_THAT(page, HasSubstr("</html>")) << name;
    }
  }
}

// A form without these could be sent by another site, or twice by a second press.
TEST(OurPages, EveryFormIsOursAndSentOnce) {
  for (const auto& entry : std::filesystem::directory_iterator{CS_TEMPLATES}) {
    std::ifstream stream{entry.path()};
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    for (std::size_t at = text.find("<form"); at != std::string::npos;
         at = text.find("<form", at + 1)) {
      const std::string form = text.substr(at, text.find("</form>", at) - at);
      EXPECT_THAT(form, HasSubstr("method=\"post\"")) << entry.path();
      const bool has_secret = form.find("{{CSRF}}") != std::string::npos ||
                              form.find("{{>GUARD}}") != std::string::npos;
      EXPECT_TRUE(has_secret) << entry.path() << ": " << form;
    }
  }
}

}  // namespace
}  // namespace countersign::companion
