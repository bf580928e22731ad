//! An officer's free text, put together from sentence frames: sometimes blaming, sometimes good, never the whole story.

use crate::case::{Act, Case, Moment};
use crate::dice::Dice;
use crate::people::{Px, Sex};
use crate::police::in_narrative;
use crate::words::{Words, fill};
use crate::writing::{capital, children_at};

/// A narrative and the times of risk a reader can learn from it.
pub(crate) struct Story {
    pub(crate) text: String,
    pub(crate) shows: Vec<Moment>,
}

struct Cast {
    victim: String,
    suspect: String,
    child: Option<String>,
    /// Under five.
    small: bool,
    victim_sex: Sex,
    suspect_sex: Sex,
}

impl Cast {
    fn fill(&self, frame: &str, topic: &str, things: [&str; 3]) -> String {
        let [thing, held, room] = things;
        let [v_he, v_his, v_him, v_self] = self.victim_sex.pronouns();
        let [s_he, s_his, s_him, s_self] = self.suspect_sex.pronouns();
        let child = self.child.as_deref().unwrap_or("the child");
        let people = [
            ("V", self.victim.as_str()),
            ("S", &self.suspect),
            ("v_he", v_he),
            ("v_his", v_his),
            ("v_him", v_him),
            ("v_himself", v_self),
            ("s_he", s_he),
            ("s_his", s_his),
            ("s_him", s_him),
            ("s_himself", s_self),
            ("child", child),
        ];
        let topic = fill(topic, &people);
        let mut all = people.to_vec();
        all.extend([("topic", topic.as_str()), ("thing", thing), ("held", held), ("room", room)]);
        sentences(&fill(frame, &all))
    }
}

/// Capital letters at the start of sentences, which a frame that begins with a pronoun lacks.
fn sentences(text: &str) -> String {
    text.split(". ").map(capital).collect::<Vec<_>>().join(". ")
}

/// Tells an act as the officer wrote it.
pub(crate) fn tell(case: &Case, act: &Act, words: &Words, dice: &mut Dice) -> Story {
    let cast = cast(case, act, dice);
    let lists = &words.narratives;
    let suits = |frame: &&String| cast.child.is_some() || !frame.to_lowercase().contains("child");
    let suiting = |list: &str| lists.list(list).iter().filter(suits).cloned().collect::<Vec<_>>();
    let topic = dice.word(&suiting("topic")).to_owned();
    let thing = dice.word(lists.list("thing")).to_owned();
    let held = dice.word(lists.list("held")).to_owned();
    let room = dice.word(lists.list("room")).to_owned();
    let mut shows = Vec::new();
    let mut frames: Vec<String> = Vec::new();
    frames.push(dice.word(&suiting(&act.offence.frames)).to_owned());
    for flag in &act.flags {
        match *flag {
            "suicide_threat_by_perpetrator" => frames.push(dice.word(lists.list("suicide")).to_owned()),
            "pregnant" if dice.chance(70) => {
                let list = lists.list("pregnant");
                let gentle = if act.offence.level >= 2 { list } else { list.get(..1).unwrap_or(list) };
                frames.push(dice.word(gentle).to_owned());
            }
            "recent_separation" if dice.chance(65) => {
                frames.push(dice.word(lists.list("apart_now")).to_owned());
                shows.push(Moment::Separation(act.family));
            }
            _ => {}
        }
        shows.push(Moment::Act(0, flag));
    }
    if act.counter {
        frames.push(dice.word(lists.list("counter")).to_owned());
    }
    let present = !act.present.is_empty();
    if present && cast.child.is_some() && dice.chance(60) {
        frames.push(dice.word(lists.list(if cast.small { "present_small" } else { "present" })).to_owned());
    } else if !children_at(case, act.family, act.at.date()).is_empty() && dice.chance(25) {
        frames.push(dice.word(lists.list("not_seen")).to_owned());
    }
    if dice.chance(18) {
        frames.push(dice.word(lists.list("drink")).to_owned());
    }
    match dice.below(100) {
        0..=17 => frames.push(dice.word(&suiting("blaming")).to_owned()),
        18..=48 => frames.push(dice.word(&suiting("plain")).to_owned()),
        _ => {}
    }
    let told: Vec<String> =
        frames.iter().map(|frame| cast.fill(frame, &topic, [&thing, &held, &room])).collect();
    Story { text: told.join(" "), shows }
}

fn cast(case: &Case, act: &Act, dice: &mut Dice) -> Cast {
    let (victim, suspect) = (case.person(act.victim), case.person(case.harm));
    let labels = match dice.below(10) {
        0..=2 => ("VIC".to_owned(), "SUS".to_owned()),
        3 | 4 => ("IP".to_owned(), "suspect".to_owned()),
        5 => ("AP".to_owned(), "SUSP".to_owned()),
        6 if victim.sex == Sex::Female && suspect.sex == Sex::Male => {
            ("the female".to_owned(), "the male".to_owned())
        }
        7 => (in_narrative(victim, true), in_narrative(suspect, true)),
        _ => (in_narrative(victim, false), in_narrative(suspect, false)),
    };
    let child: Option<Px> = act
        .present
        .first()
        .copied()
        .or_else(|| children_at(case, act.family, act.at.date()).first().copied());
    Cast {
        victim: labels.0,
        suspect: labels.1,
        child: child.map(|child| case.person(child).forename.clone()),
        small: child.is_some_and(|child| case.person(child).age(act.at.date()) < 5),
        victim_sex: victim.sex,
        suspect_sex: suspect.sex,
    }
}
