//! How fast requests are decided on this machine. `cargo bench -p throughline-sharing` prints one figure a line.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and prints"
)]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use throughline_sharing::words::{Agency, Category, Consent, Purpose, Risk, Subject};
use throughline_sharing::{Categories, Policies, Request};

fn main() -> Result<(), Box<dyn Error>> {
    let (policies, took) = timed(Policies::built_in);
    let policies = policies?;
    println!("policies read and checked      {:>12.1} ms", took.as_secs_f64() * 1e3);
    let requests = requests();
    let day = jiff::civil::Date::constant(2026, 11, 20);

    let ((), took) =
        timed(|| requests.iter().for_each(|request| drop(black_box(policies.decide_afresh(request, day)))));
    let each = took.as_secs_f64() / requests.len() as f64;
    println!("one request, nothing known     {:>12.1} µs (3 categories)", each * 1e6);

    requests.iter().for_each(|request| drop(black_box(policies.decide(request, day))));
    let rounds = 4_000_000 / requests.len();
    let ((), took) = timed(|| {
        for _ in 0..rounds {
            requests.iter().for_each(|request| drop(black_box(policies.decide(request, day))));
        }
    });
    let decided = (rounds * requests.len()) as f64;
    println!(
        "requests a second, warm        {:>12.0} ({} different)",
        decided / took.as_secs_f64(),
        requests.len()
    );

    // A family page: 200 items, each decided for one viewer by its kind of data and whose it is.
    let page: Vec<Request> = requests.iter().copied().cycle().step_by(7).take(200).collect();
    let ((), took) = timed(|| page.iter().for_each(|request| drop(black_box(policies.decide(request, day)))));
    println!("a page with 200 items, warm    {:>12.3} ms", took.as_secs_f64() * 1e3);
    Ok(())
}

/// Requests that differ in who asks, what for, whose data, consent and risk.
fn requests() -> Vec<Request> {
    let sets = [
        Categories::of(&[Category::Id, Category::Inc, Category::Risk]),
        Categories::of(&[Category::Hlth, Category::Ord, Category::Loc]),
    ];
    let mut requests = Vec::new();
    for agency in Agency::ALL {
        for purpose in Purpose::ALL.iter().step_by(3) {
            for subject in [Subject::Victim, Subject::Child, Subject::PersonCausingHarm] {
                for (risk, consent) in [(Risk::Medium, Consent::Given), (Risk::High, Consent::Refused)] {
                    for categories in sets {
                        requests.push(Request {
                            agency: Some(*agency),
                            purpose: Some(*purpose),
                            subject: Some(subject),
                            risk: Some(risk),
                            consent: Some(consent),
                            categories,
                            ..Request::default()
                        });
                    }
                }
            }
        }
    }
    requests
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed())
}
