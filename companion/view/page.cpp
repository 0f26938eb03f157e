// SPDX-License-Identifier: Apache-2.0
#include "companion/view/page.hpp"

#include <ctemplate/template_dictionary.h>

#include <algorithm>
#include <utility>

namespace countersign::companion {
namespace {

ctemplate::TemplateString as_ctemplate(std::string_view text) { return {text.data(), text.size()}; }

std::string id_of(std::string_view field) { return "field-" + std::string{field}; }

std::string joined(std::string first, const std::string& more) {
  if (!more.empty()) first += ' ' + more;
  return first;
}

}  // namespace

void Block::set(std::string_view name, std::string_view value) {
  values_->SetValue(as_ctemplate(name), as_ctemplate(value));
}

void Block::set(std::string_view name, std::int64_t value) { set(name, std::to_string(value)); }

void Block::show(std::string_view section) { values_->ShowSection(as_ctemplate(section)); }

Block Block::add(std::string_view section) {
  return {*values_->AddSectionDictionary(as_ctemplate(section)), *language_};
}

Block Block::put(std::string_view name, std::string_view part) {
  ctemplate::TemplateDictionary& values = *values_->AddIncludeDictionary(as_ctemplate(name));
  values.SetFilename(Templates::key("part_" + std::string{part}, *language_));
  return {values, *language_};
}

Page::Page(std::string_view name, const Catalogue& words)
    : Page{name, words, std::make_unique<ctemplate::TemplateDictionary>(as_ctemplate(name))} {}

Page::Page(std::string_view name, const Catalogue& words,
           std::unique_ptr<ctemplate::TemplateDictionary> root)
    : Block{*root, words.language()},
      words_{words},
      key_{Templates::key(name, words.language())},
      root_{std::move(root)},
      head_{put("HEAD", "head")},
      foot_{put("FOOT", "foot")} {}

void Page::set_everywhere(std::string_view name, std::string_view value) {
  root_->SetTemplateGlobalValue(as_ctemplate(name), as_ctemplate(value));
}

Page::Page(Page&& other) noexcept = default;
Page::~Page() = default;

Block Page::add_input(const Field& field, Block part) {
  part.set("NAME", field.name);
  part.set("ID", id_of(field.name));
  part.set("LABEL", field.label);
  part.set("TYPE", field.type);
  part.set("VALUE", field.value);
  part.set("AUTOCOMPLETE", field.autocomplete);
  part.set("AUTOCAPITALIZE", field.autocapitalize);
  if (!field.inputmode.empty()) part.add("HAS_INPUTMODE").set("INPUTMODE", field.inputmode);
  if (field.length_max != 0) {
    part.add("HAS_MAXLENGTH").set("MAXLENGTH", static_cast<std::int64_t>(field.length_max));
  }
  Input input{.name = std::string{field.name},
              .focus = field.focus,
              .described_by = field.described_by,
              .part = part};
  if (!field.hint.empty()) {
    part.show("HAS_HINT");
    part.set("HINT", field.hint);
    input.described_by = joined(id_of(field.name) + "-hint", input.described_by);
  }
  if (field.required) part.show("REQUIRED");
  if (field.reveal) part.show("REVEAL");
  inputs_.push_back(std::move(input));
  return part;
}

void Page::field(std::string_view name, const Field& field) {
  add_input(field, put(name, "field"));
}

void Page::code(std::string_view name, const Field& field) { add_input(field, put(name, "code")); }

Block Page::input(std::string_view name, std::string_view part, const Field& field) {
  return add_input(field, put(name, part));
}

void Page::wrong(std::string_view field, std::string text) {
  errors_.push_back({std::string{field}, std::move(text)});
}

// All that is wrong with it stands at the field, and is read with it.
void Page::finish(Input& input) {
  // After an error, what is wrong is read first.
  if (input.focus && errors_.empty()) input.part.show("AUTOFOCUS");
  bool is_wrong = false;
  for (const Mistake& mistake : errors_) {
    if (mistake.field != input.name) continue;
    input.part.add("WRONG").set("ERROR_TEXT", mistake.text);
    is_wrong = true;
  }
  if (is_wrong) {
    input.part.show("HAS_ERROR");
    input.described_by = joined(id_of(input.name) + "-error", input.described_by);
  }
  if (input.described_by.empty()) return;
  input.part.add("DESCRIBED").set("DESCRIBED_BY", input.described_by);
}

std::string Page::render(const Templates& templates) {
  for (Input& input : inputs_) finish(input);
  if (!errors_.empty()) {
    head_.show("HAS_ERRORS");
    Block summary = head_.add("ERRORS");
    for (const Mistake& mistake : errors_) {
      Block error = summary.add("ERROR");
      error.set("ERROR_TEXT", mistake.text);
      if (!mistake.field.empty()) error.add("AT_FIELD").set("FIELD_ID", id_of(mistake.field));
    }
  }
  return templates.render(key_, *root_);
}

}  // namespace countersign::companion
