//! Several threads through one file. Each takes a piece of it, inflates it, gathers the records that
//! end in it, works through them, and hands over what came of it. Taking, gathering and handing over
//! go by turns in the file's order, so that what comes out is what one thread would make; inflating
//! and working go side by side, on bytes that the thread has in its own cache.

use std::collections::BTreeMap;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::{Cursor, Gather, Task};
use crate::batch::{BatchFault, LARGE, LONGEST, Pump, Unit};
use crate::read_error::ReadError;
use crate::source::{Piece, Source};

/// Parts that are handed over at a time: to wake another thread takes as long as to make one.
const TOGETHER: usize = 4;
/// Parts that may be left before their turn, so that who made one goes on with the next piece.
const EARLY: usize = 4;

/// As [`super::Runs::each`], but for the check of regions at the end.
pub(super) fn each<R: Send, E: From<ReadError>>(
    pump: Pump,
    cursor: Cursor<'_>,
    gather: &mut Gather,
    make: impl Fn(&[Task<'_>]) -> R + Sync,
    mut take: impl FnMut(R, u64) -> Result<(), E>,
) -> Result<(), E> {
    let threads = rayon::current_num_threads();
    let name = gather.name.clone();
    let (source, begun, unit) = pump.into_parts();
    let (to, made) = sync_channel(1);
    let line = Line {
        intake: Mutex::new(Intake { source, taken: 0, ended: false }),
        gathering: Turns::of(Gathering { begun, unit, cursor, gather }),
        handing: Turns::of(Handing { to, parts: Vec::new(), early: BTreeMap::new() }),
        make,
    };
    thread::scope(|scope| {
        for started in 0..threads {
            let thread = thread::Builder::new().name("worker".into());
            match thread.spawn_scoped(scope, || line.work()) {
                Ok(_) => {}
                Err(source) if started == 0 => {
                    return Err(ReadError::Io { name: name.to_string(), source }.into());
                }
                // Fewer do it too.
                Err(_) => break,
            }
        }
        // Dropped at the first error, which stops the others.
        for made in made {
            match made? {
                Made::Parts(parts, consumed) => {
                    for part in parts {
                        take(part, consumed)?;
                    }
                }
                Made::End => return Ok(()),
            }
        }
        Err(ReadError::Lost { name: name.to_string() }.into())
    })
}

/// What is handed over.
enum Made<R> {
    Parts(Vec<R>, u64),
    End,
}

struct Handing<R> {
    to: SyncSender<Result<Made<R>, ReadError>>,
    /// What is handed over with the next.
    parts: Vec<R>,
    /// What was made before its turn.
    early: BTreeMap<u64, R>,
}

/// What all threads share.
struct Line<'g, 'f, F, R> {
    intake: Mutex<Intake>,
    gathering: Turns<Gathering<'g, 'f>>,
    handing: Turns<Handing<R>>,
    make: F,
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

/// A piece that was taken.
struct Taken {
    turn: u64,
    consumed: u64,
    is_last: bool,
}

impl<F: Fn(&[Task<'_>]) -> R, R> Line<'_, '_, F, R> {
    fn work(&self) {
        let _guard = EndOnPanic(self);
        let mut piece = Piece::new();
        while let Some(taken) = self.take(&mut piece) {
            piece.unpack();
            if self.work_on(&mut piece, &taken).is_none() {
                // Who waits for this turn would wait for ever.
                self.stop();
                return;
            }
        }
    }

    /// The next piece; `None` where there is none.
    fn take(&self, piece: &mut Piece) -> Option<Taken> {
        let mut intake = lock(&self.intake);
        if intake.ended {
            return None;
        }
        intake.ended = !piece.take(&mut intake.source);
        intake.taken += 1;
        let (turn, consumed) = (intake.taken - 1, intake.source.consumed());
        Some(Taken { turn, consumed, is_last: intake.ended })
    }

    /// `None` where all is to end.
    fn work_on(&self, piece: &mut Piece, taken: &Taken) -> Option<()> {
        let mut turn = self.gathering.wait(taken.turn)?;
        let Gathering { begun, unit, cursor, gather } = turn.state.value.as_mut()?;
        let fault = piece.fault().map(BatchFault::Source);
        let is_last = taken.is_last || fault.is_some();
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
            self.hand_over(taken, (self.make)(&tasks), true)?;
            tasks = cursor.run(gather, bytes, &mut at);
        }
        let stop = match gather.stop.take() {
            Some(stop) => Some(stop.into_error().map_or(Ok(Made::End), Err)),
            None => match fault {
                Some(fault) => Some(Err(cursor.fault(fault))),
                None => is_last.then_some(Ok(Made::End)),
            },
        };
        let Some(stop) = stop else {
            turn.pass();
            return self.leave(taken, (self.make)(&tasks));
        };
        turn.end();
        let turn = self.hand_over(taken, (self.make)(&tasks), true)?;
        // Who no longer listens needs no last word.
        let _ = turn.state.value.as_ref()?.to.send(stop);
        turn.end();
        None
    }

    /// Hands over a piece's only or last part, or leaves it to who has the turn before; `None` where
    /// nobody listens any more.
    fn leave(&self, taken: &Taken, part: R) -> Option<()> {
        let mut turn = self.handing.now();
        let is_early = turn.state.next != taken.turn;
        let Handing { early, .. } = turn.state.value.as_mut()?;
        if is_early && early.len() < EARLY {
            early.insert(taken.turn, part);
            return Some(());
        }
        drop(turn);
        let mut turn = self.hand_over(taken, part, false)?;
        let mut next = taken.turn + 1;
        let Handing { parts, early, .. } = turn.state.value.as_mut()?;
        while let Some(part) = early.remove(&next) {
            parts.push(part);
            next += 1;
        }
        turn.pass_to(next);
        Some(())
    }

    /// One's turn to hand over, with a part that goes now or with the next ones; `None` where
    /// nobody listens any more.
    fn hand_over(&self, taken: &Taken, part: R, now: bool) -> Option<Turn<'_, Handing<R>>> {
        let mut turn = self.handing.wait(taken.turn)?;
        let Handing { to, parts, .. } = turn.state.value.as_mut()?;
        parts.push(part);
        if now || parts.len() >= TOGETHER {
            let parts = std::mem::take(parts);
            if to.send(Ok(Made::Parts(parts, taken.consumed))).is_err() {
                turn.end();
                return None;
            }
        }
        Some(turn)
    }

    /// Ends all that goes before handing over.
    fn stop(&self) {
        lock(&self.intake).ended = true;
        self.gathering.now().end();
    }
}

/// Sees to it that nobody waits for a thread that is gone.
struct EndOnPanic<'l, 'g, 'f, F: Fn(&[Task<'_>]) -> R, R>(&'l Line<'g, 'f, F, R>);

impl<F: Fn(&[Task<'_>]) -> R, R> Drop for EndOnPanic<'_, '_, '_, F, R> {
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
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
