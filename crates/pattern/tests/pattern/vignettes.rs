//! Vignettes that a practitioner can read and disagree with: what came in, which label is right, and every word that is
//! told. Each trap of the handbook (1.3) is among them.

use std::collections::BTreeSet;

use serde::Deserialize;
use throughline_pattern::{
    Answer, Away, AwayKind, Beside, Course, Domain, Engine, FamilyRecord, HardFlag, Harm, Indicator, Moment,
    Population, Report, Separation, Settings, Source, Step, Teller, Tie, after_separation, control, moved,
    sentence,
};

#[derive(Deserialize)]
struct Document {
    vignette: Vec<Vignette>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vignette {
    name: String,
    /// Number of the trap.
    #[serde(default)]
    trap: Option<u8>,
    #[serde(default = "usual_end")]
    until: String,
    reports: Vec<String>,
    #[serde(default)]
    away: Vec<String>,
    #[serde(default)]
    reporting: Vec<String>,
    #[serde(default)]
    begun: Vec<String>,
    #[serde(default)]
    control: Option<Vec<String>>,
    #[serde(default)]
    separation: Option<[String; 2]>,
    #[serde(default)]
    families: Vec<String>,
    label: String,
    #[serde(default)]
    control_recorded: bool,
    sentence: String,
}

fn usual_end() -> String {
    "2026-10-31".to_owned()
}

const AGENCIES: [&str; 8] =
    ["police", "social care", "health", "school", "housing", "probation", "midwifery", "specialist service"];

fn at(text: &str) -> Moment {
    Moment::of(text.parse().unwrap_or_else(|_| panic!("no day: {text}")))
}

fn source(name: &str) -> Source {
    let name = name.replace('_', " ");
    let place =
        AGENCIES.iter().position(|known| *known == name).unwrap_or_else(|| panic!("no agency: {name}"));
    Source(place as u8)
}

fn word<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_value(text.into()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn report(text: &str) -> Report {
    let mut words = text.split(' ');
    let mut next = || words.next().unwrap();
    let (at, harm, source) = (at(next()), Harm::new(next().parse().unwrap()).unwrap(), source(next()));
    let mut report = Report { at, harm, source, ..Report::default() };
    for more in words {
        match more {
            "about" => report.inexact = true,
            "harmed" | "another" | "agency" => report.teller = word::<Teller>(more),
            flag => report.flags = report.flags.with(word::<HardFlag>(flag)),
        }
    }
    report
}

fn split<const N: usize>(text: &str) -> [&str; N] {
    text.splitn(N, ' ').collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("not {N} words: {text}"))
}

/// Label, words, and whether a pattern of control is recorded.
fn told(v: &Vignette, engine: &Engine) -> (String, String, bool) {
    let reports: Vec<Report> = v.reports.iter().map(|text| report(text)).collect();
    let away: Vec<Away> = v
        .away
        .iter()
        .map(|text| {
            let [from, to, kind] = split(text);
            let to = if to == "still" { Moment(i64::MAX) } else { at(to) };
            Away { from: at(from), to, kind: word::<AwayKind>(kind) }
        })
        .collect();
    let steps: Vec<Step> = v
        .reporting
        .iter()
        .map(|text| {
            let [from, index] = split(text);
            Step { from: at(from), index: index.parse().unwrap() }
        })
        .collect();
    let begun: Vec<(Source, Moment)> = v
        .begun
        .iter()
        .map(|text| {
            let [name, from] = split(text);
            (source(name), at(from))
        })
        .collect();
    let until = at(&v.until);
    let signs: Option<Vec<Indicator>> = v.control.as_ref().map(|signs| {
        let sign = |text: &String| {
            let [domain, day, answer, name] = split(text);
            Indicator {
                domain: word::<Domain>(domain),
                at: at(day),
                answer: word::<Answer>(answer),
                source: source(name),
            }
        };
        signs.iter().map(sign).collect()
    });
    let course = Course { reports: &reports, away: &away, reporting: &steps, until };
    let pattern = engine.assess(&course);
    let by = engine.settings();
    let axis = signs.map(|signs| control(&signs, until, pattern.reading.elapsed.clock / 365.25, &by.control));
    let after = v.separation.as_ref().and_then(|[earliest, latest]| {
        let separation = Separation { earliest: at(earliest), latest: at(latest) };
        after_separation(&pattern, &course, separation, &by.separation)
    });
    let matches: Vec<(Vec<f64>, Option<bool>)> = v
        .families
        .iter()
        .map(|text| match split::<5>(text)[4] {
            "confirmed" => (Vec::new(), Some(true)),
            "rejected" => (Vec::new(), Some(false)),
            likely => (likely.split(' ').map(|p| p.parse().unwrap()).collect(), None),
        })
        .collect();
    let records: Vec<FamilyRecord<'_>> = v
        .families
        .iter()
        .zip(&matches)
        .map(|(text, (matches, confirmed))| {
            let [family, day, tie, name, _] = split(text);
            let tie = if tie == "incident" { Tie::Incident } else { Tie::Record };
            FamilyRecord {
                family: family.parse().unwrap(),
                at: at(day),
                tie,
                source: source(name),
                matches,
                confirmed: *confirmed,
            }
        })
        .collect();
    let families = moved(&records, until, &by.moved);
    let beside = Beside {
        sources: &AGENCIES,
        begun: &begun,
        control: axis.as_ref(),
        separation: after.as_ref(),
        moved: &families,
    };
    let text = sentence(&pattern, engine, &beside);
    (pattern.reading.label.code().to_owned(), text, axis.is_some_and(|axis| axis.recorded))
}

#[test]
fn every_vignette_is_told_as_it_should_be() {
    let document: Document = toml::from_str(include_str!("data/vignettes.toml")).unwrap();
    let settings = Settings::built_in().unwrap();
    let engine = Engine::new(settings.clone(), Population::usual(&settings));
    assert!(document.vignette.len() >= 40, "{} vignettes", document.vignette.len());
    let mut wrong = Vec::new();
    for v in &document.vignette {
        let (label, text, recorded) = told(v, &engine);
        if (label.as_str(), text.as_str(), recorded)
            != (v.label.as_str(), v.sentence.as_str(), v.control_recorded)
        {
            wrong.push(format!(
                "## {}\nlabel {label} (expected {})\ncontrol {recorded}\n{text}\n",
                v.name, v.label
            ));
        }
        let lower = text.to_lowercase();
        let words: BTreeSet<&str> = lower.split(|c: char| !c.is_alphabetic()).collect();
        for never in
            ["victim", "alleged", "couple", "argument", "domestic", "provoked", "she", "he", "her", "his"]
        {
            assert!(!words.contains(never), "{}: '{never}' in {text}", v.name);
        }
        assert!(v.reports.is_empty() || text.contains("Records from"), "{}: {text}", v.name);
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), document.vignette.len(), wrong.join("\n"));
    let traps: BTreeSet<u8> = document.vignette.iter().filter_map(|v| v.trap).collect();
    assert_eq!(traps, (1..=11).collect(), "every trap has a vignette");
    let labels: BTreeSet<&str> = document.vignette.iter().map(|v| v.label.as_str()).collect();
    assert_eq!(labels.len(), 8, "every label has a vignette");
}
