//! Several threads through one file. Each takes a piece of it, inflates it, gathers the records that
//! end in it, works through them, and hands over what came of it. Taking, gathering and handing over
//! go by turns in the file's order, so that what comes out is what one thread would make; inflating
//! and working go side by side, on bytes that the thread has in its own cache.

use std::collections::BTreeMap;
use std::hint;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::{Cursor, Gather, Task};
use crate::batch::{BatchFault, LARGE, LONGEST, Pump, Unit};
use crate::read_error::ReadError;
use crate::source::{Piece, Source};

/// Parts that each thread may leave before their turn, so that it goes on with the next piece.
const EARLY: usize = 2;
/// Looks whether it is one's turn before one sleeps: to be woken takes longer than most turns do, and
/// who is woken may find itself on the core of who woke it while another core is idle.
const LOOKS: usize = 1000;
/// Looks that follow each other at once. Before the others the core is offered to those who need it:
/// the one that is waited for may be among them.
const AT_ONCE: usize = 100;

/// As [`super::Runs::each`], but for the check of regions at the end.
pub(super) fn each<R: Send, E: From<ReadError> + Send>(
    pump: Pump,
    cursor: Cursor<'_>,
    gather: &mut Gather,
    make: impl Fn(&[Task<'_>]) -> R + Sync,
    take: impl FnMut(R, u64) -> Result<(), E> + Send,
) -> Result<(), E> {
    let threads = rayon::current_num_threads();
    let name = gather.name.clone();
    let (source, begun, unit) = pump.into_parts();
    let line = Line {
        intake: Mutex::new(Intake { source, taken: 0, ended: false }),
        gathering: Turns::of(Gathering { begun, unit, cursor, gather }),
        handing: Turns::of(Handing { take, early: BTreeMap::new() }),
        most_early: EARLY * threads,
        make,
        outcome: Mutex::new(None),
    };
    // Who waits for its turn waits for one who works, so that nobody waits for the pool. The caller
    // sleeps meanwhile: one thread more than there are to be would share a core with another.
    rayon::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|_| line.work());
        }
        line.work();
    });
    let outcome = line.outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcome.unwrap_or_else(|| Err(ReadError::Lost { name: name.to_string() }.into()))
}

struct Handing<T, R> {
    /// Who is handed the parts, and told how much of the file they came from.
    take: T,
    /// What was made before its turn.
    early: BTreeMap<u64, (R, u64)>,
}

/// What all threads share.
struct Line<'g, 'f, F, T, R, E> {
    intake: Mutex<Intake>,
    gathering: Turns<Gathering<'g, 'f>>,
    handing: Turns<Handing<T, R>>,
    most_early: usize,
    make: F,
    /// How all ended.
    outcome: Mutex<Option<Result<(), E>>>,
}

/// The file, piece by piece.
struct Intake {
    source: Source,
    taken: u64,
    ended: bool,
}

/// The records, piece by piece.
struct Gathering<'g, 'f> {
    /// The beginning of a unit that goes on in the next piece.
    begun: Vec<u8>,
    unit: Unit,
    cursor: Cursor<'f>,
    gather: &'g mut Gather,
}

