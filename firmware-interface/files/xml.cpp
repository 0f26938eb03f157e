// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/files/xml.hpp"

#include "firmware-interface/files/text.hpp"

#include <libxml/xmlmemory.h>
#include <libxml/xmlreader.h>
#include <malloc.h>
#include <string.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace countersign::files::xml {
namespace {

// Line numbers beyond 65535, CDATA as text, and never a file or an address from within the file.
constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES;

const xmlNode* node_of(const void* node) { return static_cast<const xmlNode*>(node); }

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

// ---- memory that is wiped before it is given back

void wiping_free(void* block) {
  if (block == nullptr) return;
  ::explicit_bzero(block, ::malloc_usable_size(block));
  std::free(block);
}

void* wiping_realloc(void* block, std::size_t size) {
  void* const larger = std::malloc(size);
  if (larger == nullptr || block == nullptr) return larger;
  std::memcpy(larger, block, std::min(size, ::malloc_usable_size(block)));
  wiping_free(block);
  return larger;
}

char* duplicate(const char* text) { return ::strdup(text); }

void initialise() {
  [[maybe_unused]] static const int kStatus =
      ::xmlMemSetup(wiping_free, std::malloc, wiping_realloc, duplicate);
}

// libxml2's messages quote the file: nobody gets to read them.
void ignore(void*, xmlErrorPtr) {}

std::optional<Element> first_named(const xmlNode* node, std::string_view name) {
  for (; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE && view(node->name) == name) return Element{node};
  }
  return std::nullopt;
}

Status check_bytes(BytesView file) {
  if (file.size() > kFileBytesMax) {
    return Error{ErrorCode::limit_exceeded, "The file is larger than 64 MiB."};
  }
  const std::string_view text = as_text(file);
  if (text.find('\0') != std::string_view::npos) {
    return Error{ErrorCode::denied, "The file is not UTF-8."};
  }
  if (text.find("<!DOCTYPE") != std::string_view::npos) {
    return Error{ErrorCode::denied, "The file declares a document type: no token file does."};
  }
  return {};
}

constexpr Literal kNotXml = "The file is not well-formed XML, or it ends too early.";

}  // namespace

std::string_view Element::name() const { return view(node_of(node_)->name); }

std::string_view Element::name_space() const {
  const xmlNs* ns = node_of(node_)->ns;
  return ns == nullptr ? std::string_view{} : view(ns->href);
}

std::optional<Element> Element::child(std::string_view name) const {
  return first_named(node_of(node_)->children, name);
}

std::optional<Element> Element::next_sibling(std::string_view name) const {
  return first_named(node_of(node_)->next, name);
}

std::optional<Element> Element::at(std::initializer_list<std::string_view> path) const {
  std::optional<Element> element = *this;
  for (const std::string_view name : path) {
    if (element) element = element->child(name);
  }
  return element;
}

std::optional<std::string> Element::attribute(const char* name) const {
  xmlChar* const value = ::xmlGetNoNsProp(node_of(node_), reinterpret_cast<const xmlChar*>(name));
  if (value == nullptr) return std::nullopt;
  std::string text{view(value)};
  ::xmlFree(value);
  return text;
}

SecretBytes Element::text() const {
  xmlChar* const content = ::xmlNodeGetContent(node_of(node_));
  SecretBytes text{as_bytes(trimmed(view(content)))};
  if (content != nullptr) ::xmlFree(content);
  return text;
}

std::size_t Element::line() const {
  const long line = ::xmlGetLineNo(node_of(node_));
  return line < 0 ? 0 : static_cast<std::size_t>(line);
}

struct Reader::State {
  explicit State(xmlTextReaderPtr parser) : reader{parser} {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ::xmlFreeTextReader(reader); }

  xmlTextReaderPtr reader;
  const xmlNode* root = nullptr;
  bool on_child = false;
};

Reader::Reader(std::unique_ptr<State> state) : state_{std::move(state)} {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(BytesView file) {
  CS_CHECK(check_bytes(file));
  initialise();
  xmlTextReaderPtr reader = ::xmlReaderForMemory(
      as_text(file).data(), static_cast<int>(file.size()), nullptr, "UTF-8", kOptions);
  if (reader == nullptr) return Error{ErrorCode::unavailable, "There is not enough memory."};
  auto state = std::make_unique<State>(reader);
  ::xmlTextReaderSetStructuredErrorHandler(reader, ignore, nullptr);
  while (::xmlTextReaderRead(reader) == 1) {
    if (::xmlTextReaderNodeType(reader) != XML_READER_TYPE_ELEMENT) continue;
    // Not by way of the document, which whoever asks for it would have to free.
    state->root = ::xmlTextReaderCurrentNode(reader);
    return Reader{std::move(state)};
  }
  return Error{ErrorCode::malformed, kNotXml};
}

Element Reader::root() const { return Element{state_->root}; }

Result<std::optional<Element>> Reader::next() {
  xmlTextReaderPtr reader = state_->reader;
  for (;;) {
    // Next skips what is inside of the child that was given out.
    const int status = state_->on_child ? ::xmlTextReaderNext(reader) : ::xmlTextReaderRead(reader);
    state_->on_child = false;
    if (status == 0) return std::optional<Element>{};
    if (status != 1) return Error{ErrorCode::malformed, kNotXml};
    const int type = ::xmlTextReaderNodeType(reader);
    if (type == XML_READER_TYPE_DOCUMENT_TYPE) {
      return Error{ErrorCode::denied, "The file declares a document type: no token file does."};
    }
    if (type != XML_READER_TYPE_ELEMENT) continue;
    const xmlNode* const node = ::xmlTextReaderExpand(reader);
    if (node == nullptr) return Error{ErrorCode::malformed, kNotXml};
    state_->on_child = true;
    return std::optional{Element{node}};
  }
}

}  // namespace countersign::files::xml
