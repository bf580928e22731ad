//! How fast patterns are read on this machine. `cargo bench -p throughline-pattern` prints one figure a line.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and prints"
)]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use throughline_pattern::{
    Counts, Course, DAY, Engine, Harm, Label, Moment, Population, Reading, Report, Room, Settings, Source,
    Trend,
};

const PEOPLE: usize = 2_500_000;
const REPORTS: usize = 10_000_000;
const UNTIL: Moment = Moment(1_096 * DAY);

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::built_in()?;
    let (_, took) = timed(|| black_box(Trend::new(1.2, 1.5)));
    println!("tables made ready                        {:>10.2} ms", took.as_secs_f64() * 1e3);
    let usual = Engine::new(settings.clone(), Population::usual(&settings));
    let (reports, ends) = invented();

    let (counts, counting) = timed(|| {
        let count = |people: &[usize], from: usize| {
            let (mut room, mut counts) = (Room::default(), Counts::default());
            each(&reports, people, from, |course| usual.count(&course, &mut room, &mut counts));
            counts
        };
        let mut all = Counts::default();
        on_two_cores(&ends, count).iter().for_each(|counts| all.join(counts));
        all
    });
    let engine = Engine::new(settings.clone(), Population::of(&settings, &counts));
    let (read, reading) = timed(|| {
        on_two_cores(&ends, |people, from| {
            let mut room = Room::default();
            let mut readings: Vec<Reading> = Vec::with_capacity(people.len());
            each(&reports, people, from, |course| readings.push(engine.read(&course, &mut room)));
            readings
        })
    });
    let spoken =
        read.iter().flatten().filter(|reading| reading.label != Label::TooFew && reading.episodes > 1);
    println!("{} reports of {PEOPLE} people, two cores:", reports.len());
    println!("  what is usual counted                  {:>10.2} s", counting.as_secs_f64());
    println!("  patterns read                          {:>10.2} s", reading.as_secs_f64());
    println!("  both                                   {:>10.2} s", (counting + reading).as_secs_f64());
    println!("  people of whom change is spoken        {:>10}", spoken.count());

    // One new report of somebody who has many: what is known of them is read again whole.
    for known in [10, 100, 1_000] {
        let mut theirs: Vec<Report> = (0..known).map(|i| report(i * 1_095 / known, i as u64)).collect();
        const TIMES: u32 = 200;
        let (_, took) = timed(|| {
            for time in 0..TIMES {
                theirs.push(report(1_095, u64::from(time)));
                let course = Course { reports: &theirs, until: UNTIL, ..Course::default() };
                black_box(engine.assess(&course));
                theirs.pop();
            }
        });
        println!(
            "one new report beside {known:>5}              {:>10.4} ms",
            took.as_secs_f64() * 1e3 / f64::from(TIMES)
        );
    }
    Ok(())
}

fn report(day: usize, mix: u64) -> Report {
    let mixed = mix.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
    Report {
        at: Moment(day as i64 * DAY + (mixed % 1_440) as i64),
        harm: Harm::new((mixed % 7).saturating_sub(2) as u8).unwrap_or_default(),
        source: Source((mixed % 6) as u8),
        ..Report::default()
    }
}

/// Reports of each person side by side, and where they end: most have one or two, a few very many.
fn invented() -> (Vec<Report>, Vec<usize>) {
    let (mut reports, mut ends) = (Vec::with_capacity(REPORTS), Vec::with_capacity(PEOPLE));
    let mut state: u64 = 1;
    for person in 0..PEOPLE {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let even = (state >> 11) as f64 / (1u64 << 53) as f64;
        let heavy = (1.0 / (1.0 - even).sqrt() * 2.3) as usize;
        let left = REPORTS.saturating_sub(reports.len() + PEOPLE - person - 1).max(1);
        let count = heavy.clamp(1, 200).min(left);
        for i in 0..count {
            let mix = state.wrapping_add(i as u64 * 7_919);
            reports.push(report((mix.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 40) as usize % 1_095, mix));
        }
        ends.push(reports.len());
    }
    (reports, ends)
}

fn each<'a>(reports: &'a [Report], ends: &[usize], from: usize, mut take: impl FnMut(Course<'a>)) {
    let mut begin = from;
    for end in ends {
        let theirs = reports.get(begin..*end).unwrap_or_default();
        begin = *end;
        take(Course { reports: theirs, until: UNTIL, ..Course::default() });
    }
}

fn on_two_cores<T: Send>(ends: &[usize], work: impl Fn(&[usize], usize) -> T + Sync) -> Vec<T> {
    let (first, second) = ends.split_at(ends.len() / 2);
    let middle = first.last().copied().unwrap_or(0);
    let work = &work;
    std::thread::scope(|scope| {
        let other = scope.spawn(move || work(second, middle));
        let one = work(first, 0);
        std::iter::once(one).chain(other.join()).collect()
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed())
}
