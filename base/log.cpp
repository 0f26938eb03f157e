// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <string>

namespace countersign::log {
namespace {

// "%v" alone: the level is part of the line, as sd-daemon(3) wants it.
spdlog::logger& sink() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("countersign",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *logger;
}

// Keeps a configured text on its line: control characters would forge a line of their own.
void append_text(std::string& line, std::string_view text) {
  line += '"';
  for (const char c : text) {
    const bool plain = static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != 0x7f;
    line += plain ? c : '?';
  }
  line += '"';
}

std::string render(std::string_view prefix, Literal event, Fields fields) {
  std::string line{prefix};
  line += event.view();
  for (const Field& field : fields) {
    line += ' ';
    line += field.name.view();
    line += '=';
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      line += std::to_string(*number);
    } else {
      append_text(line, std::get<std::string_view>(field.value));
    }
  }
  return line;
}

std::string with_cause(std::string line, const Error& cause) {
  line += " code=";
  line += name_of(cause.code).view();
  line += " operation=";
  line += cause.operation.view();
  line += " native=";
  line += std::to_string(cause.native);
  return line;
}

}  // namespace

void error(Literal event, Fields fields) { sink().error(render("<3>", event, fields)); }
void warning(Literal event, Fields fields) { sink().warn(render("<4>", event, fields)); }
void info(Literal event, Fields fields) { sink().info(render("<6>", event, fields)); }

void error(Literal event, const Error& cause, Fields fields) {
  sink().error(with_cause(render("<3>", event, fields), cause));
}
void warning(Literal event, const Error& cause, Fields fields) {
  sink().warn(with_cause(render("<4>", event, fields), cause));
}

Literal name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
      return "malformed";
    case ErrorCode::limit_exceeded:
      return "limit_exceeded";
    case ErrorCode::denied:
      return "denied";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::already_exists:
      return "already_exists";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::proof_required:
      return "proof_required";
    case ErrorCode::busy:
      return "busy";
  }
  return "unavailable";
}

}  // namespace countersign::log
