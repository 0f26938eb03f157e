// SPDX-License-Identifier: Apache-2.0
#include "companion/view/page.hpp"

#include <ctemplate/template_dictionary.h>

#include <algorithm>
#include <utility>

namespace countersign::companion {
namespace {

ctemplate::TemplateString as_ctemplate(std::string_view text) { return {text.data(), text.size()}; }

std::string id_of(std::string_view field) { return "field-" + std::string{field}; }

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
  if (!field.inputmode.empty()) part.add("HAS_INPUTMODE").set("INPUTMODE", field.inputmode);
  if (field.length_max != 0) {
    part.add("HAS_MAXLENGTH").set("MAXLENGTH", static_cast<std::int64_t>(field.length_max));
  }
  if (!field.hint.empty()) {
    part.show("HAS_HINT");
    part.set("HINT", field.hint);
  }
  if (field.required) part.show("REQUIRED");
  if (field.reveal) part.show("REVEAL");
  inputs_.push_back({.name = std::string{field.name}, .focus = field.focus, .part = part});
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

// At each field its own, and above all of them one after another.
void Page::say_errors() {
  for (Input& input : inputs_) {
    // After an error, what is wrong is read first.
    if (input.focus && errors_.empty()) input.part.show("AUTOFOCUS");
    const auto found = std::ranges::find(errors_, input.name, &Mistake::field);
    if (found == errors_.end()) continue;
    input.part.show("HAS_ERROR");
    input.part.set("ERROR_TEXT", found->text);
  }
}

std::string Page::render(const Templates& templates) {
  say_errors();
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
