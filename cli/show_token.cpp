// SPDX-License-Identifier: Apache-2.0
#include "cli/show_token.hpp"

#include "cli/words.hpp"
#include "firmware-interface/base64.hpp"

namespace countersign::cli {
namespace {

template <class List>
void show_each(std::ostream& out, const List& items, std::string_view none) {
  if (items.empty()) out << none << '\n';
  for (int i = 0; i < items.size(); ++i) {
    if (i > 0) out << '\n';
    show(out, items.Get(i));
  }
}

}  // namespace

void show(std::ostream& out, const v1::Token& token) {
  out << "token: " << token.id() << '\n'
      << "kind: " << lower_words(v1::FactorKind_Name(token.kind()));
  if (token.kind() != v1::YUBICO_OTP) {
    out << ", " << lower_words(v1::HashAlgorithm_Name(token.algorithm())) << ", " << token.digits()
        << " digits";
  }
  if (token.kind() == v1::TOTP) out << ", every " << token.period_seconds() << " s";
  out << '\n';
  if (!token.serial().empty()) out << "serial: " << token.serial() << '\n';
  if (!token.public_id().empty()) out << "public id: " << token.public_id() << '\n';
  out << "taken in: " << when(token.created_at_ms()) << '\n';
}

void show(std::ostream& out, const v1::TokenList& list) {
  show_each(out, list.tokens(), "no tokens");
}

void show(std::ostream& out, const v1::ImportReport& report) {
  int imported = 0;
  int known = 0;
  for (const int outcome : report.outcomes()) {
    if (outcome == v1::IMPORTED) ++imported;
    if (outcome == v1::KNOWN_ALREADY) ++known;
  }
  out << "imported: " << imported << '\n'
      << "known already: " << known << '\n'
      << "refused: " << report.outcomes_size() - imported - known << '\n';
  for (const std::string& problem : report.problems()) {
    if (!problem.empty()) out << "problem: " << problem << '\n';
  }
}

void show(std::ostream& out, const v1::Client& client) {
  out << "client: " << client.id() << '\n'
      << "name: " << client.name() << '\n'
      << "state: " << (client.revoked() ? "revoked" : "active") << '\n'
      << "signature: " << (client.require_signature() ? "required" : "optional") << '\n'
      << "from:";
  if (client.networks().empty()) out << " anywhere";
  for (const std::string& network : client.networks()) out << ' ' << network;
  out << "\ncreated: " << when(client.created_at_ms()) << '\n';
  if (client.api_key().empty()) return;
  const SecretBytes key = base64::encode(as_bytes(client.api_key()));
  out << "api key: " << as_text(key.expose()) << "\nThe key is shown this once.\n";
}

void show(std::ostream& out, const v1::ClientList& list) {
  show_each(out, list.clients(), "no clients");
}

void show(std::ostream& out, const v1::ClientCheck& check) {
  out << lower_words(v1::ClientOutcome_Name(check.outcome())) << '\n';
}

}  // namespace countersign::cli
