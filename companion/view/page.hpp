// SPDX-License-Identifier: Apache-2.0
// A page that is being filled in: values, sections, fields, and what is wrong with what was typed.
//
//   Page page{"sign_in", words};
//   page.set("HEADING", words("sign_in.heading"));
//   page.field("USERNAME_FIELD", {.name = "username", .label = words("username"), ...});
//   page.wrong("password", words("sign_in.wrong"));
//
// The names are those of the template. What is not set is left out.
#pragma once

#include "companion/view/templates.hpp"
#include "companion/words/catalogue.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::companion {

// What may be filled in: a page, a section of one, or a part that is put into it.
class Block {
 public:
  Block(ctemplate::TemplateDictionary& values, const std::string& language)
      : values_{&values}, language_{&language} {}

  // {{NAME}}
  void set(std::string_view name, std::string_view value);
  void set(std::string_view name, std::int64_t value);
  // {{#NAME}}...{{/NAME}}, once; with add() once each time.
  void show(std::string_view section);
  Block add(std::string_view section);
  // {{>NAME}}, by the template part_<part>.html; each time once more.
  Block put(std::string_view name, std::string_view part);

 private:
  ctemplate::TemplateDictionary* values_;
  const std::string* language_;
};

// One input with its label: part_field.html.
struct Field {
  std::string_view name;  // in the form, and in Page::wrong()
  std::string label;
  std::string_view type = "text";
  std::string value = {};
  std::string_view autocomplete = "off";
  std::string_view inputmode = {};
  std::string hint = {};
  std::size_t length_max = 0;  // 0: as the browser likes
  bool required = true;
  bool focus = false;   // what is to be done first on this page
  bool reveal = false;  // a password, with a button that shows it
  std::string_view autocapitalize = "none";
  std::string described_by = {};  // the id of what else on the page says how it has to be
};

class Page : public Block {
 public:
  // `name`: of the template. REQUIRES: the words outlive the page.
  Page(std::string_view name, const Catalogue& words);
  Page(Page&& other) noexcept;
  ~Page();

  // {{NAME}} in every section and part as well.
  void set_everywhere(std::string_view name, std::string_view value);
  // What stands above and below: part_head.html, part_foot.html.
  [[nodiscard]] Block& head() { return head_; }
  [[nodiscard]] Block& foot() { return foot_; }

  // {{>NAME}} by part_field.html.
  void field(std::string_view name, const Field& field);
  // {{>NAME}} by part_code.html: six digits, or whatever came by mail.
  void code(std::string_view name, const Field& field);
  // {{>NAME}} by another part that takes an input's names; the rest of it is the caller's.
  Block input(std::string_view name, std::string_view part, const Field& field);

  // Something that has to be mended. Told above the form, with a link to the field, and at it.
  // `field`: the name of one that is on the page, or empty.
  void wrong(std::string_view field, std::string text);
  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }

  // REQUIRES: nothing is filled in afterwards.
  [[nodiscard]] std::string render(const Templates& templates);

  [[nodiscard]] const Catalogue& words() const { return words_; }

 private:
  struct Input {
    std::string name;
    bool focus = false;
    std::string described_by;  // ids
    Block part;
  };
  struct Mistake {
    std::string field;
    std::string text;
  };
  Page(std::string_view name, const Catalogue& words,
       std::unique_ptr<ctemplate::TemplateDictionary> root);
  Block add_input(const Field& field, Block part);
  void finish(Input& input);

  const Catalogue& words_;
  std::string key_;
  std::unique_ptr<ctemplate::TemplateDictionary> root_;
  Block head_;
  Block foot_;
  std::vector<Input> inputs_;
  std::vector<Mistake> errors_;
};

}  // namespace countersign::companion
