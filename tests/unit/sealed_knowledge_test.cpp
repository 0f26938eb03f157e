// SPDX-License-Identifier: Apache-2.0
// What is kept of what people know: nothing but what was written is read.
#include "tests/unit/knowledge_world.hpp"

namespace countersign {
namespace {

using test::KnowledgeWorld;
using test::World;

class SealedKnowledge : public KnowledgeWorld {
 protected:
  template <class From>
  static void expect_strict(const SealedSecret& sealed, From from) {
    const BytesView whole = sealed;
    ASSERT_TRUE(from(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto cut = from(whole.first(size));
      ASSERT_FALSE(cut) << size << " bytes";
      ASSERT_EQ(cut.error().code, ErrorCode::corrupt);
    }
    Bytes longer{whole.begin(), whole.end()};
    longer.push_back(std::byte{0});
    EXPECT_FALSE(from(longer));
    Bytes other{whole.begin(), whole.end()};
    other[0] = std::byte{2};
    EXPECT_FALSE(from(other));
  }
};

TEST_F(SealedKnowledge, IsReadWholeOrNotAtAll) {
  expect_strict(add_password().fixed.sealed, verify::password_hashes_from);
  expect_strict(add_question(FactorKind::question, "Fluffy").fixed.sealed,
                verify::question_row_from);
  add_codes();
  expect_strict(world.factor(kCodes).fixed.sealed, verify::recovery_set_from);
  add_temporary(3);
  expect_strict(world.factor(kTemporary).fixed.sealed, verify::temporary_code_from);
  expect_strict(add_device().fixed.sealed, verify::device_row_from);
}

TEST_F(SealedKnowledge, ThatIsOddIsAnErrorAndNoVerdict) {
  add_password().fixed.sealed = Bytes{std::byte{9}};
  const auto verdict = type(FactorKind::password, kRight);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::corrupt);
}

TEST(DeviceText, HasOneSpelling) {
  EXPECT_FALSE(verify::device_text_from(SecretBytes{as_bytes(std::string(63, 'A'))}));
  EXPECT_FALSE(verify::device_text_from(SecretBytes{as_bytes(std::string(65, 'A'))}));
  EXPECT_FALSE(verify::device_text_from(SecretBytes{as_bytes(std::string(64, 'A'))}));  // factor 0
  EXPECT_FALSE(verify::device_text_from(SecretBytes{as_bytes(std::string(64, '+'))}));
}

class TypedText : public testing::Test {
 protected:
  static std::string answer(std::string_view typed) {
    const auto text = verify::normal_answer(SecretBytes{as_bytes(typed)});
    return text ? std::string{as_text(text->expose())} : "none";
  }
  static bool is_password(const std::string& typed) {
    return verify::normal_password(SecretBytes{as_bytes(typed)}).has_value();
  }
};

TEST_F(TypedText, OfAnAnswerHasOneSpaceForManyAndNoneAtTheEnds) {
  EXPECT_EQ(answer(" \t New\u00a0\u2003 York\n"), "new york");
  EXPECT_EQ(answer("Stra\u00dfe"), "strasse");
  EXPECT_EQ(answer(" \t "), "none");
}

TEST_F(TypedText, OfAPasswordIsTakenWholeUpTo256Characters) {
  EXPECT_TRUE(is_password(std::string(256, 'x')));
  EXPECT_FALSE(is_password(std::string(257, 'x')));
  std::string wide;
  for (int i = 0; i < 256; ++i) wide += "\U0001f511";
  EXPECT_TRUE(is_password(wide));
  EXPECT_FALSE(is_password(wide + "x"));
  EXPECT_FALSE(is_password("overlong \xc0\xaf"));
}

}  // namespace
}  // namespace countersign
