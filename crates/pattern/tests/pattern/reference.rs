//! The numbers of the reference, which were reckoned elsewhere and by other means.

use serde_json::Value;
use throughline_pattern::{Stretches, Trend, exact, kendall};

fn reference() -> Value {
    serde_json::from_str(include_str!("data/trend_posterior.json")).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn the_trend_posterior_is_that_of_the_reference() {
    let trend = Trend::new(1.2, 1.5);
    for case in reference()["I1_trend_posterior"]["cases"].as_array().unwrap() {
        let m = case["m"].as_u64().unwrap() as usize;
        let found = trend.posterior(m, number(&case["xbar"]) * m as f64);
        for (found, name) in [(found.up, "P_gt_ln1.5"), (found.down, "P_lt"), (found.mean, "E_b")] {
            assert!((found - number(&case[name])).abs() < 1e-6, "{case}: {name} {found}");
        }
    }
}

#[test]
fn the_rate_ratio_is_that_of_the_reference() {
    for case in reference()["I2_rate_ratio_beta"]["cases"].as_array().unwrap() {
        let count = |name: &str| u32::try_from(case[name].as_u64().unwrap()).unwrap();
        let stretches = Stretches {
            earlier: count("k1"),
            earlier_days: number(&case["U1"]),
            recent: count("k2"),
            recent_days: number(&case["U2"]),
        };
        let found = stretches.above(number(&case["c"])).unwrap();
        assert!((found - number(&case["P"])).abs() < 1e-8, "{case}: {found}");
    }
}

#[test]
fn the_exact_checks_are_those_of_the_reference() {
    let all = reference();
    for (name, m, sum) in [("m3_s2.4", 3, 2.4), ("m5_s3.75", 5, 3.75), ("m8_s5.6", 8, 5.6)] {
        let found = exact::as_late_by_chance(m, sum).unwrap();
        assert!((found - number(&all["I3_irwin_hall"][name])).abs() < 1e-8, "{name}: {found}");
    }
    let case = &all["I4_mk_exact_ties"];
    let values: Vec<u8> = case["x"].as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as u8).collect();
    let found = kendall::check(&values).unwrap();
    assert_eq!(found.s, case["S"].as_i64().unwrap());
    assert!((found.tau_b - number(&case["tau_b"])).abs() < 1e-9, "{found:?}");
    assert!((found.as_high_by_chance - number(&case["exact_one_sided_p"])).abs() < 1e-9, "{found:?}");
}

#[test]
fn the_exact_law_goes_over_into_the_normal_one() {
    let (exact, normal) = (exact::as_late_by_chance(12, 8.0).unwrap(), exact::laplace(12, 8.0).unwrap());
    assert!((exact - 0.0228).abs() < 0.004 && (normal - 2.0).abs() < 1e-12, "{exact} {normal}");
    assert!(exact::as_late_by_chance(0, 0.0).is_none());
    let both = exact::as_late_by_chance(5, 1.0).unwrap() + exact::as_late_by_chance(5, 4.0).unwrap();
    assert!((both - 1.0).abs() < 1e-12);
}
