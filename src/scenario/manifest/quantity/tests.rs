//! Against tables of Kubernetes' own tests (quantity_test.go) and against exact arithmetic.

use super::*;
use proptest::prelude::*;

fn nanos(text: &str) -> i128 {
    Quantity::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).nanos
}

#[test]
fn suffixes() {
    let cases: [(&str, i128); 41] = [
        ("0", 0),
        ("0n", 0),
        ("0Ki", 0),
        ("0e0", 0),
        ("1n", 1),
        ("1u", 1_000),
        ("1m", 1_000_000),
        ("100m", 100_000_000),
        ("1", NANO),
        ("1k", 1_000 * NANO),
        ("1M", 1_000_000 * NANO),
        ("1G", 1_000_000_000 * NANO),
        ("1T", 1_000_000_000_000 * NANO),
        ("1P", 1_000_000_000_000_000 * NANO),
        ("1E", 1_000_000_000_000_000_000 * NANO),
        ("1Ki", 1024 * NANO),
        ("1Mi", (1 << 20) * NANO),
        ("1Gi", (1 << 30) * NANO),
        ("1Ti", (1 << 40) * NANO),
        ("1Pi", (1 << 50) * NANO),
        ("1Ei", (1 << 60) * NANO),
        ("1.5Gi", (3 << 29) * NANO),
        ("1e3", 1_000 * NANO),
        ("1E3", 1_000 * NANO),
        ("1e-3", 1_000_000),
        ("1E-6", 1_000),
        ("12.34e+2", 1_234 * NANO),
        ("+1", NANO),
        ("-1", -NANO),
        ("+1e3", 1_000 * NANO),
        ("-80m", -80_000_000),
        ("007", 7 * NANO),
        (".5", NANO / 2),
        ("5.", 5 * NANO),
        ("1.G", 1_000_000_000 * NANO),
        ("0.5Mi", (1 << 19) * NANO),
        // Kubernetes takes these for 0.
        (".", 0),
        ("+", 0),
        ("m", 0),
        ("0.00000000000e9", 0),
        // 1.1 E is no power of two: 1100 P.
        ("1.1E", 1_100_000_000_000_000_000 * NANO),
    ];
    for (text, expected) in cases {
        assert_eq!(nanos(text), expected, "{text}");
    }
}

#[test]
fn too_small_is_rounded_up_and_binary_is_capped() {
    assert_eq!(nanos("0.0000000001"), 1);
    assert_eq!(nanos("1.0000000001"), NANO + 1);
    assert_eq!(nanos("-0.0000000001"), -1);
    assert_eq!(nanos("1e-100"), 1);
    assert_eq!(nanos("0.1n"), 1);
    assert_eq!(nanos("9Ei"), MOST);
    assert_eq!(nanos("100000000000000000000Ki"), MOST);
    assert_eq!(Quantity::parse("1e1000000000").map(Quantity::value), Ok(i64::MAX));
    assert_eq!(Quantity::parse("-1e1000000000").map(Quantity::value), Ok(i64::MIN));
    assert_eq!(Quantity::parse("1e-1000000000").map(|q| q.nanos), Ok(1));
    // 0.1 Ki is 102.4: exact here, as there.
    assert_eq!(nanos("0.1Ki"), 102_400_000_000);
    // Digits that only a wide intermediate holds.
    assert_eq!(nanos("1.00000000000000000000000001Ei"), (1 << 60) * NANO + 12);
}

#[test]
fn values_are_rounded_up() {
    let table: [(&str, i64, i64); 9] = [
        ("1", 1, 1000),
        ("1m", 1, 1),
        ("0.5m", 1, 1),
        ("1500u", 1, 2),
        ("1001m", 2, 1001),
        ("2.5", 3, 2500),
        ("1.5Ki", 1536, 1_536_000),
        ("100n", 1, 1),
        ("0", 0, 0),
    ];
    for (text, value, milli) in table {
        let quantity = Quantity::parse(text).expect("a quantity");
        assert_eq!((quantity.value(), quantity.milli_value()), (value, milli), "{text}");
    }
    assert_eq!(Quantity::parse("-1.5").expect("a quantity").value(), -2, "away from 0");
}

#[test]
fn what_kubernetes_refuses() {
    // From its tests: errors of format and of suffix.
    for text in ["", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", ".5i", "1i", "-3.01i", "-3.01e-"] {
        assert!(Quantity::parse(text).is_err(), "{text}");
    }
    for text in
        ["1K", "1ki", "1mi", "1MB", "1 Gi", " 1", "1Gi ", "1e", "1e3m", "1Ee3", "1e99999999999999999999", "0x10"]
    {
        assert!(Quantity::parse(text).is_err(), "{text}");
    }
}

#[test]
fn errors_say_what_was_meant() {
    let said = |text| Quantity::parse(text).expect_err("no quantity").to_string();
    assert_eq!(said("512MB"), "there is no suffix `MB`; did you mean `M`?");
    assert_eq!(said("1K"), "there is no suffix `K`; did you mean `k`?");
    assert_eq!(said("1gi"), "there is no suffix `gi`; did you mean `Gi`?");
    assert!(said("1Mm").starts_with("there is no suffix `Mm`: they are n, u, m"));
    assert!(said("lots").starts_with("a quantity is a number and a suffix"));
}

proptest! {
    #[test]
    fn whole_numbers_with_any_suffix(number in 0_i64..1_000_000_000, place in 0_usize..16) {
        let (text, expected) = match DECIMAL.get(place) {
            Some((suffix, power)) => {
                let power = u32::try_from(power + 9).expect("at least 0");
                (format!("{number}{suffix}"), i128::from(number) * 10_i128.pow(power))
            }
            None => {
                let (suffix, power) = BINARY[place - 10];
                (format!("{number}{suffix}"), (i128::from(number) * (1_i128 << power) * NANO).min(MOST))
            }
        };
        prop_assert_eq!(nanos(&text), expected);
        prop_assert_eq!(nanos(&format!("-{text}")), -expected);
    }

    #[test]
    fn a_fraction_is_a_smaller_unit(whole in 0_i64..1_000_000, thousandths in 0_i64..1000) {
        let text = format!("{whole}.{thousandths:03}");
        prop_assert_eq!(nanos(&text), nanos(&format!("{}m", whole * 1000 + thousandths)));
        prop_assert_eq!(nanos(&text), nanos(&format!("{}e-3", whole * 1000 + thousandths)));
        prop_assert_eq!(nanos(&format!("{text}k")), nanos(&format!("{}", whole * 1000 + thousandths)));
    }

    #[test]
    fn any_text_is_taken_or_refused(text in "[-+]?[0-9.]{0,40}[eEinumkKMGTP]{0,3}[-+]?[0-9]{0,12}") {
        let _ = Quantity::parse(&text);
    }
}
