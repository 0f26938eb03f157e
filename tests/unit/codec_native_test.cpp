// SPDX-License-Identifier: Apache-2.0
// Native bodies: what is understood, and every neighbour of it that is not.
#include "tests/unit/codec_support.hpp"

#include "daemon/wire/from_message.hpp"

#include <gtest/gtest.h>

namespace countersign::wire {
namespace {

TEST(NativeCodec, ReadsAVerify) {
  const auto decoded = decode_frame(
      as_bytes(request(kVerify, bytes_field(1, bytes_field(1, "staff") + bytes_field(2, "Alice")) +
                                    number_field(2, 7) + bytes_field(3, "123 456") +
                                    bytes_field(4, "2001:DB8:0::1"))));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(as_text(decoded->id.view()), kId);
  const auto& verify = std::get<Verify>(decoded->ask);
  EXPECT_EQ(verify.subject->realm.text(), "staff");
  EXPECT_EQ(verify.subject->username.text(), "alice");
  EXPECT_EQ(number(*verify.factor), 7);
  EXPECT_EQ(verify.passcode.expose(), "123456");
  EXPECT_EQ(verify.client_address, "2001:db8::1");
}

TEST(NativeCodec, ReadsAVerifyByEitherName) {
  EXPECT_EQ(native_failure(request(kVerify, verify_message())), "");
  EXPECT_EQ(native_failure(request(kVerify, number_field(2, 7) + bytes_field(3, "1"))), "");
  // By nobody's: whether that is enough, the peer's rules say.
  EXPECT_EQ(native_failure(request(kVerify, bytes_field(3, "1"))), "");
}

TEST(NativeCodec, ForgetsTheRequestBefore) {
  ASSERT_EQ(native_failure(request(kVerify, verify_message() + bytes_field(4, "::1"))), "");
  const auto decoded =
      decode_frame(as_bytes(request(kVerify, number_field(2, 7) + bytes_field(3, "654321"))));
  ASSERT_TRUE(decoded);
  const auto& verify = std::get<Verify>(decoded->ask);
  EXPECT_FALSE(verify.subject);
  EXPECT_EQ(verify.client_address, "");
  EXPECT_EQ(verify.passcode.expose(), "654321");
}

TEST(NativeCodec, RefusesEveryTruncation) {
  const std::string good = request(kVerify, verify_message());
  ASSERT_EQ(native_failure(good), "");
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(native_failure(std::string_view{good}.substr(0, size)), "") << size;
  }
}

TEST(NativeCodec, RefusesUnknownFieldsAtEveryDepth) {
  EXPECT_EQ(native_failure(request(kVerify, verify_message()) + number_field(3, 1)),
            "wire.field_unknown");
  EXPECT_EQ(native_failure(request(kVerify, verify_message() + number_field(9, 1))),
            "wire.field_unknown");
  EXPECT_EQ(
      native_failure(request(
          kVerify, bytes_field(1, bytes_field(2, "a") + bytes_field(3, "")) + bytes_field(3, "1"))),
      "wire.field_unknown");
  EXPECT_EQ(native_failure(request(kHealth, number_field(1, 1))), "wire.field_unknown");
  EXPECT_EQ(native_failure(bytes_field(1, kId) + bytes_field(9999, "")), "wire.field_unknown");
  EXPECT_EQ(native_failure(bytes_field(1, kId) + bytes_field(0, "")), "wire.field_unknown");
}

TEST(NativeCodec, RefusesFieldsGivenTwiceAtEveryDepth) {
  EXPECT_EQ(native_failure(bytes_field(1, kId) + request(kVerify, verify_message())),
            "wire.field_twice");
  EXPECT_EQ(native_failure(request(kVerify, verify_message() + bytes_field(3, "1"))),
            "wire.field_twice");
  EXPECT_EQ(
      native_failure(request(kVerify, bytes_field(1, bytes_field(2, "a") + bytes_field(2, "b")) +
                                          bytes_field(3, "1"))),
      "wire.field_twice");
}

TEST(NativeCodec, RefusesTwoOperations) {
  EXPECT_EQ(native_failure(request(kHealth, "") + bytes_field(kVerify, verify_message())),
            "wire.field_twice");
  EXPECT_EQ(native_failure(request(kHealth, "") + bytes_field(kHealth, "")), "wire.field_twice");
}

TEST(NativeCodec, RefusesNoOperation) {
  EXPECT_EQ(native_failure(bytes_field(1, kId)), "wire.no_operation");
  EXPECT_EQ(native_failure(""), "wire.no_operation");
}

TEST(NativeCodec, RefusesWrongWireTypes) {
  EXPECT_EQ(native_failure(bytes_field(1, kId) + number_field(kHealth, 0)), "wire.field_type");
  EXPECT_EQ(native_failure(request(kVerify, bytes_field(2, "7") + bytes_field(3, "1"))),
            "wire.field_type");
  EXPECT_EQ(native_failure(request(kVerify, number_field(3, 1))), "wire.field_type");
  // Fixed-width numbers and groups are no part of the schema.
  EXPECT_EQ(native_failure(request(kVerify, "\x11" + std::string(8, '\0'))), "wire.field_bytes");
  EXPECT_EQ(native_failure(request(kVerify, "\x15" + std::string(4, '\0'))), "wire.field_bytes");
  EXPECT_EQ(native_failure(request(kVerify, "\x13\x14")), "wire.field_bytes");
}

// Protobuf's own parsers do not agree on how many zeros may stand behind a length.
TEST(NativeCodec, RefusesNumbersInLongerSpellings) {
  EXPECT_EQ(native_failure(bytes_field(1, kId) + bytes_field(kHealth, "")), "");
  const std::string health = varint(kHealth << 3 | 2);
  for (const std::size_t zeros : {1u, 4u, 5u, 9u}) {
    const std::string length = std::string(zeros, '\x80') + '\0';
    EXPECT_EQ(native_failure(bytes_field(1, kId) + health + length), "wire.field_bytes") << zeros;
  }
  EXPECT_EQ(native_failure(request(kRevoke, std::string{"\x08\x87\0", 3})), "wire.field_bytes");
}

TEST(NativeCodec, RefusesNumbersThatAreTooLarge) {
  const std::string enrol = subject("alice") + number_field(2, 1);
  EXPECT_EQ(native_failure(request(kEnrolOath, enrol + number_field(4, 6))), "");
  // Protobuf would read 2^32 + 6 as 6.
  EXPECT_EQ(native_failure(request(kEnrolOath, enrol + number_field(4, (1ull << 32) + 6))),
            "wire.number_range");
  EXPECT_EQ(native_failure(request(kRevoke, number_field(1, 1ull << 63))), "factor_id.range");
  EXPECT_EQ(native_failure(request(kRevoke, "\x08" + std::string(9, '\xff') + '\x02')),
            "wire.field_bytes");
  EXPECT_EQ(native_failure(request(kRevoke, "\x08" + std::string(10, '\xff') + '\x01')),
            "wire.field_bytes");
}

TEST(NativeCodec, RefusesUnknownAndUnspecifiedEnums) {
  const auto enrol = [](std::uint64_t kind, std::uint64_t algorithm) {
    return request(kEnrolOath,
                   subject("alice") + number_field(2, kind) + number_field(3, algorithm));
  };
  EXPECT_EQ(native_failure(enrol(1, 3)), "");
  EXPECT_EQ(native_failure(enrol(0, 3)), "wire.enum_unspecified");
  EXPECT_EQ(native_failure(enrol(1, 0)), "wire.enum_unspecified");
  EXPECT_EQ(native_failure(enrol(33, 1)), "wire.enum_unknown");
  EXPECT_EQ(native_failure(enrol(1, 4)), "wire.enum_unknown");
  EXPECT_EQ(native_failure(enrol(1, 64)), "wire.enum_unknown");
  EXPECT_EQ(native_failure(enrol(1, ~0ull)), "wire.enum_unknown");
}

TEST(NativeCodec, RefusesTextsThatAreNotUtf8) {
  for (const char* bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82"}) {
    EXPECT_EQ(native_failure(request(kVerify, subject(bad) + bytes_field(3, "1"))),
              "wire.text_not_utf8");
    EXPECT_EQ(native_failure(request(kVerify, verify_message(bad))), "wire.text_not_utf8");
  }
}

TEST(NativeCodec, RefusesPasscodesThatNobodyCanType) {
  const auto failure = [](std::string_view passcode) {
    return native_failure(request(kVerify, verify_message(passcode)));
  };
  EXPECT_EQ(failure(std::string(128, '1')), "");
  EXPECT_EQ(failure(std::string(129, '1')), "passcode.length");
  EXPECT_EQ(failure(""), "passcode.empty");
  EXPECT_EQ(failure(" - "), "passcode.empty");
  EXPECT_EQ(failure("12345\n"), "passcode.not_ascii");
  EXPECT_EQ(failure("１２３４５６"), "passcode.not_ascii");
  EXPECT_EQ(failure(std::string_view{"123\0"
                                     "456",
                                     7}),
            "passcode.not_ascii");
}

TEST(NativeCodec, BoundsTheRequestId) {
  const auto with_id = [](std::size_t size) {
    return bytes_field(1, std::string(size, 'i')) + bytes_field(kHealth, "");
  };
  EXPECT_EQ(native_failure(with_id(15)), "wire.request_id");
  EXPECT_EQ(native_failure(with_id(16)), "");
  EXPECT_EQ(native_failure(with_id(64)), "");
  EXPECT_EQ(native_failure(with_id(65)), "wire.request_id");
  EXPECT_EQ(native_failure(bytes_field(kHealth, "")), "wire.request_id");
}

TEST(NativeCodec, FindsTheIdOfABodyThatItRefuses) {
  const std::string refused = request(kVerify, "\xff");
  ASSERT_NE(native_failure(refused), "");
  EXPECT_EQ(as_text(request_id_of(as_bytes(refused)).view()), kId);
  EXPECT_EQ(request_id_of(as_bytes(bytes_field(1, "short"))).size, 0);
  EXPECT_EQ(request_id_of(as_bytes("\xff\xff")).size, 0);
}

TEST(NativeCodec, ReadsAnEnrolmentWithItsDefaults) {
  const auto decoded =
      decode_frame(as_bytes(request(kEnrolOath, subject("alice") + number_field(2, 1))));
  ASSERT_TRUE(decoded);
  const auto& enrol = std::get<EnrolOath>(decoded->ask);
  EXPECT_EQ(enrol.name.realm.text(), "default");
  EXPECT_EQ(enrol.kind, FactorKind::totp);
  EXPECT_EQ(enrol.oath.algorithm, HashAlgorithm::sha1);
  EXPECT_EQ(enrol.oath.digits, 6);
  EXPECT_EQ(enrol.oath.period_seconds, 30);
  EXPECT_EQ(enrol.oath.secret_bytes, 20);
  EXPECT_EQ(enrol.issuer.text(), "Countersign");
  EXPECT_FALSE(enrol.secret);
}

TEST(NativeCodec, ReadsAnImportedHotp) {
  const std::string seed(130, 's');
  const auto decoded = decode_frame(as_bytes(request(
      kEnrolOath, subject("alice") + number_field(2, 2) + number_field(3, 2) + number_field(4, 8) +
                      bytes_field(6, "Token") + bytes_field(7, seed) + number_field(8, 99))));
  ASSERT_TRUE(decoded);
  const auto& enrol = std::get<EnrolOath>(decoded->ask);
  EXPECT_EQ(enrol.kind, FactorKind::hotp);
  EXPECT_EQ(enrol.oath.algorithm, HashAlgorithm::sha256);
  EXPECT_EQ(enrol.oath.digits, 8);
  EXPECT_EQ(enrol.oath.period_seconds, 0);
  EXPECT_EQ(enrol.oath.secret_bytes, 130);
  EXPECT_EQ(as_text(enrol.secret->expose()), seed);
  EXPECT_EQ(enrol.counter, 99u);
}

TEST(NativeCodec, BoundsAnEnrolment) {
  const auto totp = [](const std::string& more) {
    return native_failure(request(kEnrolOath, subject("alice") + number_field(2, 1) + more));
  };
  const auto hotp = [](const std::string& more) {
    return native_failure(request(kEnrolOath, subject("alice") + number_field(2, 2) + more));
  };
  EXPECT_EQ(native_failure(request(kEnrolOath, subject("alice"))), "enrol.kind");
  EXPECT_EQ(native_failure(request(kEnrolOath, number_field(2, 1))), "subject.missing");
  EXPECT_EQ(totp(number_field(4, 5)), "enrol.digits");
  EXPECT_EQ(totp(number_field(4, 9)), "enrol.digits");
  EXPECT_EQ(totp(number_field(5, 14)), "enrol.period");
  EXPECT_EQ(totp(number_field(5, 15)), "");
  EXPECT_EQ(totp(number_field(5, 120)), "");
  EXPECT_EQ(totp(number_field(5, 121)), "enrol.period");
  EXPECT_EQ(totp(number_field(8, 1)), "enrol.totp_counter");
  EXPECT_EQ(totp(bytes_field(7, std::string(9, 's'))), "enrol.secret");
  EXPECT_EQ(totp(bytes_field(7, std::string(10, 's'))), "");
  EXPECT_EQ(totp(bytes_field(7, std::string(512, 's'))), "");
  EXPECT_EQ(totp(bytes_field(7, std::string(513, 's'))), "enrol.secret");
  EXPECT_EQ(totp(bytes_field(6, std::string(65, 'l'))), "label.length");
  EXPECT_EQ(hotp(number_field(5, 30)), "enrol.hotp_period");
  EXPECT_EQ(hotp(number_field(8, 1ull << 63)), "enrol.counter");
}

TEST(NativeCodec, NeedsAFactorWhereThereIsNoOther) {
  EXPECT_EQ(native_failure(request(kRevoke, "")), "factor_id.missing");
  EXPECT_EQ(native_failure(request(kRename, bytes_field(2, "x"))), "factor_id.missing");
  EXPECT_EQ(native_failure(request(kConfirm, bytes_field(2, "123456"))), "factor_id.missing");
  EXPECT_EQ(native_failure(request(kCreateSubject, "")), "subject.missing");
  EXPECT_EQ(native_failure(request(kResynchronise, number_field(1, 7) + bytes_field(2, "1"))),
            "passcode.empty");
}

TEST(NativeCodec, BoundsACursor) {
  EXPECT_EQ(native_failure(request(kCheckStore, bytes_field(1, "factor:99"))), "");
  EXPECT_EQ(native_failure(request(kCheckStore, bytes_field(1, "a b"))), "cursor.unknown");
  EXPECT_EQ(native_failure(request(kCheckStore, bytes_field(1, std::string(257, 'c')))),
            "cursor.unknown");
}

struct Spelling {
  const char* typed;
  const char* canonical;  // null: refused
};
class Address : public testing::TestWithParam<Spelling> {};

TEST_P(Address, HasOneSpelling) {
  const auto address = canonical_address(GetParam().typed);
  ASSERT_EQ(static_cast<bool>(address), GetParam().canonical != nullptr);
  if (address) {
    EXPECT_EQ(*address, GetParam().canonical);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, Address,
    testing::Values(Spelling{"", ""}, Spelling{"192.0.2.1", "192.0.2.1"},
                    Spelling{"::FFFF:192.0.2.1", "192.0.2.1"},
                    Spelling{"::ffff:c000:201", "192.0.2.1"},
                    Spelling{"2001:DB8::0:1", "2001:db8::1"}, Spelling{"::", "::"},
                    Spelling{"192.0.2", nullptr}, Spelling{"192.0.2.256", nullptr},
                    Spelling{"192.0.2.1:80", nullptr}, Spelling{"[::1]", nullptr},
                    Spelling{"fe80::1%eth0", nullptr}, Spelling{" ::1", nullptr},
                    Spelling{"localhost", nullptr},
                    Spelling{"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb", nullptr}));

}  // namespace
}  // namespace countersign::wire
