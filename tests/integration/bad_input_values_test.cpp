// SPDX-License-Identifier: Apache-2.0
// Names and codes as people, programs and attackers spell them.
#include "tests/integration/bad_input.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <stdexcept>

namespace countersign::test {
namespace {

using std::string_literals::operator""s;

// Puts JSON's escapes where a text must have them.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      static constexpr const char* kDigits = "0123456789abcdef";
      out += "\\u00"s + kDigits[c >> 4] + kDigits[c & 15];
      continue;
    }
    out += c;
  }
  return out + '"';
}

TEST_F(BadInput, NamesThatAreNoNamesAreRefusedInEveryEncoding) {
  client::Client provision = appliance_->provision_client();
  client::Client portal = appliance_->verify_client();
  for (const std::string& name : {
           ""s,
           "   "s,
           "sesame\n"s,
           "sesame\x7f"s,
           "sesame\0"s,
           "\x1b[2Jsesame"s,
           "sesame\u0085"s,        // a control character of C1
           "ses\u200bame"s,        // zero width space
           "ses\u200dame"s,        // zero width joiner
           "\u202esesame"s,        // right-to-left override
           "\ufeffsesame"s,        // byte order mark
           "ses\u00adame"s,        // soft hyphen
           "sesame\u0378"s,        // unassigned
           "sesame\ufdd0"s,        // a noncharacter
           "sesame\xff"s,          // no UTF-8
           "sesame\xc0\x80"s,      // an overlong zero
           "sesame\xed\xa0\x80"s,  // half of a pair
           std::string(257, 's'),
           std::string(60'000, 's'),
       }) {
    v1::Request create;
    create.mutable_create_subject()->mutable_subject()->set_username(name);
    const auto created = provision.call(create);
    ASSERT_TRUE(created);
    expect_clear_error(*created, name);
    expect_clear_error(verify(portal, name, "123456"), name);
    const std::string subject = R"({"subject":{"username":)" + quoted(name) + "}";
    expect_clear_error(post(appliance_->socket("provision"), "create-subject", subject + "}"),
                       name);
    expect_clear_error(
        post(appliance_->socket("verify"), "verify", subject + R"(,"passcode":"123456"})"), name);
  }
}

TEST_F(BadInput, ATakenNameIsTakenInEverySpelling) {
  client::Client provision = appliance_->provision_client();
  for (const char* spelling :
       {"alice", "ALICE", " Alice ", "\uff21lice", "ali\uff43e", "Al\u0131ce"}) {
    v1::Request create;
    create.mutable_create_subject()->mutable_subject()->set_username(spelling);
    const auto created = provision.call(create);
    ASSERT_TRUE(created);
    // The dotless i is another letter, and so another name.
    const bool another = std::string{spelling} == "Al\u0131ce";
    EXPECT_EQ(created->error().code(), another ? v1::ERROR_CODE_UNSPECIFIED : v1::ALREADY_EXISTS)
        << spelling;
  }
}

// The nearest neighbours of a right code. None opens, and none uses the right one up.
TEST_F(BadInput, SpellingsOfARightCodeThatAreNotThatCodeAreNeverAccepted) {
  client::Client portal = appliance_->verify_client();
  const std::string code = token_.press();
  const auto in_digits_from = [&](const std::string& zero) {
    std::string text;
    for (const char c : code) {
      text += zero;
      text.back() = static_cast<char>(text.back() + (c - '0'));
    }
    return text;
  };
  const auto malformed = {""s,
                          " "s,
                          "- -"s,
                          code + "\0"s,
                          "\0"s + code,
                          code + "\n",
                          code + "\t",
                          "\u00a0" + code,  // no-break space
                          code + "\u200b",
                          in_digits_from("\uff10"),  // full width
                          in_digits_from("\u0660"),  // Arabic
                          code + "\xff",
                          std::string(129, '1'),
                          code + std::string(123, ' ')};
  for (const std::string& typed : malformed) {
    const v1::Reply reply = verify(portal, "alice", typed);
    expect_clear_error(reply, quoted(typed));
    EXPECT_EQ(reply.error().message().find(code), std::string::npos);
    const HttpReply over_http =
        post(appliance_->socket("verify"), "verify",
             R"({"subject":{"username":"alice"},"passcode":)" + quoted(typed) + "}");
    expect_clear_error(over_http, quoted(typed));
    EXPECT_EQ(over_http.body.find(code), std::string::npos);
  }
  const auto wrong = {code + "0",  "0" + code, code.substr(1), code.substr(0, 5),
                      "+" + code,  code + ".", code + ".0",    code + "e0",
                      "0x" + code, code + ";", "'" + code,     code + "%00",
                      "'or''='"s,  "*"s,       "sesame"s,      std::string(128, '1')};
  for (const std::string& typed : wrong) {
    EXPECT_EQ(verify(portal, "alice", typed).verdict().reason(), v1::WRONG_CODE) << typed;
  }
  // Twice six is a temporary code's form, and Alice has none.
  EXPECT_EQ(verify(portal, "alice", code + code).verdict().reason(), v1::NO_SUCH_FACTOR);
  const std::string spaced = " " + code.substr(0, 3) + " - " + code.substr(3) + " ";
  EXPECT_TRUE(accepted(verify(portal, "alice", spaced)));
  EXPECT_EQ(verify(portal, "alice", code).verdict().reason(), v1::REPLAYED);
}

// Capitals, full-width letters, composed and decomposed umlauts, spaces around.
std::string random_spelling(std::mt19937& random) {
  std::string out(random() % 4, ' ');
  for (const char c : "maximilian-mueller"s) {
    if (c == '-') {
      out += random() % 2 == 0 ? "-" : "\uff0d";
      continue;
    }
    const bool capital = random() % 2 == 0;
    if (random() % 4 == 0) {
      // U+FF21 and on, U+FF41 and on.
      const int code_point = (capital ? 0xff21 : 0xff41) + (c - 'a');
      out += static_cast<char>(0xe0 | code_point >> 12);
      out += static_cast<char>(0x80 | (code_point >> 6 & 0x3f));
      out += static_cast<char>(0x80 | (code_point & 0x3f));
      continue;
    }
    out += capital ? static_cast<char>(c - 'a' + 'A') : c;
  }
  static constexpr std::array kUmlauts{"\u00fc", "\u00dc", "u\u0308", "U\u0308"};
  return out + kUmlauts[random() % kUmlauts.size()] + std::string(random() % 4, ' ');
}

TEST_F(BadInput, TenThousandSpellingsOfOneNameShareOneBudget) {
  constexpr std::size_t kSpellings = 10'000;
  constexpr std::size_t kAtOnce = 500;
  std::mt19937 random{20'260'101};
  Token token = appliance_->enrol("maximilian-muellerü", v1::HOTP);
  std::set<std::string> spellings;
  while (spellings.size() < kSpellings) spellings.insert(random_spelling(random));

  client::Client portal = appliance_->verify_client();
  std::map<v1::Reason, std::size_t> reasons;
  auto spelling = spellings.begin();
  for (std::size_t sent = 0; sent < kSpellings; sent += kAtOnce) {
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      v1::Request request;
      request.set_request_id(*client::new_request_id());
      request.mutable_verify()->mutable_subject()->set_username(*spelling++);
      request.mutable_verify()->set_passcode("000000");
      ASSERT_TRUE(portal.send(request));
    }
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      v1::Reply reply;
      ASSERT_TRUE(portal.receive(reply));
      ++reasons[reply.verdict().reason()];
    }
  }
  const std::map<v1::Reason, std::size_t> expected{{v1::WRONG_CODE, 75},  // 25 are kept
                                                   {v1::THROTTLED, kSpellings - 75}};
  EXPECT_EQ(reasons, expected);
  EXPECT_EQ(verify(portal, *spellings.begin(), token.press()).verdict().reason(), v1::THROTTLED);
}

}  // namespace
}  // namespace countersign::test
