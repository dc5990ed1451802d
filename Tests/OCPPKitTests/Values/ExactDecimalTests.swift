import Testing

@testable import OCPPKit

@Suite("Exact decimals")
struct ExactDecimalTests {
    private func decimal(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(text), "\(text)") }

    @Test(arguments: [
        ("21.4", "21.4"), ("21.40", "21.4"), ("0", "0"), ("-0", "0"), ("0.000", "0"), ("1e-3", "0.001"),
        ("1E3", "1000"),
        ("1e+3", "1000"), ("007", "7"), ("+5", "5"), ("-0.50", "-0.5"), ("1305570.000", "1305570"), ("100", "100"),
        ("0.000000000000000001", "0.000000000000000001"), ("123456789012345678", "123456789012345678"),
        ("12345678901234567800000", "12345678901234567800000"),
        ("0.00000123456789012345678", "0.00000123456789012345678"),
        ("1e30", "1000000000000000000000000000000"), ("1e31", "1e31"), ("1e-31", "1e-31"), ("-25e-32", "-25e-32"),
        ("5.", "5"), (".5", "0.5"), ("0.1e1", "1"), ("4294967296.5", "4294967296.5"), ("0e999", "0"),
    ])
    func readsAndWrites(_ text: String, _ description: String) throws {
        let value = try decimal(text)
        #expect(value.description == description)
        #expect(ExactDecimal(value.description) == value)
        #expect((try? JSONTree(parsing: value.description))?.root.kind == .number)
    }

    @Test(arguments: [
        "", "-", "+", ".", "e5", "1e", "1e5.0", "1x", " 1", "1 ", "1,5", "0x10", "NaN", "inf", "--1", "+-1", "1.2.3",
        "1e1001",
        "1e-1001", "1e9223372036854775807", "1e-9223372036854775808", "1e99999999999999999999", "1234567890123456789",
        "0.1234567890123456789", "100000000000000000000000001", "१",
    ])
    func refuses(_ text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test func binaryFloatsWouldGetTheseWrong() throws {
        #expect(try (decimal("0.1") + decimal("0.2")) == decimal("0.3"))
        #expect(try (decimal("21.4") - decimal("21.3")) == decimal("0.1"))
        #expect(try (decimal("1.10") - decimal("1.1")) == decimal("0"))
        #expect(try (decimal("999999999999999999") + decimal("1")) == decimal("1000000000000000000"))
        #expect(try (decimal("0") + decimal("1e-900")) == decimal("1e-900"))
        #expect(try (decimal("5") - decimal("0")) == decimal("5"))
        #expect(try (decimal("0") - decimal("5")) == decimal("-5"))
    }

    @Test func sumsThatDoNotFitAreNil() throws {
        #expect(try (decimal("1e40") + decimal("1")) == nil)
        #expect(ExactDecimal(.max) + ExactDecimal(7) == nil)
        #expect(ExactDecimal(.min) - ExactDecimal(7) == nil)
    }

    @Test func equalNumbersHaveEqualParts() throws {
        #expect(try decimal("7.40") == decimal("74e-1"))
        #expect(try Set([decimal("1"), decimal("1.0"), decimal("1e0"), decimal("0.1e1")]).count == 1)
        #expect(ExactDecimal(mantissa: 500, exponent: -2) == ExactDecimal(5))
        #expect(ExactDecimal(mantissa: 0, exponent: 77).exponent == 0)
    }

    @Test func orderIsThatOfTheNumbers() throws {
        let ascending = [
            "-1e900", "-1e40", "-21.5", "-21.4", "-1", "-1e-40", "0", "1e-900", "1e-40", "0.001", "0.1", "0.11", "1",
            "9.99",
            "10", "21.4", "21.41", "123456789012345678", "1e30", "1e900",
        ]
        let values = try ascending.map { try decimal($0) }
        for (left, a) in values.enumerated() {
            for (right, b) in values.enumerated() {
                #expect((a < b) == (left < right), "\(a) < \(b)")
                #expect((a == b) == (left == right), "\(a) == \(b)")
            }
        }
        #expect(ExactDecimal(.min) < ExactDecimal(.max))
    }

    @Test func shiftingChangesTheUnit() throws {
        #expect(try decimal("7.4").shifted(by: 3) == decimal("7400"))
        #expect(try decimal("1305570").shifted(by: -3) == decimal("1305.57"))
        #expect(try decimal("0").shifted(by: 5) == decimal("0"))
    }

    @Test func wholeNumbers() throws {
        #expect(try decimal("20000.0").wholeNumber == 20000)
        #expect(try decimal("1.2e1").wholeNumber == 12)
        #expect(try decimal("-5").wholeNumber == -5)
        #expect(try decimal("0.0").wholeNumber == 0)
        #expect(try decimal("9e18").wholeNumber == 9_000_000_000_000_000_000)
        for text in ["21.4", "1e19", "1e300", "-0.5"] { #expect(try decimal(text).wholeNumber == nil, "\(text)") }
        #expect(ExactDecimal(.min).wholeNumber == .min)
        #expect(ExactDecimal(.min).description == "-9223372036854775808")
    }
}
