//! Group commit: batches that wait at the same time go to the disk together. The first caller writes for all
//! who are waiting; when it is done, one of those who came meanwhile writes for the next group.

use std::sync::{Arc, Condvar, Mutex};

use crate::error::StoreError;
use crate::pool::hold;

/// What became of one batch.
pub(crate) type Answer<R> = Result<R, StoreError>;

/// Batches `B` that are answered with `R`.
pub(crate) struct Queue<B, R>(Mutex<Line<B, R>>);

impl<B, R> Default for Queue<B, R> {
    fn default() -> Self {
        Self(Mutex::new(Line { waiting: Vec::new(), led: false }))
    }
}

struct Line<B, R> {
    waiting: Vec<Arc<Place<B, R>>>,
    /// Somebody is writing, or has been woken to write.
    led: bool,
}

/// A batch in the queue, and whoever waits for it.
struct Place<B, R> {
    batch: B,
    turn: Mutex<Turn<R>>,
    changed: Condvar,
}

enum Turn<R> {
    Waiting,
    Leads,
    Answered(Answer<R>),
    /// The answer was taken.
    Left,
}

impl<B, R> Queue<B, R> {
    /// Waits for the batch to be written, by this caller or another. `write` stores a group in one transaction
    /// and answers for each batch in turn, or fails for all.
    pub(crate) fn append(
        &self,
        batch: B,
        write: impl FnOnce(&[&B]) -> Result<Vec<Answer<R>>, StoreError>,
    ) -> Answer<R> {
        let place = Arc::new(Place { batch, turn: Mutex::new(Turn::Waiting), changed: Condvar::new() });
        {
            let mut line = hold(&self.0);
            line.waiting.push(Arc::clone(&place));
            if !line.led {
                line.led = true;
                *hold(&place.turn) = Turn::Leads;
            }
        }
        if let Some(answer) = place.wait() {
            return answer;
        }
        // Dropped whatever happens in `write`, so that nobody waits for ever.
        let lead = Lead { queue: self, group: std::mem::take(&mut hold(&self.0).waiting) };
        let batches: Vec<&B> = lead.group.iter().map(|place| &place.batch).collect();
        match write(&batches) {
            Ok(answers) => lead.group.iter().zip(answers).for_each(|(place, answer)| place.answer(answer)),
            Err(error) => {
                let again: Vec<_> = lead.group.iter().skip(1).map(|_| error.again()).collect();
                let errors = std::iter::once(error).chain(again);
                lead.group.iter().zip(errors).for_each(|(place, error)| place.answer(Err(error)));
            }
        }
        drop(lead);
        place.wait().unwrap_or_else(|| Err(interrupted()))
    }
}

impl<B, R> Place<B, R> {
    /// Waits for the answer; `None` when this caller is to write.
    fn wait(&self) -> Option<Answer<R>> {
        let turn = self.changed.wait_while(hold(&self.turn), |turn| matches!(turn, Turn::Waiting));
        let mut turn = turn.unwrap_or_else(std::sync::PoisonError::into_inner);
        match std::mem::replace(&mut *turn, Turn::Left) {
            Turn::Answered(answer) => Some(answer),
            Turn::Waiting | Turn::Leads | Turn::Left => None,
        }
    }

    fn answer(&self, answer: Answer<R>) {
        *hold(&self.turn) = Turn::Answered(answer);
        self.changed.notify_one();
    }
}

/// The lead of one group. Passes to the next when dropped.
struct Lead<'a, B, R> {
    queue: &'a Queue<B, R>,
    group: Vec<Arc<Place<B, R>>>,
}

impl<B, R> Drop for Lead<'_, B, R> {
    fn drop(&mut self) {
        for place in &self.group {
            // Whoever leads has taken its own turn; all others wait or are answered by now.
            if matches!(*hold(&place.turn), Turn::Waiting) {
                place.answer(Err(interrupted()));
            }
        }
        let mut line = hold(&self.queue.0);
        match line.waiting.first() {
            Some(next) => {
                *hold(&next.turn) = Turn::Leads;
                next.changed.notify_one();
            }
            None => line.led = false,
        }
    }
}

fn interrupted() -> StoreError {
    StoreError::Database("the writer was interrupted".into())
}
