// SPDX-License-Identifier: Apache-2.0
// The key ceremony: a service token and a custody token, made together, with every key of the
// product.
//
// The service token holds the keys that the workers use and that nobody can take out; the custody
// token holds `escrow`, under a PIN that no running process knows, which opens the escrowed copies
// of the others. docs/adr/0002 says why. Meant for the security team's command, offline: it loads
// the PKCS#11 module into its own process.
#pragma once

#include "base/error.hpp"

#include <string>
#include <vector>

namespace countersign::hsm {

struct TokenSettings {
  std::string label;  // 1 to 32 bytes
  std::string pin_file;
  std::string so_pin_file;  // the security officer's, needed to initialise a token and never later
};

struct CeremonySettings {
  std::string module_path;
  TokenSettings service;
  TokenSettings custody;
  std::string escrow_folder;    // absent, or empty; one file a key, see escrow_file.hpp
  bool make_pin_files = false;  // PIN files that are not there get a random PIN, mode 0600
};

struct CeremonyReport {
  std::vector<std::string> key_labels;
  std::vector<std::string> made_pin_files;
  std::string journal_public_key_file;  // PEM: whoever has it can check the journal
};

// Initialises both tokens (the first ones that are free, if no token bears the labels yet), makes
// every key, escrows it, locks it on the service token, and proves that all of it works.
//
// Fails with `already_exists` if either token has keys or the escrow folder has files: nothing is
// ever overwritten. Fails with `conflict` ("ceremony.half_made") if something failed and could not
// be undone. explain() has the words for these and the rest.
// ENSURES: after any other failure no key and no escrow file of this run is left, and the ceremony
// may simply be held again: initialised tokens and PIN files are kept and used.
Result<CeremonyReport> hold_ceremony(const CeremonySettings& settings);

}  // namespace countersign::hsm