impl<F, T, R, E> Line<'_, '_, F, T, R, E>
where
    F: Fn(&[Task<'_>]) -> R,
    T: FnMut(R, u64) -> Result<(), E>,
    E: From<ReadError>,
{
    fn work(&self) {
        let _guard = EndOnPanic(self);
        let mut piece = Piece::new();
        while let Some(turn) = self.take(&mut piece) {
            piece.unpack();
            if self.work_on(&mut piece, turn).is_none() {
                // Who waits for this turn would wait for ever.
                self.stop();
                return;
            }
        }
    }

    /// The next piece, and which it is; `None` where there is none.
    fn take(&self, piece: &mut Piece) -> Option<u64> {
        let mut intake = lock(&self.intake);
        if intake.ended {
            return None;
        }
        piece.take(&mut intake.source);
        intake.ended = piece.is_last();
        intake.taken += 1;
        Some(intake.taken - 1)
    }

    /// `None` where all is to end.
    fn work_on(&self, piece: &mut Piece, number: u64) -> Option<()> {
        let consumed = piece.consumed();
        let mut turn = self.gathering.wait(number)?;
        let Gathering { begun, unit, cursor, gather } = turn.state.value.as_mut()?;
        let fault = piece.fault().map(BatchFault::Source);
        let is_last = piece.is_last() || fault.is_some();
        let before = std::mem::take(begun);
        let (bytes, fault) = match (is_last, fault) {
            (false, None) if !unit.ends_within(&before, piece.text()) => {
                *begun = before;
                begun.extend_from_slice(piece.text());
                let fault = (begun.len() > LONGEST).then_some(BatchFault::TooLong);
                (&[][..], fault)
            }
            (_, fault) => {
                let bytes = piece.after(&before);
                drop(before);
                let end = match (&fault, is_last) {
                    // The last unit of a whole file may be cut, which its reader finds.
                    (None, true) => bytes.len(),
                    _ => unit.last_end(bytes, 0).unwrap_or(0),
                };
                begun.extend_from_slice(&bytes[end..]);
                (&bytes[..end], fault)
            }
        };
        let mut at = 0;
        let mut tasks = cursor.run(gather, bytes, &mut at);
        // What is large, or makes much, exists alone: the others wait for their turns meanwhile.
        while gather.is_full || bytes.len() > LARGE && !tasks.is_empty() {
            self.hand_over(number, (self.make)(&tasks), consumed)?;
            tasks = cursor.run(gather, bytes, &mut at);
        }
        let end = match gather.stop.take() {
            Some(stop) => Some(stop.into_error().map_or(Ok(()), Err)),
            None => match fault {
                Some(fault) => Some(Err(cursor.fault(fault))),
                None => is_last.then_some(Ok(())),
            },
        };
        let Some(end) = end else {
            turn.pass();
            return self.leave(number, (self.make)(&tasks), consumed);
        };
        turn.end();
        let turn = self.hand_over(number, (self.make)(&tasks), consumed)?;
        self.end(turn, end.map_err(E::from));
        None
    }

    /// Hands over a piece's only or last part, or leaves it to who has the turn before; `None` where
    /// all is to end.
    fn leave(&self, number: u64, part: R, consumed: u64) -> Option<()> {
        let mut turn = self.handing.now();
        let is_early = turn.state.next != number;
        let Handing { early, .. } = turn.state.value.as_mut()?;
        if is_early && early.len() < self.most_early {
            early.insert(number, (part, consumed));
            return Some(());
        }
        drop(turn);
        let mut turn = self.hand_over(number, part, consumed)?;
        let mut next = number + 1;
        while let Some((part, consumed)) = turn.state.value.as_mut()?.early.remove(&next) {
            turn = self.give(turn, part, consumed)?;
            next += 1;
        }
        turn.pass_to(next);
        Some(())
    }

    /// One's turn to hand over, after a part of one's piece; `None` where all is to end.
    fn hand_over(&self, number: u64, part: R, consumed: u64) -> Option<Turn<'_, Handing<T, R>>> {
        self.give(self.handing.wait(number)?, part, consumed)
    }

    fn give<'t>(
        &self,
        mut turn: Turn<'t, Handing<T, R>>,
        part: R,
        consumed: u64,
    ) -> Option<Turn<'t, Handing<T, R>>> {
        match (turn.state.value.as_mut()?.take)(part, consumed) {
            Ok(()) => Some(turn),
            Err(error) => {
                self.end(turn, Err(error));
                None
            }
        }
    }

    fn end(&self, turn: Turn<'_, Handing<T, R>>, outcome: Result<(), E>) {
        *lock(&self.outcome) = Some(outcome);
        turn.end();
    }
}

impl<F, T, R, E> Line<'_, '_, F, T, R, E> {
    /// Ends all that goes before handing over.
    fn stop(&self) {
        lock(&self.intake).ended = true;
        self.gathering.now().end();
    }
}

/// Sees to it that nobody waits for a thread that is gone.
struct EndOnPanic<'l, 'g, 'f, F, T, R, E>(&'l Line<'g, 'f, F, T, R, E>);

impl<F, T, R, E> Drop for EndOnPanic<'_, '_, '_, F, T, R, E> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.stop();
            self.0.handing.now().end();
        }
    }
}

/// What is used by turns.
struct Turns<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    /// Whose turn it is.
    next: u64,
    /// `None` once no other turn is to come.
    value: Option<T>,
}

/// One's turn.
struct Turn<'t, T> {
    of: &'t Turns<T>,
    state: MutexGuard<'t, State<T>>,
}

impl<T> Turns<T> {
    fn of(value: T) -> Turns<T> {
        Turns { state: Mutex::new(State { next: 0, value: Some(value) }), changed: Condvar::new() }
    }

    /// `None` where the turn is not to come.
    fn wait(&self, turn: u64) -> Option<Turn<'_, T>> {
        let seen = look(|| {
            let state = self.state.try_lock().ok()?;
            (state.value.is_none() || state.next == turn).then_some(state)
        });
        if let Some(state) = seen {
            return state.value.is_some().then_some(Turn { of: self, state });
        }
        let mut mine = self.now();
        while mine.state.value.is_some() && mine.state.next != turn {
            let woken = self.changed.wait(mine.state);
            mine = Turn { of: self, state: woken.unwrap_or_else(PoisonError::into_inner) };
        }
        mine.state.value.is_some().then_some(mine)
    }

    /// Whosever turn it is.
    fn now(&self) -> Turn<'_, T> {
        Turn { of: self, state: lock(&self.state) }
    }
}

impl<T> Turn<'_, T> {
    fn pass(self) {
        let next = self.state.next + 1;
        self.pass_to(next);
    }

    fn pass_to(mut self, next: u64) {
        self.state.next = next;
        drop(self.state);
        self.of.changed.notify_all();
    }

    fn end(mut self) {
        self.state.value = None;
        drop(self.state);
        self.of.changed.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    let free = look(|| mutex.try_lock().ok());
    free.unwrap_or_else(|| mutex.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Looks a while for what another thread is to make true.
fn look<T>(mut see: impl FnMut() -> Option<T>) -> Option<T> {
    (0..LOOKS).find_map(|looks| {
        let seen = see();
        match &seen {
            Some(_) => {}
            None if looks < AT_ONCE => hint::spin_loop(),
            None => thread::yield_now(),
        }
        seen
    })
}
