// SPDX-License-Identifier: Apache-2.0
// How a subject is named on the command line: USERNAME, and --realm where there are several.
#pragma once

#include "api/countersign.pb.h"

#include <CLI/CLI.hpp>

#include <string>

namespace countersign::cli {

struct SubjectOption {
  std::string username;
  std::string realm;

  void write(v1::SubjectName& name) const {
    name.set_username(username);
    name.set_realm(realm);
  }
};

enum class Presence { optional, required };

// `subject` must outlive the parsing of `verb`.
inline void add_subject_option(CLI::App& verb, SubjectOption& subject, Presence presence) {
  verb.add_option("username", subject.username, "Whose, in any spelling")
      ->required(presence == Presence::required);
  verb.add_option("--realm", subject.realm, "The tenant; \"default\" when absent");
}

}  // namespace countersign::cli
